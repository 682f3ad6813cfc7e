r"""The signatures and the sealing of WeChat Pay API v3, from the platform's side.

Source: pay.weixin.qq.com, "API v3 interface rules": requests sign
`METHOD\n/path?query\ntimestamp\nnonce\nbody\n`, replies and notifications
`timestamp\nnonce\nbody\n`, both RSA-SHA256 (PKCS#1 v1.5); a notification's resource is
AES-256-GCM under the merchant's APIv3 key.
"""

import re
import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

SCHEME = "WECHATPAY2-SHA256-RSA2048"
_PARAMETER = re.compile(r'(\w+)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Signer:
    """One of the platform's keys, under the name by which the merchant knows it."""

    serial: str
    key: RSAPrivateKey


@dataclass(frozen=True, slots=True)
class Authorization:
    """The content of a merchant's Authorization header."""

    mchid: str
    serial: str
    nonce: str
    timestamp: str
    signature: str


def parse_authorization(header: str) -> Authorization | None:
    """Parse an Authorization header; None unless it has the right scheme and is complete."""
    scheme, _, rest = header.partition(" ")
    words = dict(_PARAMETER.findall(rest))
    wanted = ("mchid", "serial_no", "nonce_str", "timestamp", "signature")
    if scheme != SCHEME or not all(words.get(name) for name in wanted):
        return None
    return Authorization(*(words[name] for name in wanted))


def request_message(method: str, target: str, auth: Authorization, body: bytes) -> bytes:
    """Return the bytes a merchant signs."""
    head = f"{method}\n{target}\n{auth.timestamp}\n{auth.nonce}\n"
    return head.encode() + body + b"\n"


def reply_message(timestamp: str, nonce: str, body: bytes) -> bytes:
    """Return the bytes the platform signs, for a reply as for a notification."""
    return f"{timestamp}\n{nonce}\n".encode() + body + b"\n"


def sign(key: RSAPrivateKey, message: bytes) -> str:
    """Return the signature in base64."""
    return b64encode(key.sign(message, PKCS1v15(), SHA256())).decode()


def is_signed_by(key: RSAPublicKey, message: bytes, signature: str) -> bool:
    """Return whether the base64 signature over the message is the key's; False for garbage."""
    try:
        key.verify(b64decode(signature, validate=True), message, PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def seal(plaintext: bytes, *, apiv3_key: str, associated_data: str) -> dict[str, str]:
    """Encrypt a resource or a certificate; return the members that describe the ciphertext."""
    nonce = secrets.token_hex(6)  # 12 characters, which are the 12 bytes of the GCM nonce.
    box = AESGCM(apiv3_key.encode())
    sealed = box.encrypt(nonce.encode(), plaintext, associated_data.encode())
    return {
        "algorithm": "AEAD_AES_256_GCM",
        "ciphertext": b64encode(sealed).decode(),
        "associated_data": associated_data,
        "nonce": nonce,
    }


def new_private_key() -> RSAPrivateKey:
    """Create a 2048-bit RSA key."""
    return generate_private_key(public_exponent=65537, key_size=2048)


def private_pem(key: RSAPrivateKey) -> bytes:
    """Format a private key as PKCS#8 PEM, as the merchant platform issues it."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def public_pem(key: RSAPublicKey) -> bytes:
    """Format a public key as PEM."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def load_private(pem: bytes) -> RSAPrivateKey:
    """Read a private key created here. Raises TypeError if it is not an RSA key."""
    # Its primes need not be tested at each start.
    key = load_pem_private_key(pem, password=None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("not an RSA key")
    return key


def load_public(pem: bytes) -> RSAPublicKey:
    """Read a public key. Raises TypeError if it is not an RSA key."""
    key = load_pem_public_key(pem)
    if not isinstance(key, RSAPublicKey):
        raise TypeError("not an RSA key")
    return key
