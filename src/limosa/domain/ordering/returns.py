"""How one order is returned, from what is known of it and of its supplier."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from limosa.domain.connectivity.capabilities import Capabilities
from limosa.domain.connectivity.engine.supplying import SupplyState
from limosa.domain.connectivity.models import Supply
from limosa.domain.connectivity.registry import capabilities_of
from limosa.domain.connectivity.supplies import current_supply
from limosa.domain.esims.models import Bundle, BundleState, Esim, EsimState, InstallationState
from limosa.domain.esims.queries import reported_states
from limosa.domain.ordering.engine.returning import ReturnWay, return_way
from limosa.domain.ordering.models import Order
from limosa.domain.ordering.shared_esims import is_for_others, unpaid_alone

_STRICTEST = ReturnWay.BY_STAFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Returning:
    """How an order is returned. `asked_at`: since when its supplier is asked, or was asked and
    refused; None: it was not. `in_way`: only this unpaid order for its eSIM stands in the way."""

    way: ReturnWay
    asked_at: datetime | None = None
    is_asked: bool = False
    in_way: Order | None = None

    @property
    def is_offered(self) -> bool:
        """Whether its person may ask for it now."""
        return self.way is not ReturnWay.BY_STAFF and not self.is_asked

    @property
    def was_refused(self) -> bool:
        """Whether its supplier was asked, and did not take it back."""
        return self.asked_at is not None and not self.is_asked


def returning_of(order: Order, *, now: datetime) -> Returning:
    """Return how a delivered order is returned, or is being returned."""
    esim = order.esim
    if esim is None:
        return Returning(way=ReturnWay.BY_STAFF)
    can = capabilities_of(esim.supplier_id)
    supply = current_supply(order.number)
    asked_at = supply.return_asked_at if supply else None
    is_asked = supply is not None and supply.state == SupplyState.RETURNING
    way = return_way(
        can,
        is_own_esim=_is_own(esim, supply, can),
        is_installed=_has_been_on_device(esim),
        was_refused=asked_at is not None and not is_asked,
    )
    if way is ReturnWay.ASKED and is_for_others(esim, order, now=now):
        way, in_way = ReturnWay.BY_STAFF, unpaid_alone(esim, order, now=now)
    else:
        in_way = None
    return Returning(way=way, asked_at=asked_at, is_asked=is_asked, in_way=in_way)


def return_way_of(suppliers: Iterable[str], *, is_new_esim: bool) -> ReturnWay | None:
    """Return how a plan will be returned that one of these suppliers delivers, by the strictest of
    them; None: some of them take it back, and others don't."""
    ways = {
        return_way(
            capabilities_of(supplier),
            is_own_esim=is_new_esim,
            is_installed=False,
            was_refused=False,
        )
        for supplier in suppliers
    }
    if ReturnWay.BY_STAFF in ways and len(ways) > 1:
        return None
    return next((way for way in (ReturnWay.ASKED, ReturnWay.AT_ONCE) if way in ways), _STRICTEST)


def is_withdrawn(esim: Esim) -> bool:
    """Whether nobody is to install an eSIM: all of its plans were refunded, or its supplier is
    asked to cancel the one that it came with."""
    return esim.pk in withdrawn([esim])


def withdrawn(esims: Iterable[Esim]) -> set[int]:
    """Return the keys of those of these eSIMs that nobody is to install. Two statements."""
    iccids = {esim.pk: esim.iccid for esim in esims}
    plans = list(
        Bundle.objects.filter(esim_id__in=iccids).values_list("esim_id", "state", "order_number")
    )
    returning = set(
        Supply.objects.filter(
            state=SupplyState.RETURNING.value, order_number__in=[number for *_, number in plans]
        ).values_list("order_number", "iccid")
    )
    kept = {key for key, state, _ in plans if state != BundleState.REFUNDED}
    asked = {key for key, _, number in plans if (number, iccids[key]) in returning}
    return ({key for key, *_ in plans} - kept) | asked


def _has_been_on_device(esim: Esim) -> bool:
    """Whether anything is known of an eSIM on a device, beyond a download that failed."""
    reported = reported_states([esim]).get(esim.pk, InstallationState.FAILED)
    return esim.state != EsimState.READY or reported is not InstallationState.FAILED


def _is_own(esim: Esim, supply: Supply | None, can: Capabilities) -> bool:
    """Whether an order's supply brought its eSIM."""
    if supply is None:
        return can.in_own_database
    return supply.supplier_id == esim.supplier_id and supply.iccid == esim.iccid
