"""WeChat Pay API v3, Native, H5 and JSAPI, for one merchant in mainland China. Owns: the wire
format and its signatures. Promises: nothing is believed that the platform did not sign, except the
payer's identity, for which TLS vouches; a notification is verified without outside calls. Sources
of each rule: SOURCES.md.
"""
