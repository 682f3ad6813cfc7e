"""PayPal: Orders v2, Payments v2, Payment Method Tokens v3 and Transaction Search v1, for one
merchant. Owns: the wire format and its signatures. Promises: no money moves without our capture;
each number captures and refunds once; a notification is verified without outside calls. Sources of
each rule: SOURCES.md.
"""
