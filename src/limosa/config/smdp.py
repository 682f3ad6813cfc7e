"""Code shared by the `limosa smdp` commands."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from limosa.config.command import CommandFault
from limosa.domain.rsp.engine.order_life import ISSUED_STATES, DownloadState
from limosa.domain.rsp.models import DownloadOrder, ProfileType
from limosa.domain.rsp.queries import newest_orders
from limosa.foundation.identifiers import activation_code
from limosa.protocols.sgp22.refusal import RspRefusal


def profile_type_of(code: str) -> ProfileType:
    """Return a profile type. Raises CommandFault."""
    kind = ProfileType.objects.filter(code=code).first()
    if kind is None:
        raise CommandFault(f"{code} is no profile type. See: limosa smdp type list")
    return kind


def newest_order_of(iccid: str) -> DownloadOrder:
    """Return the newest order of a profile. Raises CommandFault."""
    order = newest_orders().filter(profile__iccid=iccid).first()
    if order is None:
        raise CommandFault(f"{iccid} has no order. See: limosa smdp order list")
    return order


@contextmanager
def refusals_told() -> Iterator[None]:
    """Turn a refusal of ES2+ into a command's error. Raises CommandFault."""
    try:
        yield
    except RspRefusal as refusal:
        status = refusal.status
        raise CommandFault(
            f"{status.text} ({status.subject_code}/{status.reason_code}) Nothing was changed."
        ) from refusal


def print_order(order: DownloadOrder, *, has_code: bool, code: str = "") -> None:
    """Print an order and what a device needs to download it."""
    print(f"ICCID              {order.profile.iccid}")
    print(f"profile type       {order.profile.profile_type.code}")
    print(f"state              {order.state}")
    for name, eid in (("for the EID", order.eid), ("downloaded by", order.bound_eid)):
        if eid:
            print(f"{name:<18} {eid}")
    if order.matching_id:
        text = activation_code(
            smdp_address=settings.SMDP_ADDRESS,
            matching_id=order.matching_id,
            needs_confirmation=has_code,
        )
        print(f"activation code    {text}")
    elif order.state in ISSUED_STATES:
        print(f"activation code    none: the device with that EID asks {settings.SMDP_ADDRESS}")
    if code:
        print(f"confirmation code  {code}")
    if order.state == DownloadState.CONFIRMED:
        print(f"Devices may download it after: limosa smdp order release {order.profile.iccid}")
