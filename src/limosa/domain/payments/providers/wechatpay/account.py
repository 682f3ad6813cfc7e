"""The merchant's account with WeChat Pay, from the settings, with its keys parsed."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from django.core.exceptions import ImproperlyConfigured

API_V3_KEY_BYTES = 32
# What the variables LIMOSA_WECHATPAY_… are called, where it is not as here.
VARIABLES = {
    "api_v3_key": "APIV3_KEY",
    "certificate_serial": "CERT_SERIAL",
    "platform_public_key_file": "PUBLIC_KEY_FILE",
    "platform_public_key_id": "PUBLIC_KEY_ID",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What both sides agreed on. Never printed: it holds secrets."""

    mchid: str
    appid: str
    api_v3_key: str
    certificate_serial: str
    private_key: RSAPrivateKey
    platform_public_key: RSAPublicKey
    platform_public_key_id: str
    gateway_url: str

    def __repr__(self) -> str:
        return f"Account({self.mchid})"

    def private_pem(self) -> str:
        """Return the merchant's key in the one form that the SDK reads."""
        return self.private_key.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        ).decode()

    def platform_pem(self) -> str:
        """Return the platform's key in the one form that the SDK reads."""
        return self.platform_public_key.public_bytes(
            Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
        ).decode()


def read_account(values: Mapping[str, str]) -> Account:
    """Return the account that settings.WECHATPAY describes.

    Raises ImproperlyConfigured, naming the variable and never its value.
    """
    names = ("mchid", "appid", "api_v3_key", "certificate_serial", "platform_public_key_id")
    for name in names:
        if not values[name]:
            raise _fault(name, "is not set")
    if len(values["api_v3_key"].encode()) != API_V3_KEY_BYTES:
        raise _fault("api_v3_key", f"must be {API_V3_KEY_BYTES} bytes long")
    gateway = urlsplit(values["gateway_url"])
    if gateway.scheme not in {"http", "https"} or not gateway.netloc or gateway.query:
        raise _fault("gateway_url", "must be the beginning of a URL, such as https://host")
    return Account(
        private_key=_private_key(values["private_key_file"]),
        platform_public_key=_public_key(values["platform_public_key_file"]),
        gateway_url=values["gateway_url"],
        **{name: values[name] for name in names},
    )


def _private_key(path: str) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(Path(path).read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _fault("private_key_file", f"cannot be read ({type(error).__name__})") from None
    if not isinstance(key, RSAPrivateKey):
        raise _fault("private_key_file", "holds no RSA key")
    return key


def _public_key(path: str) -> RSAPublicKey:
    try:
        key = load_pem_public_key(Path(path).read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise _fault(
            "platform_public_key_file", f"cannot be read ({type(error).__name__})"
        ) from None
    if not isinstance(key, RSAPublicKey):
        raise _fault("platform_public_key_file", "holds no RSA key")
    return key


def _fault(name: str, what: str) -> ImproperlyConfigured:
    variable = VARIABLES.get(name, name.upper())
    return ImproperlyConfigured(f"LIMOSA_WECHATPAY_{variable} {what}.")
