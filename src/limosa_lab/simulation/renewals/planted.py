"""Bugs that might be made in auto-renew; the simulation must catch each.

As in planted_bugs.py, each is a context manager that changes one rule.
"""

from collections.abc import Collection, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from limosa.domain.autorenewal import standing
from limosa.domain.autorenewal.charges import Course, Stand, stand_of
from limosa.domain.autorenewal.engine import timetable
from limosa.domain.autorenewal.engine.attempts import Turn, next_turn
from limosa.domain.autorenewal.engine.course import Decision, Deed, Facts, Told, decide
from limosa.domain.autorenewal.engine.cycle_life import CycleState
from limosa.domain.autorenewal.models import Attempt, AutoRenewal, Cycle, EndReason, Notice
from limosa.domain.autorenewal.news import tell_notice
from limosa.domain.autorenewal.operations import charge_attempt as charging
from limosa.domain.autorenewal.operations import end_auto_renewal as ending
from limosa.domain.autorenewal.operations import look_after as looking
from limosa.domain.autorenewal.operations import plan_cycle as planning
from limosa.domain.autorenewal.operations import send_notice as noticing
from limosa.domain.autorenewal.operations import settle_attempt as settling
from limosa.domain.autorenewal.operations import undo_renewal as undoing
from limosa.domain.esims.models import Bundle
from limosa_lab.simulation.planting import PlantedBug, entering, replaced

RENEWAL_BUGS: dict[str, PlantedBug] = {}
_bug = entering(RENEWAL_BUGS)


@_bug("R6")
def _never_charge() -> Iterator[None]:
    """What is due is put off until the end."""

    def later(facts: Facts, *, now: datetime) -> Decision:
        decision = decide(facts, now=now)
        is_due = decision.deed is Deed.CHARGE
        return Decision(Deed.WAIT, facts.times.ends_at) if is_due else decision

    with replaced(looking, "decide", later):
        yield


@_bug("R2")
def _double_the_cap() -> Iterator[None]:
    """A cycle takes twice of what was agreed to for its cap."""

    def cycle(*, cap_minor: int, **fields: Any) -> Cycle:
        return Cycle(cap_minor=2 * cap_minor, **fields)

    cycle.objects = Cycle.objects  # type: ignore[attr-defined]
    with replaced(planning, "Cycle", cycle):
        yield


@_bug("R3", "R6")
def _take_silence_for_a_decline() -> Iterator[None]:
    """A charge without an answer counts as refused, and the next attempt is made."""

    def stand(attempt: Attempt, *, now: datetime) -> Course:
        course = stand_of(attempt, now=now)
        return Course(Stand.REFUSED) if course.stand is Stand.WAITS else course

    with replaced(charging, "stand_of", stand):
        yield


@_bug("R1")
def _stop_beside_a_charge() -> Iterator[None]:
    """A stop leaves alone what is being charged at the moment."""
    with replaced(ending, "attempt_under_way", lambda _auto: None):
        yield


@_bug("R4")
def _charge_after_the_last_day() -> Iterator[None]:
    """Nobody looks until when it was agreed to."""

    def over(auto: AutoRenewal, *, now: datetime) -> EndReason | None:
        auto.consent.until = None
        return standing.why_over(auto, now=now)

    def may(attempt_id: int, now: datetime) -> bool:
        attempt = Attempt.objects.get(pk=attempt_id)
        is_fresh = stand_of(attempt, now=now).stand is Stand.FRESH
        return is_fresh or bool(may_charge(attempt_id, now))

    may_charge = vars(charging)["_may_charge"]
    with ExitStack() as stack:
        stack.enter_context(replaced(looking, "why_over", over))
        stack.enter_context(replaced(charging, "_may_charge", may))
        yield


@_bug("R5")
def _count_a_notice_when_it_is_sent() -> Iterator[None]:
    """A notice counts whether or not a mail server took its mail."""
    true = vars(standing)["_told"]

    def told(cycle: Cycle) -> Told | None:
        notice: Told | None = true(cycle)
        return notice and replace(notice, delivered_at=notice.delivered_at or notice.sent_at)

    def note(*, cycle: Cycle) -> None:
        notice = cycle.notices.filter(is_reminder=False).latest("id")
        cycle.state = CycleState.NOTICED.value
        cycle.delivered_at, cycle.at_most_minor = notice.sent_at, notice.at_most_minor
        cycle.save(update_fields=["state", "delivered_at", "at_most_minor"])

    with ExitStack() as stack:
        stack.enter_context(replaced(standing, "_told", told))
        stack.enter_context(replaced(looking, "note_delivery", note))
        yield


@_bug("R5")
def _charge_as_soon_as_it_is_told() -> Iterator[None]:
    """No time needs to lie between notice and charge."""
    with replaced(timetable, "_least_lead", lambda *_, **__: timedelta(seconds=1)):
        yield


@_bug("R5")
def _name_less_than_it_costs() -> Iterator[None]:
    """The mail names a tenth less than the notice stands for."""

    def tell(cycle: Cycle, notice: Notice, **more: Any) -> None:
        true_minor, notice.at_most_minor = notice.at_most_minor, notice.at_most_minor * 8 // 10
        tell_notice(cycle, notice, **more)
        notice.at_most_minor = true_minor

    with replaced(noticing, "tell_notice", tell):
        yield


@_bug("R8")
def _forget_what_was_left_out() -> Iterator[None]:
    """An end that was left out is planned anew at the next look."""

    def plan(*, auto: AutoRenewal, bundle: Bundle, now: datetime) -> Cycle | None:
        latest = auto.cycles.filter(bundle=bundle).order_by("-id").first()
        if latest is not None and latest.state == CycleState.SKIPPED:
            made: Cycle | None = planning._new(auto, bundle, now)
            return made
        if latest is not None and latest.closed_at is None:
            latest.auto_renewal, latest.bundle = auto, bundle
            return latest
        return planning.plan_cycle(auto=auto, bundle=bundle, now=now)

    with replaced(looking, "plan_cycle", plan):
        yield


@_bug("R7")
def _keep_the_money_of_what_is_undone() -> Iterator[None]:
    """Undoing a renewal pays nothing back."""
    with replaced(undoing, "return_order", lambda **_: None):
        yield


@_bug("R9")
def _forget_the_receipt() -> Iterator[None]:
    """Nobody is told what was charged."""
    with replaced(settling, "tell_renewed", lambda *_, **__: None):
        yield


@_bug("R6")
def _never_fall_back() -> Iterator[None]:
    """Only the first method is ever charged."""

    def turn(*arguments: Any, usable: Collection[int], **more: Any) -> Turn | None:
        return next_turn(*arguments, usable=[one for one in usable if one == 0], **more)

    with replaced(standing, "next_turn", turn):
        yield


@_bug("R6", "E0")
def _take_a_cancelled_order_for_paid() -> Iterator[None]:
    """What can't be cancelled counts as paid: also what somebody else has cancelled."""

    class Orders:
        class objects:  # noqa: N801
            @staticmethod
            def filter(*, number: str, paid_at__isnull: bool) -> Any:
                del paid_at__isnull
                return (
                    settling_order.objects.filter(number=number)
                    .exclude(state="placed")
                    .exclude(number__in=cancelled_here)
                )

    settling_order = vars(settling)["Order"]
    true_cancel = vars(settling)["cancel_order"]
    cancelled_here: set[str] = set()

    def cancel(*, order_number: str, now: datetime) -> bool:
        done = bool(true_cancel(order_number=order_number, now=now))
        if done:
            cancelled_here.add(order_number)
        return done

    with ExitStack() as stack:
        stack.enter_context(replaced(settling, "Order", Orders))
        stack.enter_context(replaced(settling, "cancel_order", cancel))
        yield
