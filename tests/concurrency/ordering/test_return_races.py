"""A person returns a plan that its supplier has to take back; something else comes meanwhile."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from limosa.domain.connectivity.capabilities import Cancel, Capabilities, Idempotency, RenewalStart
from limosa.domain.connectivity.models import Supply
from limosa.domain.connectivity.operations import ask_to_take_back as asking
from limosa.domain.connectivity.operations.keep_supply_answer import keep_supply_answer
from limosa.domain.connectivity.operations.request_supply import request_supply
from limosa.domain.esims.models import Esim, EsimState
from limosa.domain.ordering.models import Order, Quote, StartRule
from limosa.domain.ordering.operations import order_at_supplier as placing
from limosa.domain.ordering.operations.make_quote import make_quote
from limosa.domain.ordering.operations.place_order import place_order
from limosa.domain.ordering.operations.receive_notification import receive_notification
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.ordering.operations.return_order import return_order
from limosa.domain.ordering.operations.start_payment import start_payment
from limosa.domain.ordering.operations.supply_next_order import supply_next_order
from limosa.domain.ordering.refusals import NotTakenBackError
from limosa.domain.payments.calling import call_directly
from limosa.domain.payments.models import Refund
from limosa.domain.payments.requests import Payer, PaymentMethodChoice
from tests.books import check_books
from tests.concurrency.together import run_together, wait_for_lock
from tests.concurrency.unlocked import without_row_locks
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber
from tests.factories.catalog import make_plan, make_supplier
from tests.fakes.provider import FakeProvider
from tests.fakes.supplier import FakeSupplier

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order(provider: FakeProvider, supplier: FakeSupplier) -> Order:
    """A new eSIM that the supplier has delivered, may cancel, and does not count the use of."""
    supplier.capabilities = Capabilities(
        idempotency=Idempotency.SAME_ORDER,
        cancel=Cancel.AT_ONCE,
        renewal_start=RenewalStart.AFTER_CURRENT,
    )
    make_plan(code="new", supplier=make_supplier("wholesale"))
    bought = placed(None)
    pay(bought, provider)
    assert supply_next_order(clock=lambda: MOMENT)
    return Order.objects.get(pk=bought.pk)


def placed(esim: Esim | None) -> Order:
    quote = make_quote(
        subscriber=esim.subscriber if esim else make_subscriber(),
        esim=esim,
        plan_code="new",
        start_rule=StartRule.AFTER_CURRENT,
        now=MOMENT,
    )
    return place_order(quote=quote, now=MOMENT)


def pay(order: Order, provider: FakeProvider) -> None:
    tell(provider, started(order))


def started(order: Order) -> str:
    """Begin to pay; return the payment's number."""
    choice, payer = PaymentMethodChoice(provider="fake", method="native"), Payer(ip="127.0.0.1")
    return start_payment(order=order, choice=choice, payer=payer, now=MOMENT).number


def tell(provider: FakeProvider, number: str) -> None:
    """Have the provider take the money, and tell us."""
    message = provider.message(provider.pay(number, at=MOMENT))
    receive_notification(
        provider_code="fake", headers=message.headers, body=message.body, now=MOMENT
    )


def press(order: Order) -> Refund | None:
    return return_order(order_number=order.number, caller=call_directly, now=MOMENT)


def work() -> None:
    while supply_next_order(clock=lambda: MOMENT):
        pass


def stand(order: Order) -> tuple[str, str]:
    """Return where the order and its supply stand."""
    state = Order.objects.get(pk=order.pk).state
    return state, Supply.objects.get(order_number=order.number).state


def during_a_press(
    order: Order, other: Callable[[], object], monkeypatch: pytest.MonkeyPatch, *, waits: bool
) -> None:
    """Press; between what it decides by and what it writes, another thread comes."""
    came: list[Future[Any]] = []

    def come() -> None:
        try:
            other()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool, monkeypatch.context() as patch:

        def keep_late(**words: Any) -> None:
            came.append(pool.submit(come))
            wait_for_lock(came[0], waits=waits)
            keep_supply_answer(**words)

        patch.setattr(asking, "keep_supply_answer", keep_late)
        press(order)
        came[0].result(timeout=10)


def test_two_presses_at_once_ask_once_and_pay_once(
    order: Order, provider: FakeProvider, supplier: FakeSupplier
) -> None:
    assert run_together([lambda: press(order)] * 2) == ["None", "None"]
    assert stand(order) == ("fulfilled", "returning")
    work()
    assert stand(order) == ("refunded", "cancelled")
    assert supplier.calls(order.number).count("cancel") == 1
    assert Refund.objects.count() == 1
    check_books(statements={"fake": provider.statement()})


def test_a_refund_by_staff_waits_for_a_press_and_ends_the_return(
    order: Order, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refund() -> None:
        refund_order(order_number=order.number, reason="staff", now=MOMENT)

    during_a_press(order, refund, monkeypatch, waits=True)
    assert stand(order) == ("refunded", "cancelling")
    work()
    assert stand(order) == ("refunded", "cancelled")
    assert Refund.objects.get().reason == "staff"
    check_books(statements={"fake": provider.statement()})


def test_without_the_locks_what_is_refunded_stays_a_return(
    order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control."""

    def refund() -> None:
        refund_order(order_number=order.number, reason="staff", now=MOMENT)

    with without_row_locks(monkeypatch):
        during_a_press(order, refund, monkeypatch, waits=False)
    assert stand(order) == ("refunded", "returning")
    work()
    assert stand(order) == ("refunded", "returning")


def test_a_press_and_the_work_on_its_return_at_once_pay_once(
    order: Order, provider: FakeProvider
) -> None:
    press(order)
    said = run_together([lambda: press(order), work, lambda: press(order), work])
    assert set(said) <= {"None", "RefundNotAllowedError"}
    work()
    assert stand(order) == ("refunded", "cancelled")
    assert Refund.objects.count() == 1
    check_books(statements={"fake": provider.statement()})


def test_what_is_renewed_while_it_is_returned_is_not_returned(
    order: Order, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert order.esim is not None
    renewed: list[Order] = []

    def renew() -> None:
        renewed.append(placed(order.esim))
        pay(renewed[0], provider)

    with pytest.raises(NotTakenBackError):
        during_a_press(order, renew, monkeypatch, waits=False)
    work()
    assert stand(order) == ("fulfilled", "delivered")
    assert stand(renewed[0]) == ("fulfilled", "delivered")
    assert Esim.objects.get().state == EsimState.READY
    check_books(statements={"fake": provider.statement()})


def renew_during_a_press(
    order: Order, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch, *, waits: bool
) -> tuple[Order, str]:
    """Pay a renewal whose time to pay is over, which the provider does not know; between what
    decides that the eSIM can have it and what orders it, another thread returns what is there.
    Return what that said."""
    renewal = placed(order.esim)
    payment = started(renewal)
    Quote.objects.filter(pk=renewal.quote_id).update(expires_at=MOMENT)
    came: list[Future[str]] = []

    def come() -> str:
        (said,) = run_together([lambda: press(order)])
        return said

    with ThreadPoolExecutor(1) as pool, monkeypatch.context() as patch:

        def request_late(**words: Any) -> None:
            came.append(pool.submit(come))
            wait_for_lock(came[0], waits=waits)
            request_supply(**words)

        patch.setattr(placing, "request_supply", request_late)
        tell(provider, payment)
        return renewal, came[0].result(timeout=10)


def test_a_return_waits_for_a_renewal_that_is_being_paid(
    order: Order, provider: FakeProvider, supplier: FakeSupplier, monkeypatch: pytest.MonkeyPatch
) -> None:
    renewal, said = renew_during_a_press(order, provider, monkeypatch, waits=True)
    assert said == "NotTakenBackError"
    work()
    assert stand(order) == stand(renewal) == ("fulfilled", "delivered")
    assert "cancel" not in supplier.calls(order.number)
    check_books(statements={"fake": provider.statement()})


def test_without_the_locks_what_others_paid_for_is_cancelled(
    order: Order, provider: FakeProvider, supplier: FakeSupplier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control."""
    with without_row_locks(monkeypatch):
        renewal, said = renew_during_a_press(order, provider, monkeypatch, waits=False)
    assert said == "None"
    work()
    assert stand(renewal) == ("fulfilled", "delivered")
    assert "cancel" in supplier.calls(order.number)
