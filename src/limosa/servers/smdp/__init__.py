"""The SM-DP+ as a server: ES9+ for phones and ES2+ for operators, over the endpoints of ours.

What each function means is in domain/rsp; here are requests, threads, and answers in JSON.
"""
