from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import SecurityEventKind
from limosa.domain.accounts.operations.record_security_event import record_security_event
from limosa.domain.accounts.origin import Origin
from limosa.domain.connectivity.answers import Delivered
from limosa.domain.connectivity.moves import (
    may_get_new_profile,
    move_expires_at,
    move_limit,
    replacement_request,
)
from limosa.domain.connectivity.registry import adapter_for, capabilities_of
from limosa.domain.esims.models import Esim, Move
from limosa.domain.esims.operations.begin_move import MoveTarget, begin_move
from limosa.domain.esims.operations.keep_move_profile import keep_move_profile
from limosa.domain.esims.refusals import MoveNotOfferedError, NoProfileNowError
from limosa.domain.notifications.operations.notify import notify


@transaction.atomic
def start_move(*, esim_id: int, target: MoveTarget, origin: Origin, now: datetime) -> Move:
    """Begin to give an eSIM another profile, and return the move; the person is notified.

    A supplier that answers from our own database gives the profile at once; a worker asks any
    other. Until a device reports the new profile, the eSIM keeps the old one. Whoever calls has
    checked that it is the person.
    Locks: the eSIM, then what the supplier locks.
    Raises: MoveNotOfferedError, MoveWaitingError, TooManyMovesError, NoProfileNowError; nothing
            changed.
    """
    esims = Esim.objects.select_for_update(of=("self",)).select_related("subscriber")
    esim = esims.get(pk=esim_id)
    if not may_get_new_profile(esim):
        raise MoveNotOfferedError
    move = begin_move(
        esim=esim,
        target=target,
        limit=move_limit(),
        expires_at=move_expires_at(begun_at=now),
        now=now,
    )
    if capabilities_of(esim.supplier_id).in_own_database:
        _give_profile(esim, move, now)
    _tell(esim, move, origin, now)
    return move


def _give_profile(esim: Esim, move: Move, now: datetime) -> None:
    answer = adapter_for(esim.supplier_id).replace(replacement_request(move))
    if not isinstance(answer, Delivered) or answer.profile is None:
        raise NoProfileNowError
    keep_move_profile(move=move, profile=answer.profile, now=now)


def _tell(esim: Esim, move: Move, origin: Origin, now: datetime) -> None:
    record_security_event(
        subscriber=esim.subscriber,
        kind=SecurityEventKind.MOVE_BEGUN,
        origin=origin,
        now=now,
    )
    notify(
        subscriber_id=esim.subscriber_id,
        key=f"move-begun:{move.number}",
        kind="esim_move_begun",
        parameters={
            "esim_id": esim.public_id,
            "esim_label": esim.label,
            "iccid_tail": esim.iccid[-4:],
            "device_name": move.name,
        },
        now=now,
    )
