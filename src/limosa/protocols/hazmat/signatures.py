"""ECDSA with SHA-256, signatures as r || s of 32 bytes each: what SGP.22 puts on the wire.

A SigningKey is whatever can sign: a key in memory here, one in a token elsewhere. Nothing above
this package holds a private key in any other form.

Sources: SGP.22; BSI TR-03111 (the plain format).
"""

from typing import Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from limosa.protocols.hazmat.curves import KeyUnusableError, PublicKey, check_curve

SIGNATURE_LENGTH = 64
_HALF = SIGNATURE_LENGTH // 2
_ECDSA = ec.ECDSA(hashes.SHA256())


class SignatureInvalidError(ValueError):
    """The signature is not one of that key over those bytes."""


class KeyUnavailableError(Exception):
    """The key can't be used now: its token does not answer."""


class SigningKey(Protocol):
    """A private key, wherever it is. One object serves all threads of a process."""

    @property
    def public_key(self) -> PublicKey:
        """The key by which what it signs is verified."""

    def sign(self, data: bytes) -> bytes:
        """Return the signature of `data`, 64 bytes: r, then s. Raises KeyUnavailableError."""


class KeyInMemory:
    """A private key that was read from a file: for development, and where no token is at hand."""

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key
        self.public_key = check_curve(key.public_key())

    def sign(self, data: bytes) -> bytes:
        """Return the signature of `data`, 64 bytes: r, then s."""
        r, s = decode_dss_signature(self._key.sign(data, _ECDSA))
        return r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")


def read_private_key(text: bytes, *, password: bytes | None = None) -> KeyInMemory:
    """Return the key in a PEM file, which may be encrypted with a password.

    Raises KeyUnusableError: not PEM, another password, or not a key on one of the two curves.
    """
    try:
        key = serialization.load_pem_private_key(text, password=password)
    except (TypeError, ValueError, UnsupportedAlgorithm) as error:
        raise KeyUnusableError("not a private key in PEM, or not with this password") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise KeyUnusableError("not a key of an elliptic curve")
    return KeyInMemory(key)


def verify(key: PublicKey, signature: bytes, data: bytes) -> None:
    """Return if `signature`, r || s, is that of `key` over `data`.

    Raises SignatureInvalidError, and never anything else.
    """
    if len(signature) != SIGNATURE_LENGTH:
        raise SignatureInvalidError(f"a signature of {len(signature)} bytes")
    encoded = encode_dss_signature(
        int.from_bytes(signature[:_HALF], "big"), int.from_bytes(signature[_HALF:], "big")
    )
    try:
        key.verify(encoded, data, _ECDSA)
    except InvalidSignature as error:
        raise SignatureInvalidError("the signature is not that of the key") from error
