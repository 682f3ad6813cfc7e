from contextlib import suppress
from datetime import datetime, timedelta

from django.db import transaction

from limosa.domain.connectivity.answers import (
    CancelAnswer,
    Delivered,
    Failure,
    Refused,
)
from limosa.domain.connectivity.engine.believing import DeliveryNotBelievedError, believed
from limosa.domain.connectivity.moves import replacement_request, retired_iccid
from limosa.domain.connectivity.operations.end_overdue_move import end_overdue_move
from limosa.domain.connectivity.port import SupplierAdapter
from limosa.domain.connectivity.registry import SupplierNotSetUpError, adapter_for
from limosa.domain.esims.models import Esim, Move
from limosa.domain.esims.operations.give_up_move import give_up_move
from limosa.domain.esims.operations.keep_move_profile import keep_move_profile
from limosa.domain.esims.operations.postpone_move import postpone_move
from limosa.domain.esims.operations.take_move import take_move
from limosa.domain.esims.queries import due_moves
from limosa.domain.esims.refusals import MoveOverError
from limosa.foundation.errors import ProviderError

# Longer than any call takes, so that no second worker calls at the same time.
LEASE = timedelta(seconds=90)
_AGAIN = timedelta(seconds=30)
_LOOKED_AT = 20


def advance_next_move(*, now: datetime) -> bool:
    """Take the move that has been due longest: order its new profile, end it if that was not
    installed in time, or retire the profile that is no longer needed. Returns False if none is due.

    During the call no transaction is open and no row is locked: the move is leased (take_move).
    """
    return any(_advance(move, now) for move in due_moves(now=now, most=_LOOKED_AT))


def _advance(move: Move, now: datetime) -> bool:
    # One that waits is never further than here with a profile: only ended ones have one to retire.
    if move.is_waiting and (move.iccid or move.expires_at <= now):
        return _end_if_overdue(move, now)
    try:
        adapter = adapter_for(move.esim.supplier_id)
    except SupplierNotSetUpError as error:
        postpone_move(move=move, problem=str(error), until=now + _AGAIN)
        return False
    if not take_move(move=move, until=now + LEASE):
        return False
    try:
        # Of a move that was given up while its profile was asked for, there may be one to retire.
        if move.iccid:
            _retire(move, adapter, now)
        else:
            _order(move, adapter, now)
    except ProviderError as error:
        postpone_move(move=move, problem=str(error), until=now + _AGAIN)
    return True


def _end_if_overdue(move: Move, now: datetime) -> bool:
    try:
        end_overdue_move(number=move.number, now=now)
    except MoveOverError:
        return False  # It ended meanwhile.
    return True


def _retire(move: Move, adapter: SupplierAdapter, now: datetime) -> None:
    answer = adapter.retire(iccid=retired_iccid(move))
    is_over = isinstance(answer, CancelAnswer)
    problem = "not_retired" if answer is CancelAnswer.REFUSED else ""
    postpone_move(move=move, problem=problem, until=None if is_over else now + _AGAIN)


def _order(move: Move, adapter: SupplierAdapter, now: datetime) -> None:
    match adapter.replace(replacement_request(move)):
        case Delivered() as delivered:
            _deliver(move, delivered, now)
        case Refused(failure=failure, reason=reason) if failure is not Failure.AGAIN:
            _end(move, reason, now)
        case Refused(reason=reason):
            postpone_move(move=move, problem=reason, until=now + _AGAIN)
        case _:
            postpone_move(move=move, problem="pending", until=now + _AGAIN)


def _deliver(move: Move, delivered: Delivered, now: datetime) -> None:
    try:
        found = believed(delivered, renewed=None, is_same_esim=False)
    except DeliveryNotBelievedError as error:
        _end(move, error.problem, now)
        return
    profile = found.profile if isinstance(found, Delivered) else None
    if profile is None:
        postpone_move(move=move, problem="pending", until=now + _AGAIN)
        return
    with transaction.atomic():
        Esim.objects.select_for_update(of=("self",)).get(pk=move.esim_id)
        fresh = Move.objects.select_related("esim").get(pk=move.pk)
        keep_move_profile(move=fresh, profile=profile, now=now)


def _end(move: Move, problem: str, now: datetime) -> None:
    """End a move for which there is no profile, now or by an answer that came before."""
    with suppress(MoveOverError):
        give_up_move(number=move.number, problem=problem, now=now)
    postpone_move(move=move, problem=problem, until=None)
