"""The merchant's application at Alipay, from the settings, with its keys parsed."""

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    load_der_private_key,
    load_der_public_key,
    load_pem_private_key,
    load_pem_public_key,
)
from django.core.exceptions import ImproperlyConfigured

from limosa.domain.payments.key_files import what_is_wrong_with

KEY_BITS_MIN = 2048  # Required by RSA2.


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The credentials and keys on both sides. Never printed: it holds a secret.

    `seller_id`: the account that receives the money, 2088…; `app_id`: the application that makes
    the calls.
    """

    app_id: str
    seller_id: str
    private_key: RSAPrivateKey
    platform_public_key: RSAPublicKey
    gateway_url: str

    def __repr__(self) -> str:
        return f"Account({self.app_id})"


def read_account(values: Mapping[str, str]) -> Account:
    """Return the account described by settings.PROVIDER_SETTINGS["alipay"].

    Raises ImproperlyConfigured, naming the variable and never its value.
    """
    for name in ("app_id", "seller_id"):
        if not (values[name].isascii() and values[name].isdecimal()):
            raise _fault(name, "must be a number")
    gateway = urlsplit(values["gateway_url"])
    if gateway.scheme not in {"http", "https"} or not gateway.netloc or gateway.query:
        raise _fault("gateway_url", "must be the gateway's URL, such as https://host/gateway.do")
    return Account(
        app_id=values["app_id"],
        seller_id=values["seller_id"],
        private_key=_private_key(values["private_key_file"]),
        platform_public_key=_public_key(values["public_key_file"]),
        gateway_url=values["gateway_url"],
    )


def _private_key(path: str) -> RSAPrivateKey:
    name = "private_key_file"
    try:
        content, is_pem = _key_file(path)
        load = load_pem_private_key if is_pem else load_der_private_key
        key = load(content, password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _fault(name, what_is_wrong_with(error)) from None
    if not isinstance(key, RSAPrivateKey) or key.key_size < KEY_BITS_MIN:
        raise _fault(name, f"holds no RSA key of {KEY_BITS_MIN} bits or more")
    return key


def _public_key(path: str) -> RSAPublicKey:
    name = "public_key_file"
    try:
        content, is_pem = _key_file(path)
        key = load_pem_public_key(content) if is_pem else load_der_public_key(content)
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise _fault(name, what_is_wrong_with(error)) from None
    if not isinstance(key, RSAPublicKey) or key.key_size < KEY_BITS_MIN:
        raise _fault(name, f"holds no RSA key of {KEY_BITS_MIN} bits or more")
    return key


def _key_file(path: str) -> tuple[bytes, bool]:
    """Return a key's bytes, and whether they are PEM.

    Alipay's own tool and console issue keys as bare base64, without PEM headers.
    """
    content = Path(path).read_bytes()
    if b"-----BEGIN" in content:
        return content, True
    return b64decode(b"".join(content.split()), validate=True), False


def _fault(name: str, what: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"LIMOSA_ALIPAY_{name.upper()} {what}.")
