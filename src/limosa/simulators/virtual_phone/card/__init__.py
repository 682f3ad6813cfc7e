"""The software eUICC: ES10a, ES10b and ES10c as functions from TLV bytes to TLV bytes.

Owns: the card's file. Promises: all that was acknowledged is on disk, atomically; a command that is
refused changes nothing; whatever the bytes, the answer is the standard's, never an exception. The
session with a server lives in memory, as in a card: it is gone when the power is.
"""
