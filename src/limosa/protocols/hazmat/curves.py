"""The two curves of SGP.22, and points on them as the wire has them.

Sources: SGP.22 (NIST P-256 and brainpoolP256r1); SEC 1 section 2.3 (uncompressed points).
"""

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

POINT_LENGTH = 65
_CURVES: dict[str, ec.EllipticCurve] = {
    "secp256r1": ec.SECP256R1(),
    "brainpoolP256r1": ec.BrainpoolP256R1(),
}
PublicKey = ec.EllipticCurvePublicKey


class KeyUnusableError(ValueError):
    """The bytes are no key, or one of a kind or on a curve that SGP.22 has not."""


def check_curve(key: object) -> PublicKey:
    """Return the public key, which is on one of the curves. Raises KeyUnusableError."""
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name not in _CURVES:
        raise KeyUnusableError("not a key on P-256 or brainpoolP256r1")
    return key


def read_point(point: bytes, *, curve: str) -> PublicKey:
    """Return the public key at an uncompressed point of the named curve.

    Raises KeyUnusableError, also if the point is not on the curve.
    """
    if len(point) != POINT_LENGTH or point[0] != 4:
        raise KeyUnusableError("not an uncompressed point")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(_CURVES[curve], point)
    except (KeyError, ValueError, UnsupportedAlgorithm) as error:
        raise KeyUnusableError("not a point on the curve") from error


def point_of(key: PublicKey) -> bytes:
    """Return a public key as an uncompressed point."""
    return key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )


def encode_key(key: PublicKey) -> bytes:
    """Return a public key with its curve, in DER."""
    return key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def read_key(data: bytes) -> PublicKey:
    """Return the public key that encode_key wrote. Raises KeyUnusableError."""
    try:
        return check_curve(serialization.load_der_public_key(data))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyUnusableError("not a public key") from error
