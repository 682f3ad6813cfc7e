"""What eSIM Access calls things, and its codes.

Sources: the vendor's public documentation. Ours, since it says nothing: the pauses between
callbacks, and the code of a maintenance (that of a busy system).
"""

from datetime import UTC, datetime

from limosa.simulators.wholesale.bundles import told_end
from limosa.simulators.wholesale.esims import (
    CANCELLED,
    DELETED,
    DISABLED,
    DOWNLOADED,
    ENABLED,
    EXPIRED,
    INSTALLED,
    RELEASED,
    REVOKED,
    SUSPENDED,
    USED_UP,
    Bundle,
    Esim,
)
from limosa.simulators.wholesale.orders import Reason
from limosa.simulators.wholesale.plans import Region, Size

CODES = {
    Reason.HEADER: ("000101", "The request header is missing"),
    Reason.PARAMETER: ("000105", "The request parameter is missing or wrong"),
    Reason.TIMESTAMP: ("101001", "The timestamp has expired"),
    Reason.SIGNATURE: ("101003", "The signature does not match"),
    Reason.STATE: ("200002", "This operation is not allowed in the current state"),
    Reason.PRICE: ("200005", "The package price is wrong"),
    Reason.TOTAL: ("200006", "The total amount is wrong"),
    Reason.CREDIT: ("200007", "The account balance is insufficient"),
    Reason.NOT_YET: ("200010", "The profiles are still being allocated"),
    Reason.STOCK: ("200011", "There are not enough profiles"),
    Reason.PLAN: ("310241", "The package code does not exist"),
    Reason.ORDER: ("310272", "The order number does not exist"),
    Reason.ESIM: ("310403", "The ICCID is not in the order"),
    Reason.BUSY: ("900001", "The system is busy, please try again later"),
    Reason.MAINTENANCE: ("900001", "The system is under maintenance"),
    Reason.TOKEN_INVALID: ("000101", "RT-AccessCode is wrong"),
}
PROFILE_STATES = {
    RELEASED: "RELEASED",
    DOWNLOADED: "DOWNLOAD",
    INSTALLED: "INSTALLATION",
    ENABLED: "ENABLED",
    DISABLED: "DISABLED",
    DELETED: "DELETED",
}
PAUSES = (10.0, 60.0, 300.0, 1800.0, 3600.0)
UNUSED_DAYS = 180
_ESIM_STATES = {CANCELLED: "CANCEL", REVOKED: "REVOKED", SUSPENDED: "SUSPENDED"}
_PLACES = {"AS": "!RG", "EU": "!RG", "GL": "!GL"}


def code_of(region: Region, size: Size, use: str) -> str:
    """Return the code of a plan; those of top-ups begin with TOPUP_."""
    number = f"L{region.code}{size.name.replace('-', '').replace('/', '')}"
    return f"TOPUP_{number}" if use == "renewal" else number


def slug_of(region: Region, size: Size) -> str:
    """Return the readable name of a plan: place, gigabytes, days."""
    amount = "Daily" if size.volume is None else str(size.volume // 1024**3)
    return f"{region.code}_{amount}_{size.days}"


def location_of(region: Region) -> str:
    return _PLACES.get(region.code, region.code)


def time_text(at: float) -> str:
    """Return a time as the vendor writes it, such as 2026-09-27T19:29:36+0000."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def state_of(esim: Esim, bundle: Bundle | None) -> str:
    """Return the state of an eSIM in the vendor's words."""
    if esim.state in _ESIM_STATES:
        return _ESIM_STATES[esim.state]
    if bundle is not None and bundle.state == USED_UP:
        return "USED_UP"
    if bundle is not None and bundle.state == EXPIRED:
        return "USED_EXPIRED" if bundle.used else "UNUSED_EXPIRED"
    return "IN_USE" if bundle is not None and bundle.starts_at is not None else "GOT_RESOURCE"


def expired_time(esim: Esim, bundle: Bundle | None) -> str:
    """Return when an eSIM ends: with its bundle, or unused after half a year."""
    end = None if bundle is None else told_end(esim, bundle)
    return time_text(esim.created_at + UNUSED_DAYS * 86_400 if end is None else end)
