"""The private PKI: certificate issuers on both curves, and the certificates of both sides.

Owns: its folder. It is written at the first start and then only read; a phone's card gets its
certificates from the EUM in it, a server its own.
"""
