"""The merchant's account with PayPal, from the settings, with its roots of trust parsed."""

import re
import warnings
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.utils import CryptographyDeprecationWarning
from django.core.exceptions import ImproperlyConfigured
from requests.utils import DEFAULT_CA_BUNDLE_PATH

from limosa.domain.payments.key_files import what_is_wrong_with

_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----\s", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The credentials on both sides. Never printed: it holds secrets.

    `certificate_url`: the prefix of the URLs of signing certificates; `certificate_name`: the name
    in them. `certificate_folder`: where verified certificates are stored; None: in memory only.
    """

    client_id: str
    client_secret: str
    merchant_id: str
    webhook_id: str
    api_url: str
    certificate_url: str
    certificate_name: str
    roots: tuple[x509.Certificate, ...]
    certificate_folder: Path | None

    def __repr__(self) -> str:
        return f"Account({self.merchant_id})"


def read_account(values: Mapping[str, str]) -> Account:
    """Return the account described by settings.PROVIDER_SETTINGS["paypal"].

    Raises ImproperlyConfigured, naming the variable and never its value.
    """
    names = ("client_id", "client_secret", "merchant_id", "webhook_id", "certificate_name")
    for name in names:
        if not values[name]:
            raise _fault(name, "is not set")
    folder = values["certificate_folder"]
    return Account(
        api_url=_address(values, "api_url").rstrip("/"),
        certificate_url=_address(values, "certificate_url").rstrip("/") + "/",
        roots=_roots(values["ca_file"] or DEFAULT_CA_BUNDLE_PATH),
        certificate_folder=Path(folder) if folder else None,
        **{name: values[name] for name in names},
    )


def _address(values: Mapping[str, str], name: str) -> str:
    """Return a setting that is a URL prefix: HTTPS, or on this machine."""
    url = urlsplit(values[name])
    is_safe = url.scheme == "https" or (url.scheme == "http" and _is_loopback(url.hostname))
    if not is_safe or not url.netloc or url.query or url.fragment:
        raise _fault(name, "must be the beginning of a URL, such as https://host")
    return values[name]


def _is_loopback(host: str | None) -> bool:
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return host == "localhost"


def _roots(path: str) -> tuple[x509.Certificate, ...]:
    """Return the root certificates in a file. Invalid ones are skipped: public bundles have
    contained some, and PayPal's is not among them."""
    try:
        text = Path(path).read_bytes()
    except OSError as error:
        raise _fault("ca_file", what_is_wrong_with(error)) from None
    found = []
    for pem in _PEM.findall(text):
        with warnings.catch_warnings(), suppress(ValueError, CryptographyDeprecationWarning):
            warnings.simplefilter("error", CryptographyDeprecationWarning)
            found.append(x509.load_pem_x509_certificate(pem))
    if not found:
        raise _fault("ca_file", "holds no certificate")
    return tuple(found)


def _fault(name: str, what: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"LIMOSA_PAYPAL_{name.upper()} {what}.")
