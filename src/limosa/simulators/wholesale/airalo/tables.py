"""What Airalo calls things, and its codes.

Sources: the vendor's public documentation and official clients. Ours, since it says nothing: how
long a refund takes (none at all), and that only an eSIM that nobody has downloaded is refunded.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime

from limosa.simulators.wholesale.esims import (
    CANCELLED,
    EXPIRED,
    LIVE,
    RUNNING,
    SUSPENDED,
    WAITING,
    Bundle,
    Esim,
)
from limosa.simulators.wholesale.orders import Reason
from limosa.simulators.wholesale.plans import MB, Region, Size

# (HTTP status, code or None, what it says)
REFUSALS = {
    Reason.SIGNATURE: (422, 14, "Invalid checksum"),
    Reason.CREDIT: (422, 11, "Insufficient Airalo Credit"),
    Reason.MAINTENANCE: (422, 13, "The operator is undergoing maintenance, try again later"),
    Reason.STATE: (422, 23, "The top-up is disabled for this eSIM"),
    Reason.STOCK: (422, 33, "Insufficient stock of eSIMs remaining for this package"),
    Reason.PLAN: (422, 34, "The requested package is invalid or unavailable"),
    Reason.NOT_YET: (422, 73, "The eSIM has been recycled"),
}
PAUSES = (900.0,) * 20  # 20 repetitions, 15 minutes apart.
TOKEN_SECONDS = 86_400
LOW_DATA = "webhook_low_data"
TYPES_OF_NOTICE = (LOW_DATA, "async_orders", "webhook_credit_limit")
_STATUSES = {WAITING: "NOT_ACTIVE", RUNNING: "ACTIVE", EXPIRED: "EXPIRED"}


def code_of(region: Region, size: Size, use: str) -> str:
    """Return the id of a package, such as change-7days-1gb; those of top-ups end in -topup."""
    name = region.name.lower().replace(" ", "-")
    amount = "unlimited" if size.volume is None else f"{size.volume // 1024**3}gb"
    code = f"{name}-mobile-{size.days}days-{amount}"
    return f"{code}-topup" if use == "renewal" else code


def dollars(amount: int) -> float:
    """Return an amount as a number."""
    return amount / 10_000


def megabytes(volume: int | None) -> int:
    """Return a volume in MB; 0: unlimited."""
    return 0 if volume is None else volume // MB


def data_text(size: Size) -> str:
    return "Unlimited" if size.volume is None else f"{size.volume // 1024**3} GB"


def time_text(at: float | None) -> str | None:
    """Return a time in UTC without saying so."""
    return None if at is None else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")


def status_of(esim: Esim, bundle: Bundle | None) -> str:
    """Return the state of an eSIM's data."""
    if esim.state == CANCELLED:
        return "RECYCLED"
    if esim.state not in (LIVE, SUSPENDED) or bundle is None:
        return "UNKNOWN"
    return _STATUSES.get(bundle.state, "FINISHED")


def texts_to_sign(members: object) -> Iterator[bytes]:
    """Yield the forms of a body that clients sign: compact JSON with `/` escaped, and characters
    beyond ASCII as they are or escaped."""
    for is_ascii in (False, True):
        text = json.dumps(members, ensure_ascii=is_ascii, separators=(",", ":"))
        yield text.replace("/", "\\/").encode()


def sign(secret: str, text: bytes) -> str:
    return hmac.new(secret.encode(), text, hashlib.sha512).hexdigest()
