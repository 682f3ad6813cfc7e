"""How the `limosa smdp` commands show an order, and the terms of downloading."""

import sys
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings

from limosa.domain.rsp.engine.order_life import ISSUED_STATES, DownloadState
from limosa.domain.rsp.engine.redownload import DownloadPolicy, Redownload
from limosa.domain.rsp.loading import policy_of
from limosa.domain.rsp.models import DownloadOrder, ProfileType
from limosa.domain.rsp.models.orders import WRONG_CODES_MAX
from limosa.foundation.identifiers import activation_code

PLACEHOLDER_ADDRESS = "smdp.limosa.example"  # The default of LIMOSA_SMDP_ADDRESS.
_WIDTH = 18
_WHO = {
    Redownload.NEVER: "nobody",
    Redownload.SAME_EUICC: "the same eUICC",
    Redownload.ANY_EUICC: "any eUICC",
}


def print_order(order: DownloadOrder, *, has_code: bool, code: str = "") -> None:
    """Print an order, what a device needs to download it, and what devices reported of it."""
    _print("ICCID", order.profile.iccid)
    _print("profile type", order.profile.profile_type.code)
    _print("state", order.state)
    for name, eid in (("for the EID", order.eid), ("downloaded by", order.bound_eid)):
        if eid:
            _print(name, eid)
    for name, value in _life(order):
        _print(name, value)
    for name, value in terms_lines(policy_of(order)):
        _print(name, value)
    _print_way(order, has_code=has_code)
    if code:
        _print("confirmation code", code)
    if order.wrong_codes:
        _print("confirmation code", wrong_codes_told(order))
    if order.state == DownloadState.CONFIRMED:
        print(f"Devices may download it after: limosa smdp order release {order.profile.iccid}")


def wrong_codes_told(order: DownloadOrder) -> str:
    """Return how often in a row devices sent a wrong confirmation code, and whether the order is
    locked by that; empty: the last one was right, or there was none."""
    count = min(order.wrong_codes, WRONG_CODES_MAX)
    if not count:
        return ""
    if count == WRONG_CODES_MAX:
        return f"locked: refused {count} times in a row"
    return f"refused {count} times in a row" if count > 1 else "refused once"


def print_type(kind: ProfileType) -> None:
    """Print a profile type: what devices show, and the terms of its orders."""
    _print("code", kind.code)
    _print("name", kind.name)
    _print("service provider", kind.service_provider)
    _print("class", kind.profile_class)
    if kind.owner_plmn:
        _print("owner", kind.owner_plmn)
    _print("icon", "yes" if kind.icon else "no")
    _print("reports switching", "yes" if kind.tells_enabling else "no")
    for name, value in terms_lines(policy_of(kind)):
        _print(name, value)
    _print("low below", f"{kind.low_below:,}" if kind.low_below else "never")


def terms_lines(policy: DownloadPolicy) -> Iterator[tuple[str, str]]:
    """Yield names and values: who may download again, after what, and how often in all."""
    again = _WHO[policy.redownload]
    if policy.redownload is not Redownload.NEVER:
        again += ", after its deletion was reported" if policy.needs_delete else ", at any time"
    yield "again", again
    yield (
        "downloads at most",
        "any number" if policy.downloads_max is None else (f"{policy.downloads_max:,}"),
    )


def _life(order: DownloadOrder) -> Iterator[tuple[str, str]]:
    """Yield what happened, with its time."""
    yield "ordered", _time(order.ordered_at)
    if order.downloads:
        yield "downloads so far", f"{order.downloads:,}"
    for name, at in (
        ("installed", order.installed_at),
        ("switched on", order.enabled_at),
        ("deleted", order.deleted_at),
        ("expires", order.expires_at),
    ):
        if at is not None:
            yield name, _time(at)


def _print_way(order: DownloadOrder, *, has_code: bool) -> None:
    if order.state == DownloadState.CANCELLED:
        _print("activation code", "none: the order is cancelled")
        return
    if order.matching_id:
        text = activation_code(
            smdp_address=settings.SMDP_ADDRESS,
            matching_id=order.matching_id,
            needs_confirmation=has_code,
        )
        _print("activation code", text)
    elif order.state in ISSUED_STATES:
        _print("activation code", f"none: the device with that EID asks {settings.SMDP_ADDRESS}")
    else:
        return
    if settings.SMDP_ADDRESS == PLACEHOLDER_ADDRESS:
        print(
            f"limosa: LIMOSA_SMDP_ADDRESS is not set: {PLACEHOLDER_ADDRESS} is nobody's address.",
            file=sys.stderr,
        )


def _print(name: str, value: str) -> None:
    print(f"{name:<{_WIDTH}} {value}")


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
