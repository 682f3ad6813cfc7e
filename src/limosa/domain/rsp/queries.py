"""Reads of the stock and of its orders."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from limosa.domain.rsp.models import DownloadOrder, ProfileState, ProfileType


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


def newest_orders(*, state: str = "", profile_type: str = "") -> QuerySet[DownloadOrder]:
    """Return orders, newest first, with their profiles and without packages and keys."""
    orders = DownloadOrder.objects.select_related("profile__profile_type")
    orders = orders.defer("profile__package", "binding", "code_digest").order_by("-id")
    if state:
        orders = orders.filter(state=state)
    return orders.filter(profile__profile_type__code=profile_type) if profile_type else orders
