"""Reads of the stock and of its orders."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from limosa.domain.rsp.engine.redownload import DownloadBar, DownloadBarred
from limosa.domain.rsp.loading import judge
from limosa.domain.rsp.models import DownloadOrder, DownloadState, ProfileState, ProfileType


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


def newest_orders(*, state: str = "", profile_type: str = "") -> QuerySet[DownloadOrder]:
    """Return orders, newest first, with their profiles and without packages and keys."""
    orders = DownloadOrder.objects.select_related("profile__profile_type")
    orders = orders.defer("profile__package", "binding", "code_digest").order_by("-id")
    if state:
        orders = orders.filter(state=state)
    return orders.filter(profile__profile_type__code=profile_type) if profile_type else orders
