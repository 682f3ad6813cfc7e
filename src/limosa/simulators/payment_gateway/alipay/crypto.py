"""RSA2 as Alipay's platform uses it: RSA with SHA-256 over sorted `name=value` pairs.

Source: opendocs.alipay.com, "自行实现签名" and "自行实现验签".
"""

from base64 import b64decode, b64encode
from collections.abc import Collection, Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)


def pairs_message(pairs: Mapping[str, str], *, without: Collection[str] = ("sign",)) -> bytes:
    """Return the bytes to sign: sorted pairs, without empty ones."""
    kept = [f"{name}={pairs[name]}" for name in sorted(pairs) if pairs[name]]
    dropped = tuple(f"{name}=" for name in without)
    return "&".join(pair for pair in kept if not pair.startswith(dropped)).encode()


def sign(key: RSAPrivateKey, message: bytes) -> str:
    """Return the RSA2 signature in base64."""
    return _sign(key, message, SHA256())


def sign_by_sha1(key: RSAPrivateKey, message: bytes) -> str:
    """Return a signature of the old kind, `RSA`, which nobody should accept any more."""
    return _sign(key, message, SHA1())  # noqa: S303  (that is what is played here)


def is_signed_by(key: RSAPublicKey, message: bytes, signature: str) -> bool:
    """Return whether the base64 signature over the message is the key's; False for garbage."""
    try:
        key.verify(b64decode(signature, validate=True), message, PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def new_private_pem() -> bytes:
    """Create a 2048-bit RSA key, as PKCS#8 PEM."""
    key = generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def public_text(key: RSAPublicKey) -> bytes:
    """Format a public key as Alipay's console does: one line of base64 without headers."""
    return b64encode(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)) + b"\n"


def load_private(pem: bytes) -> RSAPrivateKey:
    """Read a private key created here. Raises TypeError if it is not an RSA key."""
    # Its primes need not be tested at each start.
    key = load_pem_private_key(pem, password=None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("not an RSA key")
    return key


def _sign(key: RSAPrivateKey, message: bytes, algorithm: HashAlgorithm) -> str:
    return b64encode(key.sign(message, PKCS1v15(), algorithm)).decode()
