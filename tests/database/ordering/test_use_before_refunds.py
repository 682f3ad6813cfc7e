"""Before money goes back for what was not used, the supplier that counts the use is asked."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

import pytest

from limosa.domain.charging.models import CallAllowance, UsageReading, UsageWatch
from limosa.domain.connectivity.answers import SupplierEsim, SupplierUsage
from limosa.domain.esims.models import Bundle, Esim
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.ordering.operations.count_use_now import count_use_now
from limosa.domain.ordering.operations.return_order import return_order
from limosa.domain.ordering.operations.supply_next_order import supply_next_order
from limosa.domain.ordering.refusals import RefundNotAllowedError, UseNotKnownError
from limosa.domain.ordering.use_counts import UseCount, UseKnown
from limosa.domain.payments.calling import ProviderSlowError, call_directly
from limosa.domain.payments.models import Refund
from limosa.foundation.volume import GB, MB
from tests.database.ordering.shop import Shop
from tests.factories import MOMENT
from tests.factories.catalog import make_plan, make_supplier
from tests.fakes.supplier import LOST_BEFORE, FakeSupplier

pytestmark = pytest.mark.django_db
LATER = MOMENT + timedelta(hours=1)
_Answer = TypeVar("_Answer")


def bought(shop: Shop) -> Order:
    order = shop.place()
    shop.pay(order)
    return order


@pytest.fixture
def order(shop: Shop, supplier: FakeSupplier) -> Order:
    """A new eSIM that the supplier has delivered, and counts."""
    del supplier
    placed = shop.place(make_plan(supplier=make_supplier("wholesale")), takes_new_esim=True)
    shop.pay(placed)
    work()
    return Order.objects.get(pk=placed.pk)


def work() -> None:
    while supply_next_order(clock=lambda: LATER):
        pass


def bundle_of(order: Order) -> Bundle:
    return Bundle.objects.get(order_number=order.number)


def says(fake: FakeSupplier, used_bytes: int | None, *, at: datetime = MOMENT) -> None:
    iccid = Esim.objects.get(supplier="wholesale").iccid
    fake.usages[iccid] = SupplierUsage(
        esim=SupplierEsim(iccid=iccid), as_of=at, used_bytes=used_bytes
    )


def give_back(order: Order) -> None:
    return_order(order_number=order.number, caller=call_directly, now=LATER)
    work()


def count(order: Order, caller: Any = call_directly) -> UseCount:
    return count_use_now(order_number=order.number, caller=caller, now=LATER)


def state(order: Order) -> str:
    return Order.objects.get(pk=order.pk).state


def test_what_was_used_since_the_last_count_is_not_refunded(
    order: Order, supplier: FakeSupplier
) -> None:
    says(supplier, 5 * MB)
    with pytest.raises(RefundNotAllowedError):
        give_back(order)
    assert state(order) == OrderState.FULFILLED
    assert bundle_of(order).used_bytes == 5 * MB
    assert UsageReading.objects.get().used_bytes == 5 * MB


def test_what_the_supplier_counts_as_unused_is_refunded(
    order: Order, supplier: FakeSupplier
) -> None:
    says(supplier, 0)
    give_back(order)
    assert state(order) == OrderState.REFUNDED
    assert UsageReading.objects.get().used_bytes == 0


@pytest.mark.parametrize("why", ["no answer", "rests", "nonsense"])
def test_without_a_clear_answer_nothing_is_refunded(
    order: Order, supplier: FakeSupplier, why: str
) -> None:
    says(supplier, 0)
    if why == "no answer":
        supplier.script(LOST_BEFORE)
    elif why == "rests":
        CallAllowance.objects.create(
            supplier_id="wholesale", free_at=MOMENT, rests_until=LATER + timedelta(seconds=1)
        )
    else:
        says(supplier, 900 * GB)
    with pytest.raises(UseNotKnownError):
        give_back(order)
    assert state(order) == OrderState.FULFILLED
    assert not Refund.objects.exists()
    expected = UseKnown.IN_DOUBT if why == "nonsense" else UseKnown.NO_ANSWER
    supplier.script(*[LOST_BEFORE] * (why == "no answer"))
    assert count(order).known is expected


def test_the_decision_says_how_old_a_count_can_be(order: Order, supplier: FakeSupplier) -> None:
    assert count(order).as_of is not None
    says(supplier, 4 * MB, at=LATER)
    assert count(order) == UseCount(known=UseKnown.COUNTED, as_of=LATER, may_lag=timedelta(hours=3))
    supplier.script(LOST_BEFORE)
    unanswered = count(order)
    assert (unanswered.known, unanswered.as_of) == (UseKnown.NO_ANSWER, LATER)
    assert not unanswered.is_clear


def test_a_plan_that_its_supplier_does_not_count_goes_by_what_is_known(
    order: Order, supplier: FakeSupplier
) -> None:
    says(supplier, None)
    assert count(order).known is UseKnown.UNTOLD
    give_back(order)
    assert state(order) == OrderState.REFUNDED


def test_who_counts_by_our_own_records_is_not_asked(shop: Shop, supplier: FakeSupplier) -> None:
    order = bought(shop)
    assert count(order) == UseCount(known=UseKnown.OURS)
    Esim.objects.update(supplier=make_supplier("wholesale"))
    supplier.capabilities = replace(supplier.capabilities, usage_unit=None)
    assert count(order) == UseCount(known=UseKnown.OURS)
    assert supplier._rows("SELECT * FROM called WHERE call = 'usage'") == []


def test_an_answer_that_comes_too_late_is_kept(order: Order, supplier: FakeSupplier) -> None:
    says(supplier, 5 * MB)

    def slow(
        _: str, ask: Callable[[], _Answer], *, late: Callable[[_Answer], None] | None = None
    ) -> _Answer:
        answer = ask()
        assert late is not None
        late(answer)
        raise ProviderSlowError

    assert count(order, slow).known is UseKnown.NO_ANSWER
    assert bundle_of(order).used_bytes == 5 * MB
    assert UsageWatch.objects.get().as_of == MOMENT
