"""Alipay's open platform for one merchant in mainland China: QR codes, web and phone payments.
Owns: the wire format and its signatures. Promises: nothing is believed that the platform did not
sign; a notification is verified without outside calls. Sources: SOURCES.md.
"""
