"""What TGT calls things, and its codes.

Sources: what integrators publish of OpenAPI v2, which has the codes in front; of those of the
business, which stand behind 5000, it has 5032 and the numbers of others, whose meanings are ours.
"""

import hashlib
import json
from datetime import UTC, datetime

from limosa.simulators.wholesale.esims import (
    DELETED,
    DISABLED,
    DOWNLOADED,
    ENABLED,
    EXPIRED,
    INSTALLED,
    RELEASED,
    RUNNING,
    USED_UP,
    WAITING,
    Bundle,
    Esim,
)
from limosa.simulators.wholesale.orders import Reason
from limosa.simulators.wholesale.plans import MB, Plan, Region, Size

OK = "0000"
CODES = {
    Reason.TOKEN_INVALID: ("2003", "token invalid", "", ""),
    Reason.TOKEN_UNKNOWN: ("2004", "token unknown", "", ""),
    Reason.SIGNATURE: ("2001", "account or secret wrong", "", ""),
    Reason.PARAMETER: ("1003", "parameter missing or wrong", "", ""),
    Reason.PLAN: ("5000", "remote service error", "4007", "product does not exist"),
    Reason.ORDER: ("5000", "remote service error", "5032", "order does not exist"),
    Reason.ESIM: ("5000", "remote service error", "4009", "card does not exist"),
    Reason.STATE: ("5000", "remote service error", "4013", "not allowed in this state"),
    Reason.STOCK: ("5000", "remote service error", "4012", "out of stock"),
    Reason.CREDIT: ("5000", "remote service error", "4011", "balance insufficient"),
    Reason.BUSY: ("0429", "too many requests", "", ""),
    Reason.MAINTENANCE: ("2000", "service not available", "", ""),
}
PAUSES = (5.0,) * 1440  # Every 5 seconds for 2 hours.
TOKEN_SECONDS = 86_400
VALID_DAYS = 180
_PROFILES = {
    RELEASED: "nodownload",
    DOWNLOADED: "downloaded",
    INSTALLED: "downloaded",
    ENABLED: "activated",
    DISABLED: "activated",
    DELETED: "downloaded",
}
_ORDERS = {WAITING: "NOTACTIVE", RUNNING: "INUSE", USED_UP: "USED", EXPIRED: "EXPIRED"}


def code_of(region: Region, size: Size, use: str) -> str:
    """Return the code of a product, which is for new cards and renewals alike."""
    del use
    amount = "1GB/Day" if size.volume is None else f"{size.volume // 1024**3}GB"
    return f"A-002-ES-{region.code}-T-{size.days}D/{VALID_DAYS}D-{amount}(A)"


def card_of(plan: Plan) -> str:
    """Return the card of a product: M1, or C4 in the United States, which can be ended early."""
    return "C4" if plan.region.code == "US" else "M1"


def price_text(amount: int) -> str:
    """Return an amount in dollars, with two decimals."""
    return f"{amount / 10_000:.2f}"


def time_text(at: float | None) -> str | None:
    """Return a time in UTC, such as 2026-09-27T19:29:36Z."""
    return None if at is None else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def megabytes(volume: int | None) -> str | None:
    """Return a volume in megabytes, with two decimals."""
    return None if volume is None else f"{volume / MB:.2f}"


def profile_of(esim: Esim) -> str:
    return _PROFILES[esim.profile]


def status_of(esim: Esim, bundle: Bundle | None) -> str:
    """Return the state of an order: its bundle's, or that the card is active without data yet."""
    if bundle is None:
        return "NOTACTIVE"
    if bundle.state == WAITING and esim.profile == ENABLED:
        return "ACTIVATED"
    return _ORDERS.get(bundle.state, "USED")


def sign(payload: dict[str, object], secret: str, *, arrays_as_json: bool) -> str:
    """Return the signature of a callback. Two public clients differ on arrays: by their index, or
    as compact JSON."""
    parts = sorted(_flat(payload, "", arrays_as_json=arrays_as_json))
    text = f"{secret}{''.join(parts)}{secret}"
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _flat(value: object, path: str, *, arrays_as_json: bool) -> list[str]:
    if value is None or value == "":
        return []
    if isinstance(value, list) and arrays_as_json:
        return [f"{path}{json.dumps(value, separators=(',', ':'), ensure_ascii=False)}"]
    if isinstance(value, dict):
        members = [(key, one) for key, one in value.items() if key != "sign"]
    elif isinstance(value, list):
        members = [(str(index), one) for index, one in enumerate(value)]
    else:
        return [f"{path}{value}"]
    found = []
    for key, one in members:
        found += _flat(one, f"{path}.{key}" if path else key, arrays_as_json=arrays_as_json)
    return found
