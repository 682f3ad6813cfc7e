"""A plan that several suppliers sell to us: the next is asked where one refuses, and never two."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from pytest_django.fixtures import Settings

from limosa.domain.catalog.models import Plan, PlanSource, Supplier
from limosa.domain.connectivity.capabilities import Capabilities, Renewal
from limosa.domain.connectivity.models import Supply
from limosa.domain.connectivity.supplies import what_was_delivered
from limosa.domain.esims.models import Bundle, Esim
from limosa.domain.ledger.models import JournalEntry, Posting
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.ordering.operations.apply_supply_answer import apply_supply_answer
from limosa.domain.ordering.operations.book_supply_cost import book_supply_cost
from limosa.domain.ordering.operations.book_supply_credit import book_supply_credit
from limosa.domain.ordering.operations.deliver_waiting_orders import deliver_waiting_orders
from limosa.domain.ordering.operations.receive_supplier_callback import receive_supplier_callback
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.ordering.operations.supply_next_order import supply_next_order
from limosa.foundation.money import Money
from tests.database.ordering.shop import Shop
from tests.factories import MOMENT
from tests.factories.catalog import make_plan, make_supplier
from tests.factories.wholesale import listed, make_sheet
from tests.fakes.supplier import (
    BUSY,
    EVERYTHING,
    LOST_BEFORE,
    OUT_OF_STOCK,
    PENDING,
    REFUSED_FOR_GOOD,
    FakeSupplier,
)
from tests.fakes.wholesale import wholesale_in

pytestmark = pytest.mark.django_db
FIRST, SECOND = "wholesale", "other"


@pytest.fixture
def second(supplier: FakeSupplier, settings: Settings) -> Iterator[FakeSupplier]:
    """Another supplier, beside `wholesale`."""
    with wholesale_in(settings, code=SECOND) as fake:
        yield fake


@pytest.fixture
def first(second: FakeSupplier) -> FakeSupplier:
    """The supplier `wholesale`: the registry forgot it when the second one came."""
    from limosa.domain.connectivity.registry import adapter_for  # noqa: PLC0415

    adapter = adapter_for(FIRST)
    assert isinstance(adapter, FakeSupplier)
    return adapter


def after(seconds: float) -> datetime:
    return MOMENT + timedelta(seconds=seconds)


def sold_by_both(**fields: Any) -> Plan:
    plan = make_plan(supplier=make_supplier(FIRST), **fields)
    for position, (code, cost) in enumerate({FIRST: 810, SECOND: 790}.items()):
        PlanSource.objects.create(
            plan=plan,
            supplier=make_supplier(code),
            position=position,
            code=f"{code}-new",
            renewal_code=f"{code}-more",
            cost_minor=cost,
            cost_currency="USD",
        )
    return plan


def bought(shop: Shop) -> Order:
    """Return a paid order of a new eSIM."""
    order = shop.place(sold_by_both(), takes_new_esim=True)
    shop.pay(order)
    return Order.objects.get(pk=order.pk)


def work(seconds: float = 0) -> None:
    """Have a worker take what is due at a moment."""
    for _ in range(20):
        if not supply_next_order(clock=lambda: after(seconds)):
            return


def states(order: Order) -> dict[str, str]:
    rows = Supply.objects.filter(order_number=order.number)
    return dict(rows.values_list("supplier_id", "state"))


def state_of(order: Order) -> str:
    return Order.objects.get(pk=order.pk).state


def cost_of_sales() -> dict[str, int]:
    """Return what is booked by supplier, in minor units."""
    found: dict[str, int] = {}
    for posting in Posting.objects.filter(account__kind="supplier").select_related("account"):
        owner = posting.account.code.split(":")[1]
        found[owner] = found.get(owner, 0) - posting.amount_minor
    return found


def test_the_first_supplier_is_asked_by_its_own_code(shop: Shop, first: FakeSupplier) -> None:
    order = bought(shop)
    work()
    assert states(order) == {FIRST: "delivered"}
    assert Supply.objects.get().plan_code == f"{FIRST}-new"
    assert cost_of_sales() == {FIRST: 810}


@pytest.mark.parametrize("refusal", [OUT_OF_STOCK, REFUSED_FOR_GOOD])
def test_what_one_refuses_the_next_delivers(
    shop: Shop, first: FakeSupplier, second: FakeSupplier, refusal: str
) -> None:
    first.script(refusal)
    order = bought(shop)
    work()
    assert states(order) == {FIRST: "refused", SECOND: "delivered"}
    assert state_of(order) == OrderState.FULFILLED
    assert Bundle.objects.get(order_number=order.number).esim.supplier_id == SECOND
    assert cost_of_sales() == {SECOND: 790}
    shop.check_books()


def test_one_that_is_busy_is_waited_for_a_minute(
    shop: Shop, first: FakeSupplier, second: FakeSupplier
) -> None:
    first.script(*[BUSY] * 20)
    order = bought(shop)
    for seconds in (0, 5, 15, 35):
        work(seconds)
        assert states(order) == {FIRST: "due"}
    work(80)
    assert states(order) == {FIRST: "refused", SECOND: "delivered"}


def test_what_a_paused_one_was_not_asked_for_the_next_delivers(
    shop: Shop, first: FakeSupplier, second: FakeSupplier
) -> None:
    order = bought(shop)
    Supplier.objects.filter(code=FIRST).update(is_paused=True)
    work()
    assert states(order) == {FIRST: "refused", SECOND: "delivered"}
    assert first.orders_of(order.number) == []


def test_a_paused_one_is_passed_over_at_once(
    shop: Shop, first: FakeSupplier, second: FakeSupplier
) -> None:
    plan = sold_by_both()
    Supplier.objects.filter(code=FIRST).update(is_paused=True)
    order = shop.place(plan, takes_new_esim=True)
    shop.pay(order)
    work()
    assert states(order) == {SECOND: "delivered"}


def test_where_all_are_paused_it_waits_and_goes_back(
    shop: Shop, first: FakeSupplier, second: FakeSupplier
) -> None:
    Supplier.objects.update(is_paused=True)
    order = bought(shop)
    Supplier.objects.update(is_paused=True)
    work()
    assert list(states(order).values()) == ["due"]
    deliver_waiting_orders(now=after(900))
    assert state_of(order) == OrderState.REFUNDED
    assert first.orders_of(order.number) == second.orders_of(order.number) == []
    shop.check_books()


def test_nobody_else_is_asked_while_one_may_have_ordered(
    shop: Shop, first: FakeSupplier, second: FakeSupplier
) -> None:
    first.capabilities = Capabilities()
    first.script(LOST_BEFORE)
    order = bought(shop)
    for seconds in (0, 100, 500):
        work(seconds)
    assert states(order) == {FIRST: "unclear"}
    assert second.orders_of(order.number) == []


def test_what_all_refuse_goes_back(shop: Shop, first: FakeSupplier, second: FakeSupplier) -> None:
    first.script(OUT_OF_STOCK)
    second.script(OUT_OF_STOCK)
    order = bought(shop)
    work()
    assert states(order) == {FIRST: "refused", SECOND: "refused"}
    deliver_waiting_orders(now=after(5))
    assert state_of(order) == OrderState.REFUNDED
    assert cost_of_sales() == {}
    shop.check_books()


def test_one_that_delivers_after_it_refused_is_cancelled_and_credited(
    shop: Shop, first: FakeSupplier, second: FakeSupplier
) -> None:
    first.script(PENDING)
    second.script(PENDING)
    order = bought(shop)
    work()
    first.fail(order.number)
    work(5)
    assert states(order) == {FIRST: "refused", SECOND: "pending"}
    first._change(order.number, "failed", "delivered")
    message = first.message(order.number)
    receive_supplier_callback(
        supplier_code=FIRST, headers=message.headers, body=message.body, now=after(6)
    )
    assert states(order) == {FIRST: "cancelling", SECOND: "pending"}
    second.deliver(order.number)
    work(20)
    assert states(order) == {FIRST: "cancelled", SECOND: "delivered"}
    assert cost_of_sales() == {FIRST: 0, SECOND: 790}
    assert Bundle.objects.filter(order_number=order.number).count() == 1
    shop.check_books()


def test_a_refunded_order_is_cancelled_at_its_supplier_and_credited(
    shop: Shop, first: FakeSupplier
) -> None:
    order = bought(shop)
    work()
    refund_order(order_number=order.number, reason="unused", now=after(10))
    work(11)
    assert states(order) == {FIRST: "cancelled"}
    assert cost_of_sales() == {FIRST: 0}
    kinds = JournalEntry.objects.filter(order_number=order.number).values_list("kind", flat=True)
    assert {"supply_cost", "supply_credit"} <= set(kinds)
    shop.check_books()


def test_a_cancelled_one_that_comes_again_at_another_cost_is_booked_once(
    shop: Shop, first: FakeSupplier
) -> None:
    order = bought(shop)
    work()
    refund_order(order_number=order.number, reason="unused", now=after(10))
    work(11)
    again = replace(what_was_delivered(Supply.objects.get()), cost=Money(900, "USD"))
    said = apply_supply_answer(
        order_number=order.number, supplier_code=FIRST, answer=again, now=after(12)
    )
    assert said == "cancelling"
    work(13)
    assert states(order) == {FIRST: "cancelled"}
    assert cost_of_sales() == {FIRST: 0}
    shop.check_books()


def test_a_cost_is_booked_once_and_what_was_booked_is_credited_once(
    shop: Shop, first: FakeSupplier
) -> None:
    order = bought(shop)
    work()
    supply = Supply.objects.get()
    assert not book_supply_cost(supply=supply, now=after(1))
    supply.cost_minor = 900
    assert not book_supply_cost(supply=supply, now=after(2))
    assert cost_of_sales() == {FIRST: 810}
    assert book_supply_credit(supply=supply, now=after(3))
    assert not book_supply_credit(supply=supply, now=after(4))
    assert cost_of_sales() == {FIRST: 0}
    assert state_of(order) == OrderState.FULFILLED


def test_a_renewal_is_ordered_where_its_esim_came_from(
    shop: Shop, first: FakeSupplier, second: FakeSupplier
) -> None:
    plan = sold_by_both()
    Esim.objects.filter(pk=shop.running.esim_id).update(
        supplier=SECOND, supplier_reference="theirs", supplier_order_reference="order-1"
    )
    order = shop.place(plan)
    shop.pay(order)
    work()
    assert states(order) == {SECOND: "delivered"}
    row = Supply.objects.get()
    assert (row.plan_code, row.renewed_reference) == (f"{SECOND}-more", "theirs")


def test_a_renewal_is_sent_with_what_the_list_says_of_its_own_code(
    shop: Shop, first: FakeSupplier, second: FakeSupplier
) -> None:
    plan = sold_by_both()
    Esim.objects.filter(pk=shop.running.esim_id).update(supplier=SECOND)
    make_sheet(listed(f"{SECOND}-more", cost=850), supplier=SECOND)
    shop.pay(shop.place(plan))
    assert Supply.objects.get().cost_minor == 850


def test_where_its_supplier_refuses_a_renewal_nobody_else_is_asked(
    shop: Shop, first: FakeSupplier, second: FakeSupplier
) -> None:
    second.script(OUT_OF_STOCK)
    plan = sold_by_both()
    Esim.objects.filter(pk=shop.running.esim_id).update(supplier=SECOND)
    order = shop.place(plan)
    shop.pay(order)
    work()
    deliver_waiting_orders(now=after(5))
    assert states(order) == {SECOND: "refused"}
    assert state_of(order) == OrderState.REFUNDED


def test_a_renewal_without_a_code_is_a_new_esim(
    shop: Shop, first: FakeSupplier, second: FakeSupplier
) -> None:
    second.capabilities = Capabilities(renewal=Renewal.NEW_ESIM)
    plan = sold_by_both()
    PlanSource.objects.update(renewal_code="")
    Esim.objects.filter(pk=shop.running.esim_id).update(supplier=SECOND)
    order = shop.place(plan)
    shop.pay(order)
    work()
    row = Supply.objects.get()
    assert (row.plan_code, row.renewed_iccid, row.state) == (f"{SECOND}-new", "", "delivered")
    assert Bundle.objects.get(order_number=order.number).esim_id != shop.running.esim_id


def test_the_database_holds_one_living_supply_of_an_order(shop: Shop, first: FakeSupplier) -> None:
    order = bought(shop)
    with pytest.raises(IntegrityError, match="supply_one_at_a_time"), transaction.atomic():
        Supply.objects.create(
            order_number=order.number,
            supplier_id=SECOND,
            plan_code="x",
            created_at=MOMENT,
            next_at=MOMENT,
        )


def test_an_iccid_may_come_again_with_the_suppliers_own_id(shop: Shop, first: FakeSupplier) -> None:
    assert first.capabilities == EVERYTHING
    order = bought(shop)
    work()
    esim = Bundle.objects.get(order_number=order.number).esim
    again = Esim.objects.get(pk=esim.pk)
    again.pk, again.public_id, again.supplier_reference = None, "AGAIN", "another"
    again.save()
    with pytest.raises(IntegrityError, match="esim_once_per_iccid"), transaction.atomic():
        Esim.objects.create(
            public_id="TWICE",
            subscriber_id=esim.subscriber_id,
            supplier_id=FIRST,
            carrier_id=esim.carrier_id,
            iccid=esim.iccid,
            activation_code="LPA:1$a$b",
            supplier_reference="another",
            created_at=MOMENT,
        )
