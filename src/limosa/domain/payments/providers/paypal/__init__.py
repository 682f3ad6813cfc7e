"""PayPal: Orders v2, Payments v2, Payment Method Tokens v3 and Transaction Search v1, for one
merchant. Owns: the wire, its signatures and what its words mean. Promises: no money moves without
our capture, and each number captures and refunds once; a notification is judged without a call to
anybody. Sources of each rule: SOURCES.md.
"""
