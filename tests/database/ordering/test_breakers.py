"""A supplier that does not answer is left alone: the next is asked, and queries go on slowly."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from pytest_django.fixtures import Settings

from limosa.domain.catalog.models import Plan, PlanSource
from limosa.domain.connectivity.answers import SupplyAnswer
from limosa.domain.connectivity.engine.breaking import IN_A_ROW, PAUSE_FIRST, TRIAL
from limosa.domain.connectivity.models import SupplierBreaker, Supply
from limosa.domain.http.messages import TooManyCallsError
from limosa.domain.ordering.models import Order
from limosa.domain.ordering.operations.supply_next_order import supply_next_order
from tests.database.ordering.shop import Shop
from tests.factories import MOMENT
from tests.factories.catalog import make_plan, make_supplier
from tests.fakes.supplier import LOST_BEFORE, PENDING, FakeSupplier
from tests.fakes.wholesale import wholesale_in

pytestmark = pytest.mark.django_db
FIRST, SECOND = "wholesale", "other"


@pytest.fixture
def first(supplier: FakeSupplier, settings: Settings) -> Iterator[FakeSupplier]:
    with wholesale_in(settings, code=SECOND):
        from limosa.domain.connectivity.registry import adapter_for  # noqa: PLC0415

        adapter = adapter_for(FIRST)
        assert isinstance(adapter, FakeSupplier)
        yield adapter


def sold_by(*codes: str) -> Plan:
    plan = make_plan(supplier=make_supplier(codes[0]))
    for position, code in enumerate(codes):
        PlanSource.objects.create(
            plan=plan, supplier=make_supplier(code), position=position, code=f"{code}-new"
        )
    return plan


def bought(shop: Shop, plan: Plan) -> Order:
    order = shop.place(plan, takes_new_esim=True)
    shop.pay(order)
    return Order.objects.get(pk=order.pk)


def work(at: datetime) -> None:
    for _ in range(20):
        if not supply_next_order(clock=lambda: at):
            return


def states(order: Order) -> dict[str, str]:
    rows = Supply.objects.filter(order_number=order.number)
    return dict(rows.values_list("supplier_id", "state"))


def opened(*, pause: timedelta = PAUSE_FIRST, at: datetime = MOMENT) -> SupplierBreaker:
    return SupplierBreaker.objects.create(
        supplier=make_supplier(FIRST),
        state="open",
        pause_seconds=pause.total_seconds(),
        retry_at=at + pause,
        query_at=at,
    )


def test_so_many_lost_answers_open_it_over_all_orders(shop: Shop, first: FakeSupplier) -> None:
    first.script(*[LOST_BEFORE] * IN_A_ROW)
    plan = sold_by(FIRST)
    for _ in range(IN_A_ROW):
        bought(shop, plan)
    work(MOMENT)
    assert SupplierBreaker.objects.get().state == "open"
    late = bought(shop, plan)
    work(MOMENT)
    assert states(late) == {FIRST: "due"}
    assert first.calls(late.number) == []
    assert Supply.objects.get(order_number=late.number).problem == "not_answering"


def test_a_supplier_that_takes_no_more_calls_is_waited_for_and_counts_as_there(
    shop: Shop, first: FakeSupplier, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> SupplyAnswer:
        raise TooManyCallsError(wait=timedelta(seconds=45))

    first.script(PENDING)
    order = bought(shop, sold_by(FIRST))
    work(MOMENT)
    monkeypatch.setattr(first, "look_up", refuse)
    at = MOMENT + timedelta(minutes=1)
    for _ in range(IN_A_ROW + 1):
        Supply.objects.update(next_at=at)
        work(at)
    supply = Supply.objects.get(order_number=order.number)
    assert (supply.state, supply.problem) == ("pending", "rate_limited")
    assert supply.next_at == at + timedelta(seconds=60)
    assert SupplierBreaker.objects.get().state == "closed"


def test_meanwhile_the_next_supplier_is_asked(shop: Shop, first: FakeSupplier) -> None:
    opened()
    order = bought(shop, sold_by(FIRST, SECOND))
    work(MOMENT)
    assert states(order) == {SECOND: "delivered"}
    assert first.calls(order.number) == []


def test_what_was_queued_before_it_opened_goes_to_the_next(shop: Shop, first: FakeSupplier) -> None:
    order = bought(shop, sold_by(FIRST, SECOND))
    opened()
    work(MOMENT)
    assert states(order) == {FIRST: "refused", SECOND: "delivered"}


def test_one_order_tries_it_out_and_its_answer_closes_it(shop: Shop, first: FakeSupplier) -> None:
    opened()
    plan = sold_by(FIRST)
    orders = [bought(shop, plan) for _ in range(3)]
    work(MOMENT)
    assert [states(order) for order in orders] == [{FIRST: "due"}] * 3
    work(MOMENT + PAUSE_FIRST)
    assert SupplierBreaker.objects.get().state == "closed"
    work(MOMENT + PAUSE_FIRST + timedelta(seconds=5))
    assert [states(order) for order in orders] == [{FIRST: "delivered"}] * 3


def test_one_that_is_lost_again_makes_it_wait_twice_as_long(
    shop: Shop, first: FakeSupplier
) -> None:
    opened()
    first.script(LOST_BEFORE)
    plan = sold_by(FIRST)
    one, other = bought(shop, plan), bought(shop, plan)
    later = MOMENT + PAUSE_FIRST
    work(later)
    row = SupplierBreaker.objects.get()
    assert (row.state, row.pause_seconds) == ("open", 2 * PAUSE_FIRST.total_seconds())
    assert row.retry_at == later + 2 * PAUSE_FIRST
    assert len(first.calls(one.number) + first.calls(other.number)) == 1


def test_what_was_lost_is_still_found_out_slowly(shop: Shop, first: FakeSupplier) -> None:
    first.script(*[LOST_BEFORE] * IN_A_ROW)
    plan = sold_by(FIRST)
    lost = [bought(shop, plan) for _ in range(IN_A_ROW)]
    work(MOMENT)
    first.script(*[LOST_BEFORE] * 3)
    for seconds in range(5, 65, 5):
        work(MOMENT + timedelta(seconds=seconds))
    asked = sum(len(first.calls(order.number)) for order in lost)
    assert asked == IN_A_ROW + 3


def test_a_trial_of_which_nothing_comes_is_followed_by_another(
    shop: Shop, first: FakeSupplier
) -> None:
    row = opened()
    SupplierBreaker.objects.filter(pk=row.pk).update(state="half_open", retry_at=MOMENT + TRIAL)
    order = bought(shop, sold_by(FIRST))
    work(MOMENT + TRIAL - timedelta(seconds=1))
    assert states(order) == {FIRST: "due"}
    work(MOMENT + TRIAL + timedelta(seconds=5))
    assert states(order) == {FIRST: "delivered"}
