"""ECDSA and ECDH as SGP.22 writes them: signatures are r and s of 32 bytes, points uncompressed.

Both curves of the standard, and no other: P-256 and brainpoolP256r1.
"""

from collections.abc import Mapping
from types import MappingProxyType

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SIGNATURE_BYTES = 64
POINT_BYTES = 65
_HALF = SIGNATURE_BYTES // 2

# Both have numbers of 32 bytes. The keys are the names that folders and files of the PKI have.
CURVES: Mapping[str, ec.EllipticCurve] = MappingProxyType(
    {"P-256": ec.SECP256R1(), "brainpoolP256r1": ec.BrainpoolP256R1()}
)
_NAMES = {curve.name: name for name, curve in CURVES.items()}


class BadSignature(Exception):
    """A signature is not of this key over these bytes."""


def curve_name(key: ec.EllipticCurvePublicKey) -> str:
    """Return a key's curve as CURVES names it. Raises LookupError for any other curve."""
    return _NAMES[key.curve.name]


def sign(key: ec.EllipticCurvePrivateKey, data: bytes) -> bytes:
    r, s = decode_dss_signature(key.sign(data, ec.ECDSA(SHA256())))
    return r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")


def verify(key: ec.EllipticCurvePublicKey, signature: bytes, data: bytes) -> None:
    """Raise BadSignature unless `signature` is the key's over `data`."""
    if len(signature) != SIGNATURE_BYTES:
        raise BadSignature(f"{len(signature)} bytes")
    r, s = (int.from_bytes(half, "big") for half in (signature[:_HALF], signature[_HALF:]))
    try:
        key.verify(encode_dss_signature(r, s), data, ec.ECDSA(SHA256()))
    except InvalidSignature as error:
        raise BadSignature("of another key, or over other bytes") from error


def point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def read_point(data: bytes, curve: str) -> ec.EllipticCurvePublicKey:
    """Raises ValueError unless `data` is an uncompressed point on the curve."""
    if len(data) != POINT_BYTES or data[0] != 0x04:
        raise ValueError("not an uncompressed point")
    return ec.EllipticCurvePublicKey.from_encoded_point(CURVES[curve], data)


def new_key(curve: str) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(CURVES[curve])


def shared_secret(own: ec.EllipticCurvePrivateKey, other: ec.EllipticCurvePublicKey) -> bytes:
    return own.exchange(ec.ECDH(), other)
