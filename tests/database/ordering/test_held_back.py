"""A supplier that says when to come again gets no orders until then; the next one does."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from pytest_django.fixtures import Settings

from limosa.domain.connectivity.models import SupplierBreaker, Supply
from tests.database.ordering.shop import Shop
from tests.database.ordering.test_breakers import FIRST, SECOND, bought, sold_by, states, work
from tests.factories import MOMENT
from tests.fakes.supplier import BUSY_FOR_AN_HOUR, BUSY_FOR_SECONDS, FakeSupplier
from tests.fakes.wholesale import wholesale_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def first(supplier: FakeSupplier, settings: Settings) -> Iterator[FakeSupplier]:
    with wholesale_in(settings, code=SECOND):
        from limosa.domain.connectivity.registry import adapter_for  # noqa: PLC0415

        adapter = adapter_for(FIRST)
        assert isinstance(adapter, FakeSupplier)
        yield adapter


def test_no_other_order_is_sent_to_it_meanwhile(shop: Shop, first: FakeSupplier) -> None:
    first.script(BUSY_FOR_AN_HOUR)
    plan = sold_by(FIRST)
    orders = [bought(shop, plan) for _ in range(4)]
    for seconds in range(0, 60, 5):
        work(MOMENT + timedelta(seconds=seconds))
    assert sum(len(first.calls(order.number)) for order in orders) == 1
    assert SupplierBreaker.objects.get().held_until == MOMENT + timedelta(hours=1)
    problems = set(Supply.objects.values_list("problem", flat=True))
    assert problems == {"busy_for_an_hour", "asked_to_wait"}
    work(MOMENT + timedelta(hours=1, seconds=5))
    assert [states(order) for order in orders] == [{FIRST: "delivered"}] * 4


def test_the_next_supplier_is_asked_at_once(shop: Shop, first: FakeSupplier) -> None:
    first.script(BUSY_FOR_AN_HOUR)
    plan = sold_by(FIRST, SECOND)
    one, queued = bought(shop, plan), bought(shop, plan)
    work(MOMENT)
    later = bought(shop, plan)
    work(MOMENT)
    assert states(one) == states(queued) == {FIRST: "refused", SECOND: "delivered"}
    assert states(later) == {SECOND: "delivered"}
    assert first.calls(queued.number) == []


def test_for_less_than_a_minute_it_is_waited_for(shop: Shop, first: FakeSupplier) -> None:
    first.script(BUSY_FOR_SECONDS)
    plan = sold_by(FIRST, SECOND)
    orders = [bought(shop, plan) for _ in range(2)]
    work(MOMENT)
    assert [states(order) for order in orders] == [{FIRST: "due"}] * 2
    work(MOMENT + timedelta(seconds=30))
    assert [states(order) for order in orders] == [{FIRST: "delivered"}] * 2
