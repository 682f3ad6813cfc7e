"""Converts a Supply row to the types of the rules and of the port."""

from datetime import datetime, timedelta

from django.db.models import Case, When

from limosa.domain.connectivity.answers import (
    Delivered,
    SupplierEsim,
    SupplyHandle,
    SupplyRequest,
)
from limosa.domain.connectivity.engine.supplying import LIVE, SupplyNow, SupplyState
from limosa.domain.connectivity.models import Supply
from limosa.domain.esims.engine.profile import Profile


def supply_now(
    supply: Supply, *, is_wanted: bool, now: datetime, has_another: bool = False
) -> SupplyNow:
    """Return a row in the rules' terms. `is_wanted`: we still have its order's money, and nobody
    else delivers it. `has_another`: the order can be placed elsewhere."""
    return SupplyNow(
        state=SupplyState(supply.state),
        is_wanted=is_wanted,
        has_reference=bool(supply.reference),
        application=supply.application,
        attempts=supply.attempts,
        asked_ago=now - supply.asked_at if supply.asked_at else timedelta(0),
        waited=now - supply.created_at,
        lost_ago=now - supply.lost_at if supply.lost_at else None,
        has_another=has_another,
    )


def supply_request(supply: Supply) -> SupplyRequest:
    """Return the request for the supplier."""
    return SupplyRequest(
        number=supply.order_number,
        plan_code=supply.plan_code,
        renewed=renewed_esim(supply),
        cost=supply.cost,
    )


def supply_handle(supply: Supply) -> SupplyHandle:
    """Return how the supplier knows the order."""
    return SupplyHandle(
        number=supply.order_number,
        reference=supply.reference,
        renewed=renewed_esim(supply),
        delivered=_delivered_esim(supply),
    )


def renewed_esim(supply: Supply) -> SupplierEsim | None:
    """Return the eSIM that the order is for; None: a new one."""
    if not supply.renewed_iccid:
        return None
    return SupplierEsim(iccid=supply.renewed_iccid, reference=supply.renewed_reference)


def _delivered_esim(supply: Supply) -> SupplierEsim | None:
    if not supply.iccid:
        return None
    return SupplierEsim(
        iccid=supply.iccid, reference=supply.esim_reference, order_reference=supply.reference
    )


def current_supply(order_number: str) -> Supply | None:
    """Return the order's supply that is alive, or the latest; None: it has none.

    Of a refused one, nothing more is expected but that the supplier delivers all the same.
    """
    supplies = Supply.objects.filter(order_number=order_number)
    is_alive = Case(When(state__in=LIVE, then=0), default=1)
    return supplies.order_by(is_alive, "-id").first()


def what_was_delivered(supply: Supply) -> Delivered:
    """Return what was delivered for the order."""
    if not supply.iccid:
        return Delivered(reference=supply.reference)
    return Delivered(
        reference=supply.reference,
        profile=Profile(
            iccid=supply.iccid,
            activation_code=supply.activation_code or "",
            reference=supply.esim_reference,
        ),
    )
