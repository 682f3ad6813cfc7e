"""Who orders by ES2+: a function requester identifier together with the holder of a certificate.

Neither alone is enough: operators choose their identifiers themselves, and one certificate may
stand for several. An order of staff has no requester, and one of our own network a single word.
"""

import hashlib

IDENTIFIER_LENGTH_MAX = 90  # Ours: with its holder it fits the order's column.
NO_CERTIFICATE = "no-certificate"
_HOLDER_LENGTH = 32
BETWEEN = " "


def holder_of(names: bytes) -> str:
    """Return what stands for a certificate's holder, by the names of its issuer and its subject."""
    return hashlib.sha256(names).hexdigest()[:_HOLDER_LENGTH]


def requester_of(identifier: str, *, holder: str) -> str:
    """Return who orders. A holder has no blanks, so two requesters never have the same text."""
    return f"{identifier}{BETWEEN}{holder}"


def identifier_in(requester: str) -> str:
    """Return the function requester identifier of whoever orders."""
    return requester.rpartition(BETWEEN)[0]
