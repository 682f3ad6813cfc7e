"""A notice of an order that says nothing we could apply brings the next question forward, once."""

from datetime import datetime, timedelta

import pytest

from limosa.domain.connectivity.answers import SupplierCallback, SupplyNotice
from limosa.domain.connectivity.models import SupplierMessage, Supply
from limosa.domain.ordering.operations.apply_supplier_callback import apply_supplier_callback
from limosa.domain.ordering.operations.supply_next_order import supply_next_order
from tests.database.ordering.shop import Shop
from tests.database.ordering.test_breakers import bought, sold_by
from tests.factories import MOMENT
from tests.fakes.supplier import FakeSupplier

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def supply(shop: Shop, supplier: FakeSupplier) -> Supply:
    """An order whose cancellation people there decide about."""
    del supplier
    order = bought(shop, sold_by("wholesale"))
    assert supply_next_order(clock=lambda: MOMENT)
    found = Supply.objects.get(order_number=order.number)
    Supply.objects.update(
        state="cancelling", application="A-1", next_at=MOMENT + HOUR, ended_at=None
    )
    return found


def tell(*notices: SupplyNotice, at: datetime = MOMENT, message: str = "m-1") -> bool:
    callback = SupplierCallback(message_id=message, notices=notices)
    return apply_supplier_callback(supplier_code="wholesale", callback=callback, now=at).is_done


@pytest.mark.parametrize("name", ["number", "reference", "application"])
def test_it_is_asked_for_now_by_whatever_name(supply: Supply, name: str) -> None:
    names = {
        "number": supply.order_number,
        "reference": supply.reference,
        "application": "A-1",
    }
    assert tell(SupplyNotice(**{name: names[name]}))
    assert Supply.objects.get().next_at == MOMENT
    assert SupplierMessage.objects.get().result == "asked"


def test_a_return_that_people_there_decide_about_is_asked_for_now(supply: Supply) -> None:
    Supply.objects.update(state="returning", ended_at=MOMENT, return_asked_at=MOMENT)
    tell(SupplyNotice(number=supply.order_number))
    assert Supply.objects.get().next_at == MOMENT


def test_the_same_notice_again_changes_nothing(supply: Supply) -> None:
    notice = SupplyNotice(number=supply.order_number)
    tell(notice)
    Supply.objects.update(next_at=MOMENT + HOUR)
    assert tell(notice)
    assert Supply.objects.get().next_at == MOMENT + HOUR
    assert tell(notice, message="m-2")
    assert Supply.objects.get().next_at == MOMENT


def test_what_a_worker_asks_for_just_now_is_not_asked_for_too(supply: Supply) -> None:
    soon = MOMENT + timedelta(seconds=90)
    Supply.objects.update(next_at=soon)
    tell(SupplyNotice(number=supply.order_number))
    assert Supply.objects.get().next_at == soon


def test_one_of_no_order_of_ours_is_taken_and_says_nothing(supply: Supply) -> None:
    del supply
    assert tell(SupplyNotice(application="A-2"), SupplyNotice(number="L-OTHER"))
    assert Supply.objects.get().next_at == MOMENT + HOUR
