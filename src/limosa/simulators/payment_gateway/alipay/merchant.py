"""The merchant's application: numbers and keys, created at the first start and kept in a folder.

The product needs them as LIMOSA_ALIPAY_* settings. The application's private key is stored beside
the numbers, as Alipay's key tool would leave it; the platform's is only for the gateway.
"""

import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from limosa.simulators.account_files import kept_account, write_private
from limosa.simulators.payment_gateway.alipay import crypto

SETTING_PREFIX = "LIMOSA_ALIPAY_"
GATEWAY_PATH = "/alipay/gateway.do"
_KEY_FILES = ("platform_private_key.pem", "app_private_key.pem")


@dataclass(frozen=True, slots=True)
class Merchant:
    """Everything that both sides know. `settings` is what the product is given."""

    app_id: str
    seller_id: str
    platform_key: RSAPrivateKey
    app_public_key: RSAPublicKey
    settings: dict[str, str]


def prepare(folder: Path, base_url: str) -> dict[str, str]:
    """Create the application in `folder` if it does not exist; return the settings."""
    return open_account(folder, base_url=base_url).settings


def open_account(folder: Path, *, base_url: str) -> Merchant:
    """Return the application in `folder`, created if it does not exist.

    Keys and numbers never change; only the base URL in the settings follows the argument. Files
    with secrets are readable only by their owner.
    """
    for name in _KEY_FILES:
        if not (folder / name).exists():
            write_private(folder / name, crypto.new_private_pem())
    account = kept_account(folder / "account.json", _new_account)
    platform, app = (crypto.load_private((folder / name).read_bytes()) for name in _KEY_FILES)
    write_private(folder / "platform_public_key.txt", crypto.public_text(platform.public_key()))
    values = {
        "APP_ID": account["app_id"],
        "SELLER_ID": account["seller_id"],
        "PRIVATE_KEY_FILE": str(folder.resolve() / "app_private_key.pem"),
        "PUBLIC_KEY_FILE": str(folder.resolve() / "platform_public_key.txt"),
        "GATEWAY_URL": base_url + GATEWAY_PATH,
    }
    return Merchant(
        **account,
        platform_key=platform,
        app_public_key=app.public_key(),
        settings={SETTING_PREFIX + name: value for name, value in values.items()},
    )


def _new_account() -> dict[str, str]:
    return {"app_id": "2021" + digits(12), "seller_id": "2088" + digits(12)}


def digits(count: int) -> str:
    """Return that many random digits."""
    return "".join(secrets.choice("0123456789") for _ in range(count))
