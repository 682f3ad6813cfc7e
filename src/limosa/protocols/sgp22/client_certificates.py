"""Whom a client's certificate names, and who issued it: the same over TLS and from a proxy.

A subject alone names nobody: each of several issuers may give the same one.

Sources: RFC 5280 section 4.1 (TBSCertificate); RFC 7468 (PEM); RFC 3986 section 2.1 (%-encoding).
"""

import re
from base64 import b64decode
from urllib.parse import unquote_to_bytes

from limosa.foundation.errors import RemoteProtocolError
from limosa.protocols.sgp22.tlv import Tlv, read_exactly_one

CERTIFICATE_LENGTH_MAX = 8192  # Ours: real ones have a fifth of it.
_PEM = re.compile(
    rb"\s*-----BEGIN CERTIFICATE-----([A-Za-z0-9+/\s]+={0,2})\s*-----END CERTIFICATE-----\s*"
)
_SEQUENCE, _VERSION = 0x30, 0xA0
_COMMON_NAME = bytes.fromhex("550403")
_ENCODINGS = {0x14: "latin-1", 0x1E: "utf-16-be"}  # TeletexString, BMPString; others: UTF-8.


class ClientCertificateUnreadableError(RemoteProtocolError):
    """What should be a client's certificate is none."""


def names_in(der: bytes) -> bytes:
    """Return the issuer and the subject of a certificate, one after the other, as they stand in it.

    Nothing is verified: whoever does TLS has done that.
    Raises ClientCertificateUnreadableError, and never anything else.
    """
    issuer, subject = _names(der)
    return issuer.raw + subject.raw


def common_names_in(der: bytes) -> tuple[str, ...]:
    """Return the common names of a certificate's subject, as a rule one.

    Raises ClientCertificateUnreadableError, and never anything else.
    """
    _, subject = _names(der)
    try:
        pairs = [pair.children() for part in subject.children() for pair in part.children()]
        return tuple(
            value.value.decode(_ENCODINGS.get(value.tag, "utf-8"), errors="replace")
            for kind, value in pairs
            if kind.value == _COMMON_NAME
        )
    except (RemoteProtocolError, ValueError) as error:
        raise ClientCertificateUnreadableError("a certificate whose subject is none") from error


def _names(der: bytes) -> tuple[Tlv, Tlv]:
    """Return the issuer and the subject."""
    if len(der) > CERTIFICATE_LENGTH_MAX:
        raise ClientCertificateUnreadableError(f"a certificate of {len(der)} bytes")
    try:
        contents = read_exactly_one(der).children()[0].children()
    except (RemoteProtocolError, IndexError) as error:
        raise ClientCertificateUnreadableError("not a certificate") from error
    fields = contents[1:] if contents and contents[0].tag == _VERSION else contents
    # The serial number, the algorithm, the issuer, the validity, the subject.
    if [field.tag for field in fields[1:5]] != [_SEQUENCE] * 4:
        raise ClientCertificateUnreadableError("a certificate without an issuer and a subject")
    return fields[2], fields[4]


def read_escaped_pem(text: str) -> bytes:
    """Return the DER of the one certificate in PEM that a text is, %-encoded.

    Raises ClientCertificateUnreadableError, and never anything else.
    """
    found = _PEM.fullmatch(unquote_to_bytes(text))
    if found is None:
        raise ClientCertificateUnreadableError("not a certificate in PEM, %-encoded")
    try:
        return b64decode(b"".join(found[1].split()), validate=True)
    except ValueError as error:
        raise ClientCertificateUnreadableError("a certificate that is not base 64") from error
