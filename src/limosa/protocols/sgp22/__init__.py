"""Remote SIM provisioning as GSMA SGP.22 (version 2) has it: the side of the SM-DP+.

Promises: whatever a peer sends is either read or refused, and signatures are verified over the
bytes as they arrived. Callers: domain/rsp and servers/smdp; the virtual phone shares tlv.py alone.
"""
