"""Workers that meet at one order of a supplier: one of them calls."""

from datetime import datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection, transaction

from limosa.domain.connectivity.capabilities import Capabilities
from limosa.domain.connectivity.engine.supplying import NextCall
from limosa.domain.connectivity.models import Supply
from limosa.domain.connectivity.operations.take_supply import LEASE
from limosa.domain.esims.models import Bundle
from limosa.domain.ordering.models import Order, OrderState, StartRule
from limosa.domain.ordering.operations import supply_next_order as supplying
from limosa.domain.ordering.operations.deliver_waiting_orders import deliver_waiting_orders
from limosa.domain.ordering.operations.make_quote import make_quote
from limosa.domain.ordering.operations.place_order import place_order
from limosa.domain.ordering.operations.receive_notification import receive_notification
from limosa.domain.ordering.operations.receive_supplier_callback import receive_supplier_callback
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.ordering.operations.start_payment import start_payment
from limosa.domain.ordering.operations.supply_next_order import supply_next_order
from limosa.domain.payments.requests import Payer, PaymentMethodChoice
from tests.books import check_books
from tests.concurrency.together import run_together
from tests.factories import MOMENT
from tests.factories.catalog import make_plan, make_supplier
from tests.factories.esims import make_bundle, make_esim
from tests.fakes.provider import FakeProvider
from tests.fakes.supplier import PENDING, FakeSupplier

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 4


def paid(provider: FakeProvider) -> Order:
    """Return an order that is paid, and not delivered."""
    plan = make_plan(supplier=make_supplier("wholesale"))
    bundle = make_bundle(plan=plan, esim=make_esim(supplier=plan.supplier))
    quote = make_quote(
        subscriber=bundle.subscriber,
        esim=bundle.esim,
        plan_code=bundle.plan_id,
        start_rule=StartRule.AFTER_CURRENT,
        now=MOMENT,
    )
    order = place_order(quote=quote, now=MOMENT)
    choice, payer = PaymentMethodChoice(provider="fake", method="native"), Payer(ip="127.0.0.1")
    payment = start_payment(order=order, choice=choice, payer=payer, now=MOMENT)
    message = provider.message(provider.pay(payment.number, at=MOMENT))
    receive_notification(
        provider_code="fake", headers=message.headers, body=message.body, now=MOMENT
    )
    return order


def work_together() -> list[str]:
    return run_together([lambda: supply_next_order(clock=lambda: MOMENT)] * WORKERS)


def test_of_workers_that_meet_at_an_order_one_calls_the_supplier(
    provider: FakeProvider, supplier: FakeSupplier
) -> None:
    supplier.capabilities = Capabilities()  # It would make an order of each call.
    order = paid(provider)
    assert sorted(work_together()) == ["False"] * (WORKERS - 1) + ["True"]
    assert supplier.calls(order.number) == ["order"]
    assert Bundle.objects.filter(order_number=order.number).count() == 1
    check_books(statements={"fake": provider.statement()})


def test_without_the_condition_each_worker_orders(
    provider: FakeProvider, supplier: FakeSupplier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: all have read the row before any of them takes it, and none looks again."""
    supplier.capabilities = Capabilities()
    order = paid(provider)
    all_have_read = Barrier(WORKERS)

    def take_without_looking(*, supply: Supply, call: NextCall, now: datetime) -> bool:
        all_have_read.wait(timeout=30)
        assert call is NextCall.ORDER
        changes = {"state": "asked", "asked_at": now, "next_at": now + LEASE}
        Supply.objects.filter(pk=supply.pk).update(**changes)
        return True

    monkeypatch.setattr(supplying, "take_supply", take_without_looking)
    said = work_together()
    assert len(supplier.orders_of(order.number)) > 1, said


def test_no_transaction_is_open_and_no_row_is_locked_during_a_call(
    provider: FakeProvider, supplier: FakeSupplier
) -> None:
    order = paid(provider)
    seen: list[object] = []

    def lock() -> str:
        with transaction.atomic():
            return Supply.objects.select_for_update(nowait=True).get().state

    def look(_number: str) -> None:
        seen.extend([connection.in_atomic_block, *run_together([lock])])

    supplier.during_order = look
    assert supply_next_order(clock=lambda: MOMENT)
    assert seen == [False, "asked"]
    assert Order.objects.get(pk=order.pk).state == OrderState.FULFILLED


def test_workers_share_the_orders(provider: FakeProvider, supplier: FakeSupplier) -> None:
    orders = [paid(provider) for _ in range(WORKERS)]
    all_call = Barrier(WORKERS)
    supplier.during_order = lambda _number: all_call.wait(timeout=20)
    assert work_together() == ["True"] * WORKERS
    assert [len(supplier.orders_of(order.number)) for order in orders] == [1] * WORKERS
    check_books(statements={"fake": provider.statement()})


def test_an_answer_and_a_callback_at_once_are_one_bundle(
    provider: FakeProvider, supplier: FakeSupplier
) -> None:
    order = paid(provider)
    supplier.script(PENDING)
    supply_next_order(clock=lambda: MOMENT)
    supplier.deliver(order.number)
    Supply.objects.update(next_at=MOMENT)
    message = supplier.message(order.number)

    def hear() -> bool:
        return receive_supplier_callback(
            supplier_code="wholesale", headers=message.headers, body=message.body, now=MOMENT
        )

    said = run_together([hear, hear, lambda: supply_next_order(clock=lambda: MOMENT)])
    assert set(said) <= {"True", "False"}
    assert Bundle.objects.filter(order_number=order.number).count() == 1
    check_books(statements={"fake": provider.statement()})


def test_who_gets_their_money_back_while_the_supplier_answers_has_no_bundle(
    provider: FakeProvider, supplier: FakeSupplier
) -> None:
    order = paid(provider)

    def pay_back(_number: str) -> None:
        run_together([lambda: refund_order(order_number=order.number, reason="asked", now=MOMENT)])

    supplier.during_order = pay_back
    assert supply_next_order(clock=lambda: MOMENT)
    assert Order.objects.get(pk=order.pk).state == OrderState.REFUNDED
    assert not Bundle.objects.filter(order_number=order.number).exists()
    assert supply_next_order(clock=lambda: MOMENT)
    assert [one.state for one in supplier.orders_of(order.number)] == ["cancelled"]


def test_the_sweep_and_an_answer_at_once_are_one_outcome(
    provider: FakeProvider, supplier: FakeSupplier
) -> None:
    late = MOMENT + timedelta(minutes=15)
    order = paid(provider)
    run_together(
        [lambda: supply_next_order(clock=lambda: late), lambda: deliver_waiting_orders(now=late)]
    )
    state = Order.objects.get(pk=order.pk).state
    has_bundle = Bundle.objects.filter(order_number=order.number).exists()
    assert (state, has_bundle) in {(OrderState.FULFILLED, True), (OrderState.REFUNDED, False)}
