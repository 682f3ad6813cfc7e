"""A worker that dies at any step of ordering at a supplier: one bundle comes of it, or a refund.

A step is a boundary of the work: before each SQL statement, before and after each commit, before
and after the call. They are counted, not listed. tests/scenario/crashes does the same to a process.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from operator import add
from typing import Any

import pytest
from django.db import connection

from limosa.domain.connectivity.capabilities import Cancel, Capabilities, Idempotency
from limosa.domain.connectivity.models import Supply
from limosa.domain.esims.models import Bundle
from limosa.domain.notifications.models import Notification
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.ordering.operations.push_refunds import push_refunds
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.ordering.operations.supply_next_order import supply_next_order
from tests.books import check_books
from tests.concurrency.ordering.test_supply_races import paid
from tests.factories import MOMENT
from tests.factories.catalog import make_plan, make_supplier
from tests.factories.connectivity import make_supply
from tests.factories.ordering import make_order
from tests.factories.payments import make_payment
from tests.fakes.provider import FakeProvider
from tests.fakes.supplier import FakeSupplier

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
STEPS_MAX = 60


class Death(BaseException):
    """The process is gone: nobody catches this."""


class Steps:
    """Counts the boundaries, and dies at the one that is named; 0: at none."""

    def __init__(self, dies_at: int = 0) -> None:
        self.count = 0
        self._dies_at = dies_at

    def boundary(self, *_: object) -> None:
        self.count += 1
        if self.count == self._dies_at:
            raise Death

    def statement(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        self.boundary()
        return execute(*arguments)

    @contextmanager
    def watch(self, supplier: FakeSupplier) -> Iterator[None]:
        commit, ask = connection.commit, supplier._begin

        def watched_commit() -> None:
            self.boundary()
            commit()
            self.boundary()

        def watched_ask(call: str, number: str) -> str:
            self.boundary()
            return ask(call, number)

        patched = vars(connection), vars(supplier)
        patched[0]["commit"], patched[1]["_begin"] = watched_commit, watched_ask
        supplier.during_order = self.boundary
        try:
            with connection.execute_wrapper(self.statement):
                yield
        finally:
            del patched[0]["commit"], patched[1]["_begin"]
            supplier.during_order = None


def work(supplier: FakeSupplier, *, at: datetime, dies_at: int = 0) -> int:
    """Have a worker take an order; return how many steps that were."""
    steps = Steps(dies_at)
    try:
        with steps.watch(supplier):
            supply_next_order(clock=lambda: at)
    except Death:
        connection.close()  # The server rolls back what was open.
    return steps.count


def due() -> Order:
    """Return a paid order, by its rows: what came before is tested elsewhere."""
    plan = make_plan(supplier=make_supplier("wholesale"))
    order = make_order(state=OrderState.PAID, plan=plan)
    make_payment(order=order, state="succeeded")
    make_supply(
        order_number=order.number,
        state="due",
        asked_at=None,
        created_at=MOMENT,
        attempts=0,
        renewed_iccid=order.esim.iccid if order.esim else "",
    )
    return order


def recover(at: datetime) -> None:
    """Have others go on, after every lease has ended."""
    for minute in (2, 4, 6):
        while supply_next_order(clock=partial(add, at, timedelta(minutes=minute))):
            pass


@pytest.mark.parametrize("idempotency", [Idempotency.SAME_ORDER, Idempotency.NONE])
def test_a_worker_may_die_at_any_step_of_ordering(
    supplier: FakeSupplier, idempotency: Idempotency
) -> None:
    supplier.capabilities = Capabilities(idempotency=idempotency, cancel=Cancel.AT_ONCE)
    due()
    count = work(supplier, at=MOMENT)
    assert 12 <= count <= STEPS_MAX
    unclear = 0
    for step in range(1, count + 1):
        order = due()
        work(supplier, at=MOMENT, dies_at=step)
        recover(MOMENT)
        there = len(supplier.orders_of(order.number))
        if Supply.objects.get(order_number=order.number).state == "unclear":
            assert idempotency is Idempotency.NONE
            assert there <= 1
            unclear += 1
            continue
        assert there == 1
        assert Order.objects.get(pk=order.pk).state == OrderState.FULFILLED
        assert Bundle.objects.filter(order_number=order.number).count() == 1
        assert Notification.objects.filter(key=f"credited:{order.number}").count() == 1
    assert (unclear > 0) is (idempotency is Idempotency.NONE)


def test_a_worker_may_die_at_any_step_of_cancelling(
    provider: FakeProvider, supplier: FakeSupplier
) -> None:
    def refunded() -> Order:
        order = paid(provider)
        while supply_next_order(clock=lambda: MOMENT):
            pass
        refund_order(order_number=order.number, reason="asked", now=MOMENT)
        return order

    refunded()
    count = work(supplier, at=MOMENT)
    assert 6 <= count <= STEPS_MAX
    for step in range(1, count + 1):
        order = refunded()
        work(supplier, at=MOMENT, dies_at=step)
        recover(MOMENT)
        assert Supply.objects.get(order_number=order.number).state == "cancelled"
        assert [one.state for one in supplier.orders_of(order.number)] == ["cancelled"]
    push_refunds(now=MOMENT, most=100)
    check_books(statements={"fake": provider.statement()})


def test_the_counting_can_fail(provider: FakeProvider, supplier: FakeSupplier) -> None:
    """The control: without the `asked` before the call, a death at it is an order too many."""
    supplier.capabilities = Capabilities(idempotency=Idempotency.NONE)
    order = paid(provider)
    supplier.during_order = Steps(dies_at=1).boundary
    with pytest.raises(Death):
        supply_next_order(clock=lambda: MOMENT)
    supplier.during_order = None
    Supply.objects.update(state="due", asked_at=None)  # As if nothing had been committed before.
    recover(MOMENT)
    assert len(supplier.orders_of(order.number)) == 2
