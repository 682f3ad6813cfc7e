"""The merchant's account: its id, the secret key and the secret of its webhook."""

import secrets
from dataclasses import dataclass
from pathlib import Path

from limosa.simulators.account_files import kept_account

SETTING_PREFIX = "LIMOSA_STRIPE_"


@dataclass(frozen=True, slots=True)
class Account:
    """Everything that both sides know. `settings` is what the product is given."""

    id: str
    secret_key: str
    webhook_secret: str
    settings: dict[str, str]


def prepare(folder: Path, base_url: str) -> dict[str, str]:
    """Create the account in `folder` if it does not exist; return the settings."""
    return open_account(folder, base_url=base_url).settings


def open_account(folder: Path, *, base_url: str) -> Account:
    """Return the account in `folder`, created if it does not exist; it never changes."""
    kept = kept_account(folder / "account.json", _new_account)
    values = {
        "ACCOUNT": kept["id"],
        "SECRET_KEY": kept["secret_key"],
        "WEBHOOK_SECRET": kept["webhook_secret"],
        "API_URL": base_url,
    }
    settings = {SETTING_PREFIX + name: value for name, value in values.items()}
    return Account(**kept, settings=settings)


def _new_account() -> dict[str, str]:
    return {
        "id": "acct_1" + secrets.token_hex(8),
        "secret_key": "sk_test_51" + secrets.token_hex(24),
        "webhook_secret": "whsec_" + secrets.token_hex(16),
    }
