"""Converts a Supply row to the types of the rules and of the port."""

from datetime import datetime, timedelta

from limosa.domain.connectivity.answers import (
    Delivered,
    SupplierEsim,
    SupplyHandle,
    SupplyRequest,
)
from limosa.domain.connectivity.engine.supplying import SupplyNow, SupplyState
from limosa.domain.connectivity.models import Supply
from limosa.domain.esims.engine.profile import Profile


def supply_now(supply: Supply, *, is_wanted: bool, now: datetime) -> SupplyNow:
    """Return a row in the rules' terms. `is_wanted`: we still have its order's money."""
    return SupplyNow(
        state=SupplyState(supply.state),
        is_wanted=is_wanted,
        has_reference=bool(supply.reference),
        attempts=supply.attempts,
        asked_ago=now - supply.asked_at if supply.asked_at else timedelta(0),
    )


def supply_request(supply: Supply) -> SupplyRequest:
    """Return the request for the supplier."""
    return SupplyRequest(
        number=supply.order_number, plan_code=supply.plan_code, renewed=renewed_esim(supply)
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
