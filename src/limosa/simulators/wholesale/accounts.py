"""The buyer's accounts at the four: numbers and secrets, made once and kept."""

import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from limosa.simulators.account_files import kept_account


def _tgt() -> dict[str, str]:
    secret = secrets.token_hex(16)
    return {"account_id": f"EA{secrets.randbelow(10**8):08}", "secret": secret,
            "callback_secret": secret}  # fmt: skip


_MADE: dict[str, Callable[[], Mapping[str, str]]] = {
    "esim_access": lambda: {
        "access_code": secrets.token_hex(8),
        "secret": secrets.token_hex(16),
    },
    "tgt": _tgt,
    "billionconnect": lambda: {
        "app_key": secrets.token_hex(8),
        "app_secret": secrets.token_hex(16),
    },
    "airalo": lambda: {
        "client_id": secrets.token_hex(16),
        "client_secret": secrets.token_urlsafe(30),
    },
}


def account_of(folder: Path, wire: str) -> dict[str, str]:
    """Return the account at a wholesaler; its file is made the first time."""
    return kept_account(folder / f"{wire}.json", _MADE[wire])
