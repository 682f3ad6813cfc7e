"""The merchant's account: numbers and keys, made at the first start and kept in the data folder.

`merchant.json` and `merchant.env` carry what the product needs as LIMOSA_WECHATPAY_* settings.
The merchant's private key lies beside them, as it would after a download from the merchant
platform; the platform's private key is for the gateway alone.
"""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from limosa.simulators.payment_gateway import crypto

SETTING_PREFIX = "LIMOSA_WECHATPAY_"
MERCHANT_NAME = "Limosa 续航"
_KEY_FILES = ("platform_private_key.pem", "merchant_private_key.pem")


@dataclass(frozen=True, slots=True)
class Merchant:
    """Everything that both sides agreed on. `settings` is what the product is given."""

    mchid: str
    appid: str
    apiv3_key: str
    cert_serial: str
    public_key_id: str
    platform_key: RSAPrivateKey
    merchant_public_key: RSAPublicKey
    settings: dict[str, str]


def prepare_merchant(folder: Path, *, base_url: str) -> Merchant:
    """Make the account in `folder` if it is not there; write the settings files; return it.

    Keys and numbers stay the same ever after; only the base URL in the settings files follows the
    argument. Files with secrets are readable by their owner only.
    """
    folder.mkdir(parents=True, exist_ok=True)
    account_file = folder / "account.json"
    if not account_file.exists():
        for name in _KEY_FILES:
            _write(folder / name, crypto.private_pem(crypto.new_private_key()))
        _write(account_file, json.dumps(_new_account(), indent=2).encode())
    account: dict[str, str] = json.loads(account_file.read_text())
    platform, merchant = (crypto.load_private((folder / name).read_bytes()) for name in _KEY_FILES)
    _write(folder / "platform_public_key.pem", crypto.public_pem(platform.public_key()))
    settings = _settings(folder.resolve(), account, base_url)
    _write(folder / "merchant.json", json.dumps(settings, indent=2).encode())
    lines = [f"{name}={value}\n" for name, value in settings.items()]
    _write(folder / "merchant.env", "".join(lines).encode())
    return Merchant(
        **account, platform_key=platform, merchant_public_key=merchant.public_key(),
        settings=settings,
    )  # fmt: skip


def _new_account() -> dict[str, str]:
    return {
        "mchid": "19" + _digits(8),
        "appid": "wx" + secrets.token_hex(8),
        "apiv3_key": secrets.token_hex(16),  # 32 characters, used as 32 bytes.
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
    }
    return {SETTING_PREFIX + name: value for name, value in values.items()}


def _digits(count: int) -> str:
    return "".join(secrets.choice("0123456789") for _ in range(count))


def _write(path: Path, content: bytes) -> None:
    """Replace a file in one step, so that a kill leaves the old one or the new one."""
    fresh = path.with_suffix(path.suffix + ".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    fresh.replace(path)
