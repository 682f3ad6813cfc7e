"""A supplier's people may decide before we know what they call our application."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from operator import add

import pytest

from limosa.domain.connectivity.answers import SupplierCallback, SupplyHandle, SupplyNotice
from limosa.domain.connectivity.kept_callbacks import ReceivedCallback
from limosa.domain.connectivity.models import KeptCallback, Supply
from limosa.domain.ordering.models import Order
from limosa.domain.ordering.operations.apply_supplier_callback import apply_supplier_callback
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.ordering.operations.return_order import return_order
from limosa.domain.ordering.operations.supply_next_order import supply_next_order
from limosa.domain.payments.calling import call_directly
from tests.database.ordering.shop import Shop
from tests.database.ordering.test_breakers import bought, sold_by
from tests.factories import MOMENT
from tests.fakes.supplier import PENDING, FakeSupplier

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(shop: Shop, supplier: FakeSupplier) -> Order:
    """An order that is delivered, of a supplier that counts no use."""
    supplier.capabilities = replace(supplier.capabilities, usage_unit=None)
    order = bought(shop, sold_by("wholesale"))
    assert supply_next_order(clock=lambda: MOMENT)
    return order


def give_back(order: Order) -> None:
    return_order(order_number=order.number, caller=call_directly, now=MOMENT)


def refund(order: Order) -> None:
    refund_order(order_number=order.number, reason="asked", now=MOMENT)


def tell(order: Order, *, seconds: float = 0) -> bool:
    notice = SupplyNotice(application=f"A-{order.number}")
    return apply_supplier_callback(
        supplier_code="wholesale",
        callback=SupplierCallback(message_id="N005-1", notices=(notice,)),
        received=ReceivedCallback({}, b"N005"),
        now=MOMENT + timedelta(seconds=seconds),
    ).is_done


@pytest.mark.parametrize("undo", [give_back, refund])
def test_a_yes_that_is_faster_than_the_answer_is_followed_once_it_is_sent_again(
    order: Order,
    supplier: FakeSupplier,
    monkeypatch: pytest.MonkeyPatch,
    undo: Callable[[Order], None],
) -> None:
    early = []
    ask = supplier.cancel

    def decided_at_once(handle: SupplyHandle) -> object:
        early.append(tell(order))
        return ask(handle)

    supplier.script(PENDING)
    undo(order)
    with monkeypatch.context() as during:
        during.setattr(supplier, "cancel", decided_at_once)
        assert supply_next_order(clock=lambda: MOMENT)
    assert early == [False]
    assert tell(order, seconds=5)
    assert KeptCallback.objects.get().order_numbers == [order.number]
    assert supply_next_order(clock=lambda: MOMENT + timedelta(seconds=5))
    assert Supply.objects.get().state == "cancelled"
    order.refresh_from_db()
    assert order.state == "refunded"


def test_a_yes_that_is_never_sent_again_is_found_two_minutes_later(
    order: Order, supplier: FakeSupplier
) -> None:
    supplier.script(PENDING, PENDING)
    give_back(order)
    clocks = [partial(add, MOMENT, timedelta(minutes=late)) for late in (0, 1, 2, 3, 61)]
    asked = [supply_next_order(clock=clock) for clock in clocks]
    assert asked == [True, False, True, False, False]  # And then every hour.
    assert supply_next_order(clock=lambda: MOMENT + timedelta(minutes=62))
    assert Supply.objects.get().state == "cancelled"


def test_one_of_an_unknown_application_is_taken_while_nothing_is_asked(order: Order) -> None:
    assert tell(order)
