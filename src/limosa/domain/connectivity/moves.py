"""Converts a move to the types of the port, and the settings to its limit."""

from datetime import timedelta

from django.conf import settings

from limosa.domain.connectivity.answers import RenewedEsim, ReplacementRequest
from limosa.domain.esims.engine.move_life import MoveLimit, MoveState
from limosa.domain.esims.models import Move


def replacement_request(move: Move) -> ReplacementRequest:
    """Return the request for the new profile of a move."""
    newest = move.esim.bundles.order_by("-id").values_list("plan_id", flat=True).first()
    replaced = RenewedEsim(iccid=move.old_iccid, reference=move.esim.supplier_reference)
    return ReplacementRequest(number=move.number, plan_code=newest or "", replaced=replaced)


def retired_iccid(move: Move) -> str:
    """Return the ICCID that nobody needs after a move has ended; empty: there is none."""
    return move.iccid if move.state == MoveState.GIVEN_UP else move.old_iccid


def move_limit() -> MoveLimit:
    """Return how often an eSIM may be moved."""
    return MoveLimit(most=settings.MOVES_MAX, period=timedelta(days=settings.MOVES_PERIOD_DAYS))
