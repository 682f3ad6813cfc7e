"""Two workers charge once, and a stop wins against a charge or comes too late, never both."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier, BrokenBarrierError

import pytest

from limosa.domain.autorenewal.models import Attempt, AutoRenewal
from limosa.domain.autorenewal.operations import look_after as looking
from limosa.domain.autorenewal.operations.begin_attempt import begin_attempt
from limosa.domain.autorenewal.operations.charge_attempt import charge_attempt
from limosa.domain.autorenewal.operations.look_after import look_after
from limosa.domain.autorenewal.operations.look_after_next import look_after_next
from limosa.domain.autorenewal.operations.stop_auto_renewal import stop_auto_renewal
from limosa.domain.autorenewal.operations.switch_on import Agreed, switch_on
from limosa.domain.autorenewal.refusals import AutoRenewalOffError
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.payments.models import Payment
from tests.concurrency.together import run_together
from tests.concurrency.unlocked import without_row_locks
from tests.database.autorenewal.played import DAY, WALLET, Played
from tests.factories.autorenewal import WORDING

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def due(played: Played) -> Played:
    """A renewal that is to be charged from the wallet at this moment."""
    played.fill_wallet()
    played.agree()
    played.go_to(played.end - 4 * DAY - timedelta(seconds=1))
    played.now = played.end - 4 * DAY
    return played


def worker(now: datetime) -> Callable[[], object]:
    def work() -> object:
        while look_after_next(now=now):
            pass
        return "idle"

    return work


def test_workers_that_look_at_the_same_moment_charge_once(due: Played) -> None:
    assert run_together([worker(due.now)] * 4) == ["idle"] * 4
    due.go_by(timedelta(minutes=5))
    assert [one.outcome for one in Attempt.objects.all()] == ["paid"]
    assert due.wallet_minor == 2500
    due.shop.check_books()


def test_workers_that_both_believe_to_hold_it_charge_once(due: Played) -> None:
    """One was so slow that its lease ended."""

    def look() -> object:
        attempt_id = look_after(auto_id=due.auto.pk, now=due.now)
        if attempt_id is not None:
            charge_attempt(attempt_id=attempt_id, now=due.now)
        return "done"

    assert run_together([look] * 4) == ["done"] * 4
    due.go_by(timedelta(minutes=5))
    assert [one.outcome for one in Attempt.objects.all()] == ["paid"]
    assert Payment.objects.filter(pays_order=True).count() == 1
    assert due.wallet_minor == 2500


def test_the_control_without_locks_only_the_constraint_is_left(
    due: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    both_have_decided = Barrier(2)

    def late(**given: object) -> object:
        both_have_decided.wait(timeout=10)
        return begin_attempt(**given)  # type: ignore[arg-type]

    monkeypatch.setattr(looking, "begin_attempt", late)

    def look() -> object:
        look_after(auto_id=due.auto.pk, now=due.now)
        return "begun"

    with without_row_locks(monkeypatch):
        said = run_together([look] * 2)
    assert sorted(said) == ["IntegrityError", "begun"]
    assert Attempt.objects.count() == 1


@pytest.mark.parametrize("turn", range(6))
def test_a_stop_at_the_same_moment_wins_or_comes_too_late(due: Played, turn: int) -> None:
    del turn

    def stop() -> object:
        stop_auto_renewal(auto_id=due.auto.pk, now=due.now)
        return "stopped"

    assert run_together([worker(due.now), stop]) == ["idle", "stopped"]
    auto = AutoRenewal.objects.get()
    assert not auto.is_on
    orders = Order.objects.filter(agreed_at__isnull=False)
    paid = orders.filter(state=OrderState.FULFILLED).count()
    assert due.wallet_minor == 5000 - 2500 * paid
    assert due.cycle.state == ("renewed" if paid else "ended")
    assert not orders.filter(state=OrderState.PLACED).exists()
    assert not Attempt.objects.filter(outcome="open").exists()
    due.shop.check_books()


def test_two_presses_switch_one_on(played: Played) -> None:
    esim, plan_code, now = played.bundle.esim, played.bundle.plan_id, played.now
    agreed = Agreed(
        plan_code=plan_code,
        cap_minor=3000,
        currency="USD",
        methods=[WALLET],
        wording=WORDING,
        language="en",
    )
    both_have_looked = Barrier(2)

    def press() -> object:
        try:
            both_have_looked.wait(timeout=10)
            return switch_on(esim=esim, agreed=agreed, now=now).is_on
        except BrokenBarrierError:
            return "alone"

    said = run_together([press] * 2)
    assert set(said) <= {"True", "AutoRenewalOnError"}
    assert AutoRenewal.objects.filter(ended_at=None).count() == 1


def test_two_stops_are_one_withdrawal(due: Played) -> None:
    auto_id, now = due.auto.pk, due.now

    def stop() -> object:
        try:
            stop_auto_renewal(auto_id=auto_id, now=now)
        except AutoRenewalOffError:
            return "off"
        return "stopped"

    assert sorted(run_together([stop] * 3)) == ["off", "off", "stopped"]
    assert len(due.consents()) == 2
