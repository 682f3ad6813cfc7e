"""The merchant's account, and PayPal's own authority and signing certificate.

Created at the first start and kept in a folder. The authority's certificate is stored beside the
numbers, where the product is told to find its trusted roots; the signing key is only for the
gateway.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from limosa.simulators.account_files import kept_account, write_private
from limosa.simulators.clock import wall_clock

SETTING_PREFIX = "LIMOSA_PAYPAL_"
_FETCHED = "fetched_certificates"
CERTIFICATE_NAME = "messageverificationcerts.sandbox.paypal.com"
CERTIFICATES_PATH = "/v1/notifications/certs/"
_LETTERS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_YEARS = timedelta(days=3650)


@dataclass(frozen=True, slots=True)
class Merchant:
    """Everything that both sides know. `settings` is what the product is given."""

    client_id: str
    client_secret: str
    merchant_id: str
    webhook_id: str
    certificate_id: str
    signing_key: RSAPrivateKey
    certificate_chain: bytes
    settings: dict[str, str]


def prepare(folder: Path, base_url: str) -> dict[str, str]:
    """Create the account in `folder` if it does not exist; return the settings."""
    return open_account(folder, base_url=base_url).settings


def open_account(folder: Path, *, base_url: str) -> Merchant:
    """Return the account in `folder`, created if it does not exist.

    Keys and numbers never change; only the base URL in the settings follows the argument. Files
    with secrets are readable only by their owner.
    """
    if not (folder / "signing_key.pem").exists():
        _make_certificates(folder)
    account = kept_account(folder / "account.json", _new_account)
    pem = (folder / "signing_key.pem").read_bytes()  # Created here, so it need not be checked.
    key = load_pem_private_key(pem, password=None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("not an RSA key")
    (folder / _FETCHED).mkdir(exist_ok=True)  # At startup the service checks that it may write.
    return Merchant(
        **account,
        signing_key=key,
        certificate_chain=(folder / "signing_chain.pem").read_bytes(),
        settings=_settings(folder.resolve(), account, base_url),
    )


def new_id() -> str:
    """Create an id in PayPal's format: 17 letters and digits."""
    return _random(17)


def _new_account() -> dict[str, str]:
    return {
        "client_id": "A" + secrets.token_urlsafe(59),
        "client_secret": "E" + secrets.token_urlsafe(59),
        "merchant_id": _random(13),
        "webhook_id": _random(17),
        "certificate_id": "CERT-" + "-".join(secrets.token_hex(4) for _ in range(3)),
    }


def _settings(folder: Path, account: dict[str, str], base_url: str) -> dict[str, str]:
    values = {
        "CLIENT_ID": account["client_id"],
        "CLIENT_SECRET": account["client_secret"],
        "MERCHANT_ID": account["merchant_id"],
        "WEBHOOK_ID": account["webhook_id"],
        "API_URL": base_url,
        "CERTIFICATE_URL": base_url + CERTIFICATES_PATH,
        "CERTIFICATE_NAME": CERTIFICATE_NAME,
        "CERTIFICATE_FOLDER": str(folder / _FETCHED),
        "CA_FILE": str(folder / "authority.pem"),
    }
    return {SETTING_PREFIX + name: value for name, value in values.items()}


def _make_certificates(folder: Path) -> None:
    """Create a root, an authority below it, and the signing certificate, as in real chains."""
    root_key, middle_key, leaf_key = (_new_key() for _ in range(3))
    root_name, middle_name = _name("Simulated Root"), _name("Simulated Authority")
    root = _authority(root_name, root_key).issuer_name(root_name).sign(root_key, SHA256())
    middle = (
        _authority(middle_name, middle_key)
        .issuer_name(root_name)
        .add_extension(_issued_by(root_key), critical=False)
        .sign(root_key, SHA256())
    )
    leaf = (
        _certificate(_name(CERTIFICATE_NAME), leaf_key)
        .issuer_name(middle_name)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(CERTIFICATE_NAME)]), critical=False
        )
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(_issued_by(middle_key), critical=False)
        .sign(middle_key, SHA256())
    )
    pem = Encoding.PEM
    write_private(folder / "authority.pem", root.public_bytes(pem))
    chain = leaf.public_bytes(pem) + middle.public_bytes(pem)
    write_private(folder / "signing_chain.pem", chain)
    key = leaf_key.private_bytes(pem, PrivateFormat.PKCS8, NoEncryption())
    write_private(folder / "signing_key.pem", key)


def _certificate(name: x509.Name, key: RSAPrivateKey) -> x509.CertificateBuilder:
    now = datetime.fromtimestamp(wall_clock(), UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now + _YEARS)
    )


def _authority(name: x509.Name, key: RSAPrivateKey) -> x509.CertificateBuilder:
    usage = x509.KeyUsage(
        digital_signature=False, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=True, crl_sign=True,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
    return (
        _certificate(name, key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _issued_by(key: RSAPrivateKey) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _new_key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


def _random(count: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(count))
