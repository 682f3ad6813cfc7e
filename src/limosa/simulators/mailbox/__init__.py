"""A mailbox that accepts every message and shows it on a page, so that the demo's mail arrives.

Owns: a folder of .eml files, one per message. Promises: a message is on disk before the sender is
told that it was accepted; nothing in a message can run or load anything when it is viewed. Called
by SMTP, and over HTTP by people (/) and tests (/messages.json).
"""
