"""Alipay's open platform for one merchant in mainland China: order codes, web and phone payments.
Owns: the wire, its signatures and what its words mean. Promises: nothing is believed that the
platform did not sign; a notification is judged without a call to anybody. Sources: SOURCES.md.
"""
