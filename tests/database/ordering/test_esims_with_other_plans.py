"""What a supplier does about one plan of an eSIM, it does to all that is on it."""

from datetime import timedelta

import pytest

from limosa.domain.accounts.models import Subscriber
from limosa.domain.connectivity.capabilities import Cancel, Capabilities, Idempotency, RenewalStart
from limosa.domain.connectivity.engine.renewing import RenewalWay
from limosa.domain.connectivity.models import Supply
from limosa.domain.esims.models import Bundle, Esim, EsimState
from limosa.domain.esims.queries import esim_view, open_bundles
from limosa.domain.ordering.models import Order, OrderState, Quote, StartRule
from limosa.domain.ordering.operations.deliver_waiting_orders import deliver_waiting_orders
from limosa.domain.ordering.operations.make_quote import make_quote
from limosa.domain.ordering.operations.place_order import place_order
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.ordering.operations.return_order import return_order
from limosa.domain.ordering.operations.supply_next_order import supply_next_order
from limosa.domain.ordering.refusals import NotTakenBackError
from limosa.domain.payments.calling import call_directly
from limosa.domain.payments.models import Refund
from limosa.domain.renewals.queries import offers_for
from tests.database.ordering.shop import Shop
from tests.factories import MOMENT
from tests.factories.catalog import make_plan, make_supplier
from tests.fakes.supplier import LOST_BEFORE, REFUSED_FOR_GOOD, FakeSupplier

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(shop: Shop, supplier: FakeSupplier) -> Order:
    """A new eSIM that its supplier has delivered, and may cancel or end with all that is on it."""
    supplier.capabilities = Capabilities(
        idempotency=Idempotency.SAME_ORDER,
        cancel=Cancel.AT_ONCE,
        end_early=True,
        renewal_start=RenewalStart.AFTER_CURRENT,
    )
    placed = shop.place(
        make_plan(code="week", supplier=make_supplier("wholesale")), takes_new_esim=True
    )
    shop.pay(placed)
    work()
    return Order.objects.get(pk=placed.pk)


def work() -> None:
    while supply_next_order(clock=lambda: MOMENT):
        pass


def esim_of(order: Order) -> Esim:
    assert order.esim_id is not None
    return Esim.objects.get(pk=order.esim_id)


def renewal_of(order: Order) -> Order:
    esim = esim_of(order)
    quote = make_quote(
        subscriber=Subscriber.objects.get(pk=order.subscriber_id),
        esim=esim,
        plan_code="week",
        start_rule=StartRule.AFTER_CURRENT,
        now=MOMENT,
    )
    return place_order(quote=quote, now=MOMENT)


def give_back(order: Order) -> Refund | None:
    return return_order(order_number=order.number, caller=call_directly, now=MOMENT)


def stand(order: Order) -> tuple[str, str]:
    supply = Supply.objects.filter(order_number=order.number).first()
    return Order.objects.get(pk=order.pk).state, supply.state if supply else ""


def test_a_refund_leaves_an_esim_on_which_others_have_paid_for_data(
    order: Order, shop: Shop, supplier: FakeSupplier
) -> None:
    renewal = renewal_of(order)
    shop.pay(renewal)
    work()
    refund_order(order_number=order.number, reason="staff", now=MOMENT)
    work()
    assert stand(order) == ("refunded", "kept")
    assert Supply.objects.get(order_number=order.number).problem == "esim_has_other_plans"
    assert stand(renewal) == ("fulfilled", "delivered")
    assert not {"cancel", "end_early"} & set(supplier.calls(order.number))
    assert esim_of(order).state == EsimState.READY
    shop.check_books()


@pytest.mark.parametrize("is_renewal_first", [True, False])
def test_a_refund_of_both_has_the_esim_cancelled_once_nobody_is_left(
    order: Order, shop: Shop, supplier: FakeSupplier, *, is_renewal_first: bool
) -> None:
    renewal = renewal_of(order)
    shop.pay(renewal)
    work()
    both = [order.number, renewal.number]
    for number in reversed(both) if is_renewal_first else both:
        refund_order(order_number=number, reason="staff", now=MOMENT)
    work()
    assert stand(order) == ("refunded", "cancelled")
    assert "cancel" in supplier.calls(order.number)
    assert esim_of(order).state == EsimState.DELETED
    shop.check_books()


def test_what_is_not_paid_keeps_no_esim_and_is_paid_back_later(
    order: Order, shop: Shop, supplier: FakeSupplier
) -> None:
    renewal = renewal_of(order)
    refund_order(order_number=order.number, reason="staff", now=MOMENT)
    supplier.script(LOST_BEFORE)
    work()
    assert stand(order) == ("refunded", "cancelling")
    shop.pay(renewal)
    work()
    assert stand(renewal) == ("paid", "")
    deliver_waiting_orders(now=MOMENT + timedelta(minutes=16))
    assert stand(renewal) == ("refunded", "")
    shop.check_books()


def test_a_renewal_that_is_paid_during_a_return_waits_for_it(
    order: Order, shop: Shop, supplier: FakeSupplier
) -> None:
    renewal = renewal_of(order)
    Quote.objects.filter(pk=renewal.quote_id).update(expires_at=MOMENT)  # It pays later than that.
    assert give_back(order) is None
    Quote.objects.filter(pk=renewal.quote_id).update(expires_at=MOMENT + timedelta(minutes=9))
    shop.pay(renewal)
    assert stand(renewal) == ("paid", "")
    supplier.script(REFUSED_FOR_GOOD)
    work()
    assert stand(order) == ("fulfilled", "delivered")
    deliver_waiting_orders(now=MOMENT)
    work()
    assert stand(renewal) == ("fulfilled", "delivered")
    assert Bundle.objects.filter(esim=order.esim_id).count() == 2
    shop.check_books()


def test_nothing_is_sold_for_an_esim_that_is_being_returned(order: Order) -> None:
    give_back(order)
    view = esim_view(
        esim=esim_of(order), bundles=open_bundles(esim_ids=[esim_of(order).pk]), now=MOMENT
    )
    offers = offers_for(
        view=view, subscriber=Subscriber.objects.get(pk=order.subscriber_id), now=MOMENT
    )
    assert {offer.way for offer in offers} == {RenewalWay.NEW_ESIM}
    assert renewal_of(order).quote.way == RenewalWay.NEW_ESIM


def test_a_paid_renewal_stands_in_the_way_of_a_return(
    order: Order, shop: Shop, supplier: FakeSupplier
) -> None:
    shop.pay(renewal_of(order))
    with pytest.raises(NotTakenBackError):
        give_back(order)
    assert Order.objects.get(pk=order.pk).state == OrderState.FULFILLED
    assert "cancel" not in supplier.calls(order.number)
