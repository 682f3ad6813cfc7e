"""WeChat Pay API v3, Native, H5 and JSAPI, for one merchant in mainland China. Owns: the wire, its
signatures and what its words mean. Promises: nothing is believed that the platform did not sign,
but for who the payer is, which TLS vouches for; a notification is judged without a call to
anybody. Sources of each rule: SOURCES.md.
"""
