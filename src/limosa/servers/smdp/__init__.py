"""The SM-DP+ as a server: ES9+ for phones, over the endpoints of ours.

What each function means is in domain/rsp; here are requests, threads, and answers in JSON.
"""
