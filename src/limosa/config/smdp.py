"""Code shared by the `limosa smdp` commands."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

from limosa.config.command import CommandFault
from limosa.domain.rsp.models import DownloadOrder, ProfileType
from limosa.domain.rsp.queries import newest_orders
from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.status import RspStatus

_NOTHING_MORE: Mapping[RspStatus, str] = MappingProxyType({})


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
def refusals_told(meaning: Mapping[RspStatus, str] = _NOTHING_MORE) -> Iterator[None]:
    """Turn a refusal of ES2+ into a command's error. Raises CommandFault.

    meaning: what a status means for this command, as a sentence; otherwise it is the standard's.
    """
    try:
        yield
    except RspRefusal as refusal:
        status = refusal.status
        said = meaning.get(status, status.text)
        raise CommandFault(
            f"{said} ({status.subject_code}/{status.reason_code}) Nothing was changed."
        ) from refusal
