"""What to do next about an order at a supplier: one rule, from its state, the supplier's
capabilities and its answer.

    due ──ask──▶ asked ──▶ pending ──▶ delivered
     ▲             │  │       │            │ the money goes back
     └── "later" ──┘  ├───────┴─▶ refused  ▼        (another supplier is asked)
                      ▼                 cancelling ──▶ ending
                   unclear                 ▼             ▼
                 (for people)          cancelled        kept

The row says `asked` before a call is made, so a row found in that state with nobody working on it
has lost its answer. It is then looked up or sent again, as the supplier's idempotency allows; if it
allows neither, people have to find out (`unclear`), because a second order could mean a second
bill. No other supplier is asked while a request that was not known there may still arrive. An order
whose money went back (`is_wanted` False) is never ordered again; it is cancelled there if possible.
What a person returns is `returning` until the supplier has said whether it takes it back:
cancelled, and the money follows, or delivered as before.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from limosa.domain.connectivity.answers import (
    CancelAnswer,
    Delivered,
    Duplicate,
    Failure,
    Pending,
    Refused,
    SupplyAnswer,
    UnderReview,
    UndoAnswer,
    Unknown,
)
from limosa.domain.connectivity.capabilities import Cancel, Capabilities, Idempotency
from limosa.domain.connectivity.engine.pauses import ELSEWHERE_AFTER, look_after, pause_of

# How long a request may still be carried out, though its answer was lost. Only after that is "no
# such order" believed of a supplier that might accept a second order: both would be charged.
ON_ITS_WAY = timedelta(minutes=5)
# A request goes out so soon after it was noted that it will, or not at all.
_SENT_WITHIN = timedelta(seconds=30)
# How long a supplier gets no orders at its own wish.
HELD_BACK_MOST = timedelta(hours=1)
_AT_ONCE = timedelta(0)
_ATTEMPTS_OF_A_MINUTE = 6  # By the pauses between them; from then on each is a minute long.
# Its people may have decided before their application is known here: then nobody tells us again.
_REVIEW_FIRST, _REVIEW_EVERY = timedelta(minutes=2), timedelta(hours=1)
_UNWANTED_EVERY = timedelta(minutes=10)
KEPT_FOR_OTHERS = "esim_has_other_plans"


class SupplyState(StrEnum):
    """The life of an order at a supplier."""

    DUE = "due"
    ASKED = "asked"
    PENDING = "pending"
    UNCLEAR = "unclear"
    DELIVERED = "delivered"
    RETURNING = "returning"
    REFUSED = "refused"
    CANCELLING = "cancelling"
    ENDING = "ending"
    CANCELLED = "cancelled"
    KEPT = "kept"


class NextCall(StrEnum):
    """The next call to the supplier. REORDER: send the same order again after a lost answer.
    PEOPLE: no call; people have to find out."""

    ORDER = "order"
    REORDER = "reorder"
    LOOK_UP = "look_up"
    CANCEL = "cancel"
    END_EARLY = "end_early"
    PEOPLE = "people"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class CallMade:
    """A call to a supplier, and which of the order's attempts it was, counted from 1."""

    call: NextCall
    attempt: int


_OPEN = {SupplyState.DUE, SupplyState.ASKED, SupplyState.PENDING, SupplyState.UNCLEAR}
# While one of these, no other supplier is asked for the same order.
LIVE = frozenset({*_OPEN, SupplyState.DELIVERED, SupplyState.RETURNING})
# It is asked to take back what it has.
BEING_UNDONE = frozenset({SupplyState.RETURNING, SupplyState.CANCELLING, SupplyState.ENDING})
_ONE_WAY = {
    SupplyState.DELIVERED: NextCall.WAIT,
    SupplyState.RETURNING: NextCall.CANCEL,
    SupplyState.REFUSED: NextCall.WAIT,
    SupplyState.UNCLEAR: NextCall.WAIT,
    SupplyState.CANCELLING: NextCall.CANCEL,
    SupplyState.ENDING: NextCall.END_EARLY,
    SupplyState.CANCELLED: NextCall.WAIT,
    SupplyState.KEPT: NextCall.WAIT,
}


@dataclass(frozen=True, slots=True)
class Lost:
    """There was no clean answer. `reason`: a term for the record. `wait`: how long the supplier
    wants to be left alone, if it said so."""

    reason: str
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyNow:
    """The current state of an order at a supplier.

    `is_wanted`: we still have its money, and no other supplier delivers it. `attempts`: calls begun
    so far. `asked_ago`: time since the order was last sent; `waited`: since it was to be sent.
    `lost_ago`: since a request was sent that was not known there soon afterwards, and may yet have
    arrived. `has_another`: another supplier can be asked that was not yet. `application`: the
    supplier's id of what we applied for there, as far as it is known.
    """

    state: SupplyState
    is_wanted: bool
    has_reference: bool = False
    application: str = ""
    attempts: int = 0
    asked_ago: timedelta = _AT_ONCE
    waited: timedelta = _AT_ONCE
    lost_ago: timedelta | None = None
    has_another: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The new state. `next_after`: when it is due again; None: not automatically. `is_lost`:
    whether what was sent last is not known there, but may yet arrive; None: as before."""

    state: SupplyState
    problem: str = ""
    next_after: timedelta | None = None
    is_lost: bool | None = None


def is_delivered_in_commit(can: Capabilities) -> bool:
    """Return whether an order is delivered in the commit that takes its money: if that needs no
    outside call, since none is made while a transaction is open."""
    return can.in_own_database


def next_call(supply: SupplyNow, *, can: Capabilities) -> NextCall:
    """Return what a worker that has taken the order asks the supplier."""
    if supply.state in _ONE_WAY:
        return _ONE_WAY[supply.state]
    if supply.state is SupplyState.DUE:
        return _call_when_due(supply)
    is_asked = supply.state is SupplyState.ASKED
    if is_asked and _may_be_resent(supply, can):
        return NextCall.REORDER
    if can.looks_up_by_number or supply.has_reference:
        return NextCall.LOOK_UP
    return NextCall.PEOPLE if is_asked else NextCall.WAIT


def _call_when_due(supply: SupplyNow) -> NextCall:
    if not supply.is_wanted:
        return NextCall.WAIT
    is_to_be_known = supply.lost_ago is not None and supply.lost_ago >= ON_ITS_WAY
    return NextCall.LOOK_UP if is_to_be_known else NextCall.ORDER


def is_sent_in_time(since_taken: timedelta) -> bool:
    """Return whether a worker may still make the call for which it took an order. Later, ON_ITS_WAY
    would be reckoned from a moment long before the request went out."""
    return since_taken <= _SENT_WITHIN


def after_answer(
    supply: SupplyNow, answer: SupplyAnswer | Lost, *, call: NextCall | None, can: Capabilities
) -> Outcome | None:
    """Return the order's new state after an answer from the supplier; None: it stays as it is.

    `call`: the call that was answered (ORDER, REORDER or LOOK_UP); None: a callback, or staff.
    """
    match answer:
        case Delivered():
            return _delivered(supply, can)
        case Pending():
            return _pending(supply, can, answer)
        case Refused():
            return _refused(supply, answer, call, can)
        case Unknown():
            return _unknown(supply, can, call)
        case Duplicate() | Lost():
            return _not_known(supply, answer, can)


def after_cancel(
    supply: SupplyNow, answer: UndoAnswer | Lost, *, can: Capabilities
) -> Outcome | None:
    """Return the order's new state after the answer to CANCEL or END_EARLY."""
    if supply.state not in BEING_UNDONE:
        return None
    if isinstance(answer, Lost):
        return _later(supply, answer)
    if isinstance(answer, Pending):
        return Outcome(state=supply.state, next_after=look_after(supply.asked_ago))
    if isinstance(answer, UnderReview):
        is_new = answer.application not in {"", supply.application}
        return Outcome(state=supply.state, next_after=_REVIEW_FIRST if is_new else _REVIEW_EVERY)
    return _after_undoing(supply.state, can, is_done=answer is CancelAnswer.DONE)


def returned(state: SupplyState, *, can: Capabilities) -> Outcome | None:
    """Return the order's new state when its person wants to return it, before any money moves;
    None: there is nothing that the supplier could be asked to cancel."""
    if state is not SupplyState.DELIVERED or not can.takes_back:
        return None
    return Outcome(state=SupplyState.RETURNING, next_after=_AT_ONCE)


def not_paid_back(supply: SupplyNow) -> Outcome:
    """Return the state of a return that the supplier has accepted while the money can't go back: it
    stays, and the supplier is asked again, which answers the same."""
    return Outcome(state=supply.state, problem="money_can_not_go_back", next_after=_REVIEW_EVERY)


def withdrawn(supply: SupplyNow, *, can: Capabilities) -> Outcome | None:
    """Return the order's new state when its money goes back; None: it stays as it is.

    An order that the supplier has is cancelled there. For one that it may have, we find out first.
    """
    match supply.state:
        case SupplyState.DUE if supply.lost_ago is not None:
            return Outcome(state=SupplyState.ASKED, next_after=_AT_ONCE)
        case SupplyState.DUE:
            return Outcome(state=SupplyState.CANCELLED)
        case SupplyState.DELIVERED | SupplyState.RETURNING:
            return undone(can)
        case SupplyState.PENDING if can.cancel is not Cancel.NONE:
            return undone(can)
        case _:
            return None


def kept_for_others(state: str) -> Outcome | None:
    """Return the state of an order that is to be undone, on whose eSIM is what others have paid
    for; None: it stays as it is."""
    if state not in {SupplyState.CANCELLING, SupplyState.ENDING}:
        return None
    return Outcome(state=SupplyState.KEPT, problem=KEPT_FOR_OTHERS)


def _may_be_resent(supply: SupplyNow, can: Capabilities) -> bool:
    """One that is no longer wanted is sent again only to learn its reference, by which it is
    cancelled: it may be made by that, so not where nothing can be cancelled."""
    is_undone = can.idempotency is Idempotency.SENT_AGAIN and can.cancel is not Cancel.NONE
    return can.recognizes_repeats and (supply.is_wanted or is_undone)


def _after_undoing(state: SupplyState, can: Capabilities, *, is_done: bool) -> Outcome:
    if state is SupplyState.ENDING:
        return Outcome(state=SupplyState.KEPT, problem="ended_early" if is_done else "not_ended")
    if is_done:
        return Outcome(state=SupplyState.CANCELLED)
    if state is SupplyState.RETURNING:
        return Outcome(state=SupplyState.DELIVERED)  # The money stays, so the service does.
    if can.end_early:
        return Outcome(state=SupplyState.ENDING, next_after=_AT_ONCE)
    return Outcome(state=SupplyState.KEPT, problem="not_cancelled")


def undone(can: Capabilities) -> Outcome:
    """Return the state of an order that its supplier is to undo."""
    if can.cancel is not Cancel.NONE:
        return Outcome(state=SupplyState.CANCELLING, next_after=_AT_ONCE)
    if can.end_early:
        return Outcome(state=SupplyState.ENDING, next_after=_AT_ONCE)
    return Outcome(state=SupplyState.KEPT, problem="no_cancel")


def _delivered(supply: SupplyNow, can: Capabilities) -> Outcome | None:
    if supply.state not in {*_OPEN, SupplyState.REFUSED, SupplyState.CANCELLED}:
        return None
    if supply.is_wanted:
        return Outcome(state=SupplyState.DELIVERED)
    # This includes an order that we believed was never placed: it exists, so it has to be
    # cancelled.
    return undone(can)


def _pending(supply: SupplyNow, can: Capabilities, answer: Pending) -> Outcome | None:
    if supply.state not in _OPEN:
        return None
    if not supply.is_wanted and can.cancel is not Cancel.NONE:
        return undone(can)
    if not (can.looks_up_by_number or answer.reference or supply.has_reference):
        return Outcome(state=SupplyState.PENDING)  # Only a callback can tell.
    pause = answer.ask_after or look_after(supply.asked_ago)
    return Outcome(
        state=SupplyState.PENDING, next_after=pause if supply.is_wanted else _UNWANTED_EVERY
    )


def _refused(
    supply: SupplyNow, answer: Refused, call: NextCall | None, can: Capabilities
) -> Outcome | None:
    if supply.state not in _OPEN:
        return None
    # Perhaps only this request was refused: after a resend, the earlier request may have been
    # accepted all the same.
    is_again = answer.failure is Failure.AGAIN
    is_unsure = call is NextCall.REORDER and (is_again or not _has_none(supply, can))
    is_lost = call is NextCall.ORDER and supply.lost_ago is not None
    is_unsure |= is_lost and not supply.is_wanted
    if is_unsure or (is_again and call is not NextCall.ORDER):
        return None if call is None else _later(supply, answer)
    if not supply.is_wanted:
        return Outcome(state=SupplyState.CANCELLED, problem=answer.reason)
    is_too_long = max(supply.waited, answer.wait or _AT_ONCE) >= ELSEWHERE_AFTER
    is_for_another = not is_again or (supply.has_another and is_too_long)
    if is_lost or not is_for_another:
        pause = _again(supply, answer.wait)
        return Outcome(state=SupplyState.DUE, problem=answer.reason, next_after=pause)
    # Another supplier of the plan is asked; if there is none, the money goes back.
    return Outcome(state=SupplyState.REFUSED, problem=answer.reason)


def _has_none(supply: SupplyNow, can: Capabilities) -> bool:
    """Whether a supplier that refuses to repeat an unwanted order has none: it would know it, and
    none of the requests before is still in flight."""
    is_known_there = can.idempotency is Idempotency.SENT_AGAIN
    return is_known_there and not supply.is_wanted and supply.attempts >= _ATTEMPTS_OF_A_MINUTE


def _unknown(supply: SupplyNow, can: Capabilities, call: NextCall | None) -> Outcome | None:
    if supply.state is SupplyState.PENDING:
        state = SupplyState.UNCLEAR if supply.is_wanted else SupplyState.CANCELLED
        return Outcome(state=state, problem="vanished")
    by_people = supply.state is SupplyState.UNCLEAR and call is None
    is_lost_one = supply.state is SupplyState.DUE and call is NextCall.LOOK_UP
    if supply.state is not SupplyState.ASKED and not by_people and not is_lost_one:
        return None
    is_refused_twice = can.idempotency in {Idempotency.SAME_ORDER, Idempotency.DUPLICATE_REFUSED}
    # For an unwanted order, nothing would refuse the request that is still in flight.
    is_sure = by_people or is_lost_one or (is_refused_twice and supply.is_wanted)
    if not is_sure and supply.asked_ago < ON_ITS_WAY:
        pause = min(_again(supply, None), ON_ITS_WAY - supply.asked_ago)
        return Outcome(state=SupplyState.ASKED, next_after=pause)
    if supply.is_wanted:
        is_lost = supply.state is SupplyState.ASKED and supply.asked_ago < ON_ITS_WAY
        return Outcome(state=SupplyState.DUE, next_after=_AT_ONCE, is_lost=is_lost)
    return Outcome(state=SupplyState.CANCELLED)


def _not_known(supply: SupplyNow, answer: Duplicate | Lost, can: Capabilities) -> Outcome | None:
    if supply.state not in {SupplyState.ASKED, SupplyState.PENDING}:
        return None
    if isinstance(answer, Lost):
        is_findable = can.looks_up_by_number or supply.has_reference
        can_go_on = is_findable or _may_be_resent(supply, can)
        if supply.state is SupplyState.ASKED and not can_go_on:
            return Outcome(state=SupplyState.UNCLEAR, problem=answer.reason)
        return _later(supply, answer)
    if can.idempotency is Idempotency.DUPLICATE_REFUSED:
        return Outcome(state=SupplyState.ASKED, next_after=_AT_ONCE)
    return Outcome(state=SupplyState.UNCLEAR, problem="duplicate")


def _later(supply: SupplyNow, answer: Refused | Lost) -> Outcome:
    pause = _again(supply, answer.wait)
    return Outcome(state=supply.state, problem=answer.reason, next_after=pause)


def held_back_for(answer: object) -> timedelta | None:
    """Return how long an answer has its supplier get no more orders; None: it does not."""
    wait = answer.wait if isinstance(answer, Refused | Lost) else None
    return None if wait is None else min(wait, HELD_BACK_MOST)


def _again(supply: SupplyNow, told: timedelta | None) -> timedelta:
    return pause_of(supply.attempts, told=told, has_another=supply.has_another)
