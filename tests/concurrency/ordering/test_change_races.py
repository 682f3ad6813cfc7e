"""A plan is changed, and something else comes to the former one at the same moment."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from limosa.domain.esims.models import Bundle, BundleState, Esim
from limosa.domain.ordering.models import Order, OrderState, PlanChange, StartRule
from limosa.domain.ordering.operations import apply_payment_status as applying
from limosa.domain.ordering.operations import place_change as placing
from limosa.domain.ordering.operations.apply_dispute_status import apply_dispute_status
from limosa.domain.ordering.operations.end_replaced_plan import end_replaced_plan
from limosa.domain.ordering.operations.make_quote import make_quote
from limosa.domain.ordering.operations.place_change import ShownChange, place_change
from limosa.domain.ordering.operations.place_order import place_order
from limosa.domain.ordering.operations.push_refunds import push_refunds
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.ordering.plan_changes import PlanLeft, plan_left, still_stands
from limosa.domain.payments.models import Payment, Refund
from limosa.domain.payments.status_reports import DisputeOutcome, DisputeStatusReport
from tests.books import check_books
from tests.concurrency.ordering.test_order_races import hear, start
from tests.concurrency.together import run_together, wait_for_lock
from tests.concurrency.unlocked import without_row_locks
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber
from tests.factories.catalog import make_carrier, make_plan
from tests.fakes.provider import FakeProvider

pytestmark = pytest.mark.django_db(transaction=True)


def pay(order: Order, provider: FakeProvider) -> str:
    payment = start(order)
    return hear(provider.message(provider.pay(payment.number, at=MOMENT)))


@pytest.fixture
def former(provider: FakeProvider) -> Order:
    """A month for 25.00 on an eSIM of its own, just paid."""
    quote = make_quote(
        subscriber=make_subscriber(),
        esim=None,
        plan_code=make_plan().code,
        start_rule=StartRule.NOW,
        now=MOMENT,
    )
    order = place_order(quote=quote, now=MOMENT)
    assert pay(order, provider) == "paid"
    return Order.objects.get(pk=order.pk)


def change_to(former: Order, code: str) -> Order:
    shown = ShownChange(plan_code=code, value_minor=2500, total_minor=2000)
    return place_change(replaced_number=former.number, shown=shown, now=MOMENT)


def elsewhere() -> str:
    return str(make_plan(carrier=make_carrier("att"), prices={"USD": 4500}).code)


def here() -> str:
    return str(make_plan(prices={"USD": 4500}).code)


def state_of(order: Order) -> str:
    return Order.objects.get(pk=order.pk).state


def while_it_is_paid(
    order: Order,
    provider: FakeProvider,
    other: Callable[[], object],
    monkeypatch: pytest.MonkeyPatch,
    *,
    waits: bool,
) -> tuple[str, BaseException | None]:
    """Pay a change; once it has been seen to stand, and before it counts, another thread comes.
    Return what came of the payment, and the other thread's fault."""
    came: list[Future[Any]] = []

    def come() -> None:
        try:
            other()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool, monkeypatch.context() as patch:

        def see(seen: Order, **words: Any) -> bool:
            stands = still_stands(seen, **words)
            came.append(pool.submit(come))
            wait_for_lock(came[0], waits=waits)
            return stands

        payment = start(order)
        message = provider.message(provider.pay(payment.number, at=MOMENT))
        patch.setattr(applying, "still_stands", see)
        result = hear(message)
        return result, came[0].exception(timeout=10)


def refund(order: Order) -> None:
    refund_order(order_number=order.number, reason="person", now=MOMENT)


def test_a_refund_waits_for_a_change_and_finds_nothing_to_refund(
    former: Order, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = change_to(former, elsewhere())
    said, fault = while_it_is_paid(
        order, provider, partial(refund, former), monkeypatch, waits=True
    )
    assert (said, type(fault).__name__) == ("paid", "RefundNotAllowedError")
    assert (state_of(former), state_of(order)) == (OrderState.FULFILLED, OrderState.FULFILLED)
    assert not Refund.objects.exists()
    check_books(statements={"fake": provider.statement()})


def test_without_the_lock_the_same_money_is_refunded_and_counts(
    former: Order, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control."""
    order = change_to(former, elsewhere())
    with without_row_locks(monkeypatch):
        said, fault = while_it_is_paid(
            order, provider, partial(refund, former), monkeypatch, waits=False
        )
    assert (said, fault) == ("paid", None)
    assert PlanChange.objects.get().state == "counted"
    assert Refund.objects.count() == 1


def test_refund_and_change_at_once_have_one_outcome(former: Order, provider: FakeProvider) -> None:
    order = change_to(former, elsewhere())
    payment = start(order)
    message = provider.message(provider.pay(payment.number, at=MOMENT))
    said = run_together([partial(hear, message), partial(refund, former)])
    assert said in (["paid", "RefundNotAllowedError"], ["returned_late", "None"])
    push_refunds(now=MOMENT)
    check_books(statements={"fake": provider.statement()})


def dispute(former: Order) -> str:
    payment = Payment.objects.get(order_number=former.number, pays_order=True)
    report = DisputeStatusReport(
        reference="D-1",
        payment_number=payment.number,
        outcome=DisputeOutcome.OPEN,
        amount_minor=payment.received_minor,
        currency=payment.received_currency,
    )
    return apply_dispute_status(provider_code="fake", report=report, now=MOMENT)


def suspended() -> int:
    return Bundle.objects.filter(suspended_at__isnull=False).count()


def test_a_dispute_waits_for_a_change_and_suspends_what_rests_on_it(
    former: Order, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = change_to(former, elsewhere())
    said, fault = while_it_is_paid(
        order, provider, partial(dispute, former), monkeypatch, waits=True
    )
    assert (said, fault) == ("paid", None)
    assert suspended() == 2


def test_even_without_the_lock_a_dispute_that_came_first_suspends_it(
    former: Order, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second guard: a plan that is delivered looks whether what counts towards it is disputed.

    With the lock, the change would not have stood, and its payment would have gone back.
    """
    order = change_to(former, elsewhere())
    with without_row_locks(monkeypatch):
        said, fault = while_it_is_paid(
            order, provider, partial(dispute, former), monkeypatch, waits=False
        )
    assert (said, fault) == ("paid", None)
    assert suspended() == 2


def test_a_change_is_not_made_of_a_plan_that_is_disputed(
    former: Order, provider: FakeProvider
) -> None:
    order = change_to(former, elsewhere())
    payment = start(order)
    dispute(former)
    assert hear(provider.message(provider.pay(payment.number, at=MOMENT))) == "returned_late"


def test_of_two_changes_at_once_one_is_kept(former: Order) -> None:
    codes = [elsewhere(), here()]
    run_together([partial(change_to, former, code) for code in codes])
    assert PlanChange.objects.filter(state="held").count() == 1
    states = sorted(PlanChange.objects.values_list("order__state", flat=True))
    assert states == ["cancelled", "placed"]


def test_without_the_lock_only_the_table_stops_the_second_change(
    former: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: both have seen that none is held."""
    both_have_seen = Barrier(2)

    def see_together(order: Order, **words: Any) -> PlanLeft | None:
        both_have_seen.wait(timeout=10)
        return plan_left(order, **words)

    codes = [elsewhere(), here()]
    with without_row_locks(monkeypatch), monkeypatch.context() as patch:
        patch.setattr(placing, "plan_left", see_together)
        said = run_together([partial(change_to, former, code) for code in codes])
    assert said.count("IntegrityError") == 1
    assert PlanChange.objects.count() == 1


def test_a_change_and_a_renewal_at_once_are_both_delivered(
    former: Order, provider: FakeProvider
) -> None:
    esim = Esim.objects.get(orders=former)
    quote = make_quote(
        subscriber=former.subscriber,
        esim=esim,
        plan_code=former.quote.plan_id,
        start_rule=StartRule.AFTER_CURRENT,
        now=MOMENT,
    )
    renewal, order = place_order(quote=quote, now=MOMENT), change_to(former, here())
    payments = [start(renewal), start(order)]
    messages = [provider.message(provider.pay(one.number, at=MOMENT)) for one in payments]
    assert run_together([partial(hear, message) for message in messages]) == ["paid", "paid"]
    states = dict(Bundle.objects.filter(esim=esim).values_list("order_number", "state"))
    assert states[former.number] == BundleState.EXPIRED
    assert {states[renewal.number], states[order.number]} <= {"active", "queued"}
    check_books(statements={"fake": provider.statement()})


def test_the_end_of_a_former_plan_and_the_return_of_the_new_one_have_one_outcome(
    former: Order, provider: FakeProvider
) -> None:
    order = change_to(former, elsewhere())
    assert pay(order, provider) == "paid"
    end = partial(end_replaced_plan, order_number=order.number, now=MOMENT)
    said = run_together([end, partial(refund, order)])
    assert said in (["True", "None"], ["False", "None"])
    bundle = Bundle.objects.get(order_number=former.number)
    assert bundle.state == (BundleState.EXPIRED if said[0] == "True" else BundleState.ACTIVE)
    assert PlanChange.objects.get().state == "restored"
    push_refunds(now=MOMENT)
    check_books(statements={"fake": provider.statement()})
