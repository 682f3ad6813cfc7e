"""Keys from files sign what is verified, on both curves; everything else is no key."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from limosa.protocols.hazmat.curves import KeyUnusableError, encode_key, read_key
from limosa.protocols.hazmat.signatures import (
    SIGNATURE_LENGTH,
    KeyInMemory,
    SignatureInvalidError,
    read_private_key,
    verify,
)
from tests.factories.sgp22 import CURVES

KEYS = {name: ec.generate_private_key(curve) for name, curve in CURVES.items()}


def pem(
    key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey,
    encryption: KeySerializationEncryption | None = None,
) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption())


@given(curve=st.sampled_from(list(CURVES)), data=st.binary(max_size=100))
def test_what_a_key_signs_is_verified_in_64_bytes(curve: str, data: bytes) -> None:
    key = KeyInMemory(KEYS[curve])
    signature = key.sign(data)
    assert len(signature) == SIGNATURE_LENGTH
    verify(key.public_key, signature, data)
    with pytest.raises(SignatureInvalidError):
        verify(key.public_key, signature, data + b"\x00")


@given(signature=st.binary(max_size=80))
def test_garbage_for_a_signature_is_refused(signature: bytes) -> None:
    with pytest.raises(SignatureInvalidError):
        verify(KEYS["secp256r1"].public_key(), signature, b"data")


@pytest.mark.parametrize("curve", CURVES)
def test_a_key_is_read_with_its_password_and_not_without(curve: str) -> None:
    encrypted = pem(KEYS[curve], BestAvailableEncryption(b"secret"))
    read = read_private_key(encrypted, password=b"secret")
    assert encode_key(read.public_key) == encode_key(KEYS[curve].public_key())
    for password in (None, b"", b"wrong"):
        with pytest.raises(KeyUnusableError):
            read_private_key(encrypted, password=password)


def test_a_key_of_another_kind_or_curve_is_refused() -> None:
    for key in (ec.generate_private_key(ec.SECP384R1()), ed25519.Ed25519PrivateKey.generate()):
        with pytest.raises(KeyUnusableError):
            read_private_key(pem(key))
    for text in (b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"):
        with pytest.raises(KeyUnusableError):
            read_private_key(text)


@pytest.mark.parametrize("curve", CURVES)
def test_a_public_key_is_stored_with_its_curve(curve: str) -> None:
    stored = encode_key(KEYS[curve].public_key())
    assert read_key(stored).curve.name == curve
    with pytest.raises(KeyUnusableError):
        read_key(stored[:-1])
