"""The supplier of docs/howto/add-a-supplier.md sells through the product, which knows nothing of it
but what it declares."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from pytest_django.fixtures import Settings

from limosa.domain.connectivity.models import Supply
from limosa.domain.connectivity.registry import adapter_for
from limosa.domain.esims.models import Bundle, Esim
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.ordering.operations.deliver_waiting_orders import deliver_waiting_orders
from limosa.domain.ordering.operations.push_refunds import push_refunds
from limosa.domain.ordering.operations.receive_supplier_callback import receive_supplier_callback
from limosa.domain.ordering.operations.supply_next_order import supply_next_order
from tests.contract.suppliers.skylark.sandbox import (
    CALLBACK_SECRET,
    KEY,
    Skylark,
    callback,
    running,
)
from tests.contract.suppliers.skylark.settings import DECLARATION
from tests.database.ordering.shop import Shop
from tests.factories import MOMENT
from tests.factories.catalog import make_plan, make_supplier

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]
CODE = DECLARATION.code


@pytest.fixture
def skylark(settings: Settings) -> Iterator[Skylark]:
    """Its other side, and the settings of an operator who has an account there."""
    with running(Skylark()) as other:
        given = {"url": other.url, "key": KEY, "callback_secret": CALLBACK_SECRET}
        settings.SUPPLIER_SETTINGS = {**settings.SUPPLIER_SETTINGS, CODE: given}
        settings.SUPPLIER_ADAPTERS = {
            **settings.SUPPLIER_ADAPTERS,
            CODE: DECLARATION.implementation,
        }
        adapter_for.cache_clear()
        yield other
    adapter_for.cache_clear()


def bought(shop: Shop) -> Order:
    """Return a paid order of a new eSIM."""
    order = shop.place(make_plan(supplier=make_supplier(CODE)), takes_new_esim=True)
    shop.pay(order)
    work()
    return order


def work(seconds: float = 0) -> None:
    """Have a worker take what is due at a moment."""
    while supply_next_order(clock=lambda: MOMENT + timedelta(seconds=seconds)):
        pass


def state_of(order: Order) -> str:
    return Order.objects.get(pk=order.pk).state


def told(skylark: Skylark, order: Order, *, at: datetime) -> bool:
    """Have it call back."""
    made = skylark.orders[order.number]
    headers, body = callback(made, at_seconds=int(at.timestamp()))
    return receive_supplier_callback(supplier_code=CODE, headers=headers, body=body, now=at)


def test_a_paid_order_is_delivered_by_its_callback(shop: Shop, skylark: Skylark) -> None:
    skylark.delays = True
    order = bought(shop)
    assert state_of(order) == OrderState.PAID
    skylark.make(order.number)
    assert told(skylark, order, at=MOMENT + timedelta(seconds=1))
    assert state_of(order) == OrderState.FULFILLED
    bundle = Bundle.objects.get(order_number=order.number)
    assert bundle.esim.iccid == skylark.orders[order.number]["esim"]["iccid"]
    assert bundle.esim.supplier_id == CODE
    shop.check_books()


def test_an_order_whose_answer_was_lost_is_made_once(shop: Shop, skylark: Skylark) -> None:
    skylark.loses = 1
    order = bought(shop)
    work(seconds=60)
    assert state_of(order) == OrderState.FULFILLED
    assert list(skylark.orders) == [order.number]
    assert Esim.objects.filter(supplier=CODE).count() == 1
    shop.check_books()


def test_what_is_out_of_stock_is_paid_back(shop: Shop, skylark: Skylark) -> None:
    skylark.refuses = "out_of_stock"
    order = bought(shop)
    assert Supply.objects.get(order_number=order.number).state == "refused"
    later = MOMENT + timedelta(minutes=16)
    deliver_waiting_orders(now=later)
    push_refunds(now=later)
    assert state_of(order) == OrderState.REFUNDED
    assert not skylark.orders
    shop.check_books()
