"""Which eSIMs can be moved; converts a move to the types of the port."""

from datetime import datetime, timedelta

from django.conf import settings

from limosa.domain.connectivity.answers import (
    InstallTerms,
    Reinstall,
    ReplacementRequest,
    SupplierEsim,
)
from limosa.domain.connectivity.registry import (
    SupplierNotSetUpError,
    adapter_for,
    capabilities_of,
)
from limosa.domain.esims.engine.move_life import MoveLimit, MoveState
from limosa.domain.esims.models import Esim, EsimState, Move


def replacement_request(move: Move) -> ReplacementRequest:
    """Return the request for the new profile of a move."""
    newest = move.esim.bundles.order_by("-id").values_list("plan_id", flat=True).first()
    replaced = SupplierEsim(iccid=move.old_iccid, reference=move.esim.supplier_reference)
    return ReplacementRequest(number=move.number, plan_code=newest or "", replaced=replaced)


def retired_iccid(move: Move) -> str:
    """Return the ICCID that nobody needs after a move has ended; empty: there is none."""
    return move.iccid if move.state == MoveState.GIVEN_UP else move.old_iccid


def move_limit() -> MoveLimit:
    """Return how often an eSIM may be moved."""
    return MoveLimit(most=settings.MOVES_MAX, period=timedelta(days=settings.MOVES_PERIOD_DAYS))


def move_expires_at(*, begun_at: datetime) -> datetime:
    """Return until when the new profile of a move may be installed."""
    return begun_at + timedelta(days=settings.MOVES_CODE_DAYS)


def install_terms(esim: Esim) -> InstallTerms:
    """Return how often an eSIM's code installs it; its supplier makes no outside call for it."""
    try:
        return adapter_for(esim.supplier_id).install_terms(iccid=esim.iccid)
    except SupplierNotSetUpError:
        return InstallTerms(reinstall=Reinstall.UNKNOWN)


def may_get_new_profile(esim: Esim) -> bool:
    """Return whether an eSIM can get another profile: it is on a device, or its code is spent.

    One that no device has yet is installed by its own code, on whatever device.
    """
    if not capabilities_of(esim.supplier_id).gives_new_profiles:
        return False
    is_on_device = esim.state == EsimState.INSTALLED
    return is_on_device or install_terms(esim).reinstall is Reinstall.USED_UP
