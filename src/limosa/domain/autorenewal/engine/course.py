"""What is to be done about a cycle now: the rule by which nothing is charged unannounced.

A charge needs, at this very moment: a consent that is valid, a notice that was delivered at least
`least_lead` ago and named at least this sum, a sum within the cap, and a bundle that has not ended.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from limosa.domain.autorenewal.engine.cycle_life import CycleState
from limosa.domain.autorenewal.engine.timetable import Timetable

# How soon a mail is looked at that was handed to the mail server's queue, doubled each time.
_DELIVERY_FIRST = timedelta(minutes=1)
_DELIVERY_MOST = timedelta(hours=1)
_NOTICE_AGAIN = timedelta(days=1)
_UNABLE_AGAIN = timedelta(days=1)
_LOOKS = 8
# A notice that was delivered is looked at once more, so many least leads before the end: if it
# costs more by then, there is just time to tell anew.
_LAST_CALL = 1.25


class Deed(StrEnum):
    """What a worker does about a cycle."""

    WAIT = "wait"
    NOTICE = "notice"  # tell the person what will be charged
    NOTE_DELIVERY = "note_delivery"  # the notice was delivered
    REMIND = "remind"
    RENOTICE = "renotice"  # it costs more than the notice said: tell the person anew
    TELL_UNABLE = "tell_unable"  # it can't be renewed as agreed: tell the person, and wait
    CHARGE = "charge"
    FAIL = "fail"


class Unable(StrEnum):
    """Why a bundle can't be renewed as agreed at the moment."""

    ABOVE_CAP = "above_cap"
    MONTH_CAP = "month_cap"  # more in thirty days than was agreed to
    PLAN_GONE = "plan_gone"
    NOT_HERE = "not_here"  # not on the same eSIM, or not without loss of what is left on it
    CURRENCY = "currency"  # the person now pays in another currency than the cap's
    ON_HOLD = "on_hold"  # the payment of what runs is disputed
    NOT_TOLD = "not_told"  # no notice was delivered in time
    TOO_LATE = "too_late"  # switched on too shortly before the end
    NOT_PAID = "not_paid"  # no method could be charged


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a renewal costs now, and without a promotion; in minor units of the cap's currency."""

    total_minor: int
    list_minor: int

    def at_most(self, cap_minor: int) -> int:
        """Return the sum that a notice names: promotions may be over when it is charged."""
        return min(max(self.total_minor, self.list_minor), cap_minor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The latest notice. `is_given_up`: no mail server accepted it."""

    at_most_minor: int
    sent_at: datetime
    delivered_at: datetime | None = None
    is_given_up: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a cycle. `turn_at`: when the next attempt may be made, None: no method is
    left. `has_told_unable`: the person knows that it can't be renewed, and why."""

    state: CycleState
    times: Timetable
    cap_minor: int
    price: Price | Unable
    told: Told | None = None
    is_reminded: bool = False
    has_told_unable: bool = False
    turn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """`at`: when to look again after the deed; `why`: with TELL_UNABLE and FAIL."""

    deed: Deed
    at: datetime
    why: Unable | None = None


def decide(facts: Facts, *, now: datetime) -> Decision:
    """Return what is to be done about an open cycle; it is looked at again before its bundle ends,
    and once it has ended."""
    decision = _decide(facts, now)
    return Decision(decision.deed, min(decision.at, _end(facts, now)), decision.why)


def _decide(facts: Facts, now: datetime) -> Decision:
    if now >= facts.times.ends_at:
        return Decision(Deed.FAIL, now, why_not(facts))
    if now < facts.times.notice_at:
        return Decision(Deed.WAIT, facts.times.notice_at)
    unable = unable_now(facts)
    if unable is not None:
        deed = Deed.WAIT if facts.has_told_unable else Deed.TELL_UNABLE
        return Decision(deed, now + _unable_again(facts.times), unable)
    if facts.state is CycleState.PLANNED:
        return _tell(facts, now)
    decision = _charge(facts, now)
    last_call = facts.times.ends_at - facts.times.least_lead * _LAST_CALL
    at = min(decision.at, last_call) if last_call > now else decision.at
    return Decision(decision.deed, at, decision.why)


def _unable_again(times: Timetable) -> timedelta:
    """Return when to see whether it can be renewed after all: often enough to tell in time."""
    return min(_UNABLE_AGAIN, (times.ends_at - times.notice_at) / _LOOKS)


def unable_now(facts: Facts) -> Unable | None:
    """Return why it can't be renewed at its price; None: it can."""
    if isinstance(facts.price, Unable):
        return facts.price
    return Unable.ABOVE_CAP if facts.price.total_minor > facts.cap_minor else None


def why_not(facts: Facts) -> Unable:
    """Return why a bundle has ended without being renewed."""
    unable = unable_now(facts)
    if unable is not None:
        return unable
    return Unable.NOT_PAID if facts.state is CycleState.CHARGING else Unable.NOT_TOLD


def _tell(facts: Facts, now: datetime) -> Decision:
    told = facts.told
    if told is None or names_too_little(told, facts.price):
        return Decision(Deed.NOTICE, now + _DELIVERY_FIRST)
    if told.delivered_at is not None:
        return Decision(Deed.NOTE_DELIVERY, now)
    if told.is_given_up and told.sent_at + _NOTICE_AGAIN <= now:
        return Decision(Deed.NOTICE, now + _DELIVERY_FIRST)
    waited = max(now - told.sent_at, _DELIVERY_FIRST)
    return Decision(Deed.WAIT, now + min(waited, _DELIVERY_MOST))


def _charge(facts: Facts, now: datetime) -> Decision:
    told, price = facts.told, facts.price
    if told is None or told.delivered_at is None or names_too_little(told, price):
        return Decision(Deed.RENOTICE, now)
    charge_at = facts.times.charge_after(told.delivered_at)
    if charge_at is None:
        return Decision(Deed.FAIL, now, Unable.NOT_TOLD)
    if not facts.is_reminded and now < charge_at and facts.times.remind_at is not None:
        return _remind(facts.times.remind_at, charge_at, now)
    if facts.turn_at is None:
        return Decision(Deed.FAIL, now, Unable.NOT_PAID)
    due_at = max(charge_at, facts.turn_at)
    return Decision(Deed.CHARGE, now) if due_at <= now else Decision(Deed.WAIT, due_at)


def names_too_little(told: Told, price: Price | Unable) -> bool:
    """Return whether a notice named less than it costs now."""
    return isinstance(price, Price) and price.total_minor > told.at_most_minor


def _remind(remind_at: datetime, charge_at: datetime, now: datetime) -> Decision:
    if remind_at <= now:
        return Decision(Deed.REMIND, charge_at)
    return Decision(Deed.WAIT, remind_at)


def _end(facts: Facts, now: datetime) -> datetime:
    return max(facts.times.ends_at, now)
