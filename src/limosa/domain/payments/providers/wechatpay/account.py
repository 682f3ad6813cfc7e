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
from cryptography.x509 import load_pem_x509_certificates
from django.core.exceptions import ImproperlyConfigured

from limosa.domain.payments.key_files import what_is_wrong_with
from limosa.domain.payments.providers.wechatpay.signature import PlatformKey, certified_key

API_V3_KEY_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The credentials and keys on both sides. Never printed: it holds secrets.

    `platform_keys`: the public key first, if there is one; its id is `public_key_id`, otherwise
    empty. `has_certificates`: the platform also signs with certificates, which succeed one another.
    `app_secret`: empty if payers are not to be identified.
    """

    mchid: str
    appid: str
    api_v3_key: str
    certificate_serial: str
    private_key: RSAPrivateKey
    platform_keys: tuple[PlatformKey, ...]
    public_key_id: str
    has_certificates: bool
    gateway_url: str
    app_secret: str
    open_url: str
    api_url: str

    def __repr__(self) -> str:
        return f"Account({self.mchid})"

    def private_pem(self) -> str:
        """Return the merchant's key in the only format that the SDK reads."""
        return self.private_key.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        ).decode()

    def platform_pem(self) -> str:
        """Return one of the platform's keys in the only format that the SDK reads."""
        return (
            self.platform_keys[0]
            .public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            .decode()
        )


def read_account(values: Mapping[str, str]) -> Account:
    """Return the account described by settings.PROVIDER_SETTINGS["wechatpay"].

    Raises ImproperlyConfigured, naming the variable and never its value.
    """
    for name in ("mchid", "appid", "apiv3_key", "cert_serial"):
        if not values[name]:
            raise _fault(name, "is not set")
    if len(values["apiv3_key"].encode()) != API_V3_KEY_BYTES:
        raise _fault("apiv3_key", f"must be {API_V3_KEY_BYTES} bytes long")
    urls = {name: values[name] for name in ("gateway_url", "open_url", "api_url")}
    for name, url in urls.items():
        _check_url(name, url)
    return Account(
        private_key=_private_key(values["private_key_file"]),
        platform_keys=_platform_keys(values),
        public_key_id=values["public_key_id"],
        has_certificates=bool(values["platform_cert_files"]),
        app_secret=values["app_secret"],
        **urls,
        mchid=values["mchid"],
        appid=values["appid"],
        api_v3_key=values["apiv3_key"],
        certificate_serial=values["cert_serial"],
    )


def _check_url(name: str, url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query:
        raise _fault(name, "must be the beginning of a URL, such as https://host")


def _platform_keys(values: Mapping[str, str]) -> tuple[PlatformKey, ...]:
    """Return the public key, the certificates' keys, or both: at least one key."""
    key_id, key_file = values["public_key_id"], values["public_key_file"]
    paths = [path.strip() for path in values["platform_cert_files"].split(",")]
    certified = [key for path in paths if path for key in _certified_keys(path)]
    if certified and not key_id and not key_file:
        return tuple(certified)
    if not key_id:
        raise _fault("public_key_id", "is not set")
    return PlatformKey(serial=key_id, public_key=_public_key(key_file)), *certified


def _certified_keys(path: str) -> list[PlatformKey]:
    try:
        certificates = load_pem_x509_certificates(Path(path).read_bytes())
        return [certified_key(certificate) for certificate in certificates]
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise _fault("platform_cert_files", what_is_wrong_with(error)) from None


def _private_key(path: str) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(Path(path).read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _fault("private_key_file", what_is_wrong_with(error)) from None
    if not isinstance(key, RSAPrivateKey):
        raise _fault("private_key_file", "holds no RSA key")
    return key


def _public_key(path: str) -> RSAPublicKey:
    try:
        key = load_pem_public_key(Path(path).read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise _fault("public_key_file", what_is_wrong_with(error)) from None
    if not isinstance(key, RSAPublicKey):
        raise _fault("public_key_file", "holds no RSA key")
    return key


def _fault(name: str, what: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"LIMOSA_WECHATPAY_{name.upper()} {what}.")
