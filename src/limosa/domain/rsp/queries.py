"""Reads of the stock and of its orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Count, Q, QuerySet

from limosa.domain.encryption.cipher import decrypt
from limosa.domain.rows import Columns
from limosa.domain.rsp.engine.redownload import DownloadBar, DownloadBarred
from limosa.domain.rsp.loading import MATCHING_ID_PLACE, judge
from limosa.domain.rsp.models import DownloadOrder, DownloadState, ProfileState, ProfileType
from limosa.domain.rsp.models.orders import WRONG_CODES_MAX


@dataclass(frozen=True, slots=True)
class StockLevel:
    """How many profiles of a type are there. `is_low`: fewer are available than it wants."""

    profile_type: ProfileType
    available: int
    ordered: int
    unavailable: int

    @property
    def is_low(self) -> bool:
        """Whether more have to be imported."""
        return self.available < self.profile_type.low_below


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvidedProfile:
    """What a requester has under a number of their own."""

    iccid: str
    matching_id: str
    state: DownloadState


# Every order of a new eSIM on our own network runs it (ADR 24).
_PROVIDED = """
SELECT iccid, matching_id, rsp_downloadorder.state
  FROM rsp_downloadorder JOIN rsp_profile ON rsp_profile.id = rsp_downloadorder.profile_id
 WHERE requester = %s AND reference = %s AND reference <> ''
"""


def provided_profile(*, requester: str, reference: str) -> ProvidedProfile | None:
    """Return what was provided for a requester's own number; None: nothing."""
    with connection.cursor() as cursor:
        cursor.execute(_PROVIDED, [requester, reference])
        found = cursor.fetchone()
    if found is None:
        return None
    iccid, encrypted, state = found
    matching_id = decrypt(encrypted, place=MATCHING_ID_PLACE) if encrypted else ""
    return ProvidedProfile(iccid=iccid, matching_id=matching_id, state=DownloadState(state))


_TYPE = Columns(ProfileType, "rsp_profiletype")
_TYPE_OF = f"""
SELECT {_TYPE.sql} FROM rsp_profiletype
 WHERE code = ANY(%s) ORDER BY array_position(%s, code::text) LIMIT 1
"""  # noqa: S608 -- names of columns


def profile_type_of(codes: Sequence[str]) -> ProfileType | None:
    """Return the type with the first of some codes that there is."""
    with connection.cursor() as cursor:
        cursor.execute(_TYPE_OF, [list(codes), list(codes)])
        found = cursor.fetchone()
    return _TYPE.row(found) if found else None


def stock_levels() -> list[StockLevel]:
    """Return the stock of every type, by code. Counts all profiles."""
    counts = {
        state.value: Count("profiles", filter=Q(profiles__state=state)) for state in ProfileState
    }
    return [
        StockLevel(kind, *(getattr(kind, state.value) for state in ProfileState))
        for kind in ProfileType.objects.annotate(**counts).order_by("code")
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadsLeft:
    """What the eUICC that has a profile may still do with its code. `bar`: why it may not download
    again now; None: it may. `left`: downloads; None: not limited."""

    bar: DownloadBar | None
    left: int | None


def downloads_left(*, iccid: str, now: datetime) -> DownloadsLeft | None:
    """Return what is left of the open order of a profile; None: there is none."""
    orders = newest_orders().filter(profile__iccid=iccid)
    order = orders.exclude(state=DownloadState.CANCELLED.value).first()
    if order is None:
        return None
    most = order.downloads_max
    left = None if most is None else max(most - order.downloads, 0)
    try:
        judge(order, eid=order.bound_eid or order.eid, now=now)
    except DownloadBarred as barred:
        return DownloadsLeft(bar=barred.bar, left=left)
    return DownloadsLeft(bar=None, left=left)


def newest_orders(
    *, state: str = "", profile_type: str = "", is_locked: bool = False
) -> QuerySet[DownloadOrder]:
    """Return orders, newest first, with their profiles and without packages and keys. is_locked:
    only those that wrong confirmation codes locked."""
    orders = DownloadOrder.objects.select_related("profile__profile_type")
    orders = orders.defer("profile__package", "binding", "code_digest").order_by("-id")
    if state:
        orders = orders.filter(state=state)
    if is_locked:
        open_orders = orders.exclude(state=DownloadState.CANCELLED)
        orders = open_orders.filter(wrong_codes__gte=WRONG_CODES_MAX)
    return orders.filter(profile__profile_type__code=profile_type) if profile_type else orders
