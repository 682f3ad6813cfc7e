"""The merchant's account: numbers and keys, created at the first start and kept in a folder.

The product needs them as LIMOSA_WECHATPAY_* settings. The merchant's private key is stored beside
the numbers, as if downloaded from the merchant platform; the platform's private key is only for the
gateway.
"""

import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.x509 import Certificate, load_pem_x509_certificate

from limosa.simulators.account_files import kept_account, write_private
from limosa.simulators.payment_gateway.wechatpay import crypto
from limosa.simulators.payment_gateway.wechatpay.certificates import (
    certificate_pem,
    make_certificate,
    serial_of,
)

SETTING_PREFIX = "LIMOSA_WECHATPAY_"
_KEY_FILES = (
    "platform_private_key.pem", "certificate_private_key.pem", "merchant_private_key.pem",
)  # fmt: skip
_CERTIFICATE_FILE = "platform_certificate.pem"


@dataclass(frozen=True, slots=True)
class Merchant:
    """Everything that both sides know. `settings` is what the product is given.

    The platform has two keys, like the real one: one identified by the public key's id and, the
    older way, one identified by its certificate's serial number.
    """

    mchid: str
    appid: str
    apiv3_key: str
    app_secret: str
    cert_serial: str
    public_key_id: str
    platform_key: RSAPrivateKey
    certificate_key: RSAPrivateKey
    certificate: Certificate
    merchant_public_key: RSAPublicKey
    settings: dict[str, str]

    @property
    def public_key_signer(self) -> crypto.Signer:
        return crypto.Signer(self.public_key_id, self.platform_key)

    @property
    def certificate_signer(self) -> crypto.Signer:
        return crypto.Signer(serial_of(self.certificate), self.certificate_key)


def prepare(folder: Path, base_url: str) -> dict[str, str]:
    """Create the account in `folder` if it does not exist; return the settings."""
    return open_account(folder, base_url=base_url).settings


def open_account(folder: Path, *, base_url: str) -> Merchant:
    """Return the account in `folder`, created if it does not exist.

    Keys and numbers never change; only the base URL in the settings follows the argument. Files
    with secrets are readable only by their owner.
    """
    for name in _KEY_FILES:
        if not (folder / name).exists():
            write_private(folder / name, crypto.private_pem(crypto.new_private_key()))
    account = kept_account(folder / "account.json", _new_account)
    platform, certified, merchant = (
        crypto.load_private((folder / name).read_bytes()) for name in _KEY_FILES
    )
    certificate_file = folder / _CERTIFICATE_FILE
    if not certificate_file.exists():
        write_private(certificate_file, certificate_pem(make_certificate(certified)))
    write_private(folder / "platform_public_key.pem", crypto.public_pem(platform.public_key()))
    return Merchant(
        **account, platform_key=platform, certificate_key=certified,
        certificate=load_pem_x509_certificate(certificate_file.read_bytes()),
        merchant_public_key=merchant.public_key(),
        settings=_settings(folder.resolve(), account, base_url),
    )  # fmt: skip


def _new_account() -> dict[str, str]:
    return {
        "mchid": "19" + _digits(8),
        "appid": "wx" + secrets.token_hex(8),
        "apiv3_key": secrets.token_hex(16),  # 32 characters, used as 32 bytes.
        "app_secret": secrets.token_hex(16),
        "cert_serial": secrets.token_hex(20).upper(),
        "public_key_id": "PUB_KEY_ID_" + _digits(34),
    }


def _settings(folder: Path, account: dict[str, str], base_url: str) -> dict[str, str]:
    values = {
        "MCHID": account["mchid"],
        "APPID": account["appid"],
        "APIV3_KEY": account["apiv3_key"],
        "CERT_SERIAL": account["cert_serial"],
        "PRIVATE_KEY_FILE": str(folder / "merchant_private_key.pem"),
        "PUBLIC_KEY_FILE": str(folder / "platform_public_key.pem"),
        "PUBLIC_KEY_ID": account["public_key_id"],
        "GATEWAY_URL": base_url,
        "APP_SECRET": account["app_secret"],
        # Where a browser gets a code that identifies the payer, and where it is exchanged.
        "OPEN_URL": base_url,
        "API_URL": base_url,
    }
    return {SETTING_PREFIX + name: value for name, value in values.items()}


def _digits(count: int) -> str:
    return "".join(secrets.choice("0123456789") for _ in range(count))
