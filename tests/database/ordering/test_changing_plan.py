"""A plan changed in the middle: what is left counts once, and the former plan makes way."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum

from limosa.domain.esims.engine.installation_life import InstallationState, ProfileReport
from limosa.domain.esims.models import Bundle, BundleState, Esim, EsimState
from limosa.domain.esims.operations.advance_bundles import advance_bundles
from limosa.domain.esims.operations.note_profile_report import note_profile_report
from limosa.domain.ledger.models import Posting
from limosa.domain.ledger.queries import balance_of
from limosa.domain.ordering.engine.plan_value import BRIDGE_BYTES, BRIDGE_TIME
from limosa.domain.ordering.margins import margins
from limosa.domain.ordering.models import Order, OrderState, PlanChange, Quote
from limosa.domain.ordering.operations.deliver_waiting_orders import deliver_waiting_orders
from limosa.domain.ordering.operations.end_replaced_plan import end_replaced_plan
from limosa.domain.ordering.operations.end_replaced_plans import end_replaced_plans
from limosa.domain.ordering.operations.place_change import ShownChange, place_change
from limosa.domain.ordering.operations.poll_due_payments import poll_due_payments
from limosa.domain.ordering.operations.push_refunds import push_refunds
from limosa.domain.ordering.operations.recognize_revenue import recognize_revenue
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.ordering.operations.supply_next_order import supply_next_order
from limosa.domain.ordering.plan_changes import NoValue, PlanLeft, moves_of, plan_left
from limosa.domain.ordering.refusals import (
    ChangeMovedError,
    OrderNotPayableError,
    PlanNotChangeableError,
    RefundNotAllowedError,
)
from limosa.domain.payments.models import Payment
from limosa.domain.payments.status_reports import DisputeOutcome
from limosa.foundation.volume import GB
from tests.database.ordering.shop import Shop
from tests.database.ordering.test_recognizing_revenue import use
from tests.factories import MOMENT
from tests.factories.bonuses import make_bonus, make_bonus_use
from tests.factories.catalog import make_carrier, make_plan, make_supplier
from tests.fakes.supplier import REFUSED_FOR_GOOD, FakeSupplier

pytestmark = pytest.mark.django_db
SOON = MOMENT + timedelta(hours=1)
PRICE_MINOR = 4500


@pytest.fixture
def former(shop: Shop) -> Order:
    """A month of 20 GB for 25.00 on an eSIM of its own, just paid."""
    order = shop.place(takes_new_esim=True)
    shop.pay(order)
    return Order.objects.get(pk=order.pk)


@pytest.fixture
def elsewhere() -> str:
    """A plan of another carrier for 45.00."""
    plan = make_plan(carrier=make_carrier("att"), prices={"USD": PRICE_MINOR})
    return str(plan.code)


@pytest.fixture
def here() -> str:
    """A larger plan of the same carrier for 45.00."""
    return str(make_plan(prices={"USD": PRICE_MINOR}).code)


def left_of(order: Order, now: datetime = SOON) -> PlanLeft:
    orders = Order.objects.select_related("quote", "subscriber", "esim")
    left = plan_left(orders.get(pk=order.pk), now=now)
    assert left is not None
    return left


def change(order: Order, plan_code: str, now: datetime = SOON) -> Order:
    """Place a change as the page shows it."""
    value_minor = left_of(order, now).value.total_minor
    shown = ShownChange(
        plan_code=plan_code, value_minor=value_minor, total_minor=PRICE_MINOR - value_minor
    )
    return place_change(replaced_number=order.number, shown=shown, now=now)


def changed(shop: Shop, order: Order, plan_code: str, now: datetime = SOON) -> Order:
    placed = change(order, plan_code, now)
    shop.pay(placed, now)
    return Order.objects.select_related("quote", "esim").get(pk=placed.pk)


def bundle_of(order: Order) -> Bundle:
    return Bundle.objects.select_related("esim").get(order_number=order.number)


def the_change() -> PlanChange:
    return PlanChange.objects.get()


def held() -> int:
    """Return what is deferred and earned together: all that was sold."""
    return -balance_of(code="deferred_revenue:USD") - balance_of(code="revenue:USD")


def test_the_rest_is_paid_and_a_new_esim_delivered_while_the_former_goes_on(
    shop: Shop, former: Order, elsewhere: str
) -> None:
    use(bundle_of(former), 5 * GB)
    value_minor = left_of(former).value.total_minor
    assert value_minor == 1875
    order = changed(shop, former, elsewhere)
    assert order.state == OrderState.FULFILLED
    assert (order.quote.value_minor, order.quote.total_minor) == (1875, PRICE_MINOR - 1875)
    assert balance_of(code="plan_changes:USD") == 0
    for one in (former, order):  # The journal knows of each what is still to be earned.
        legs = Posting.objects.filter(entry__order_number=one.number)
        deferred = legs.filter(account__kind="deferred_revenue").aggregate(sum=Sum("amount_minor"))
        sold = one.quote.total_minor - one.quote.tax_minor
        assert -deferred["sum"] == sold + moves_of(one).net_minor
    day = timedelta(days=1)
    rows = margins(since=MOMENT - day, until=MOMENT + day, rates_of=MOMENT.date())
    sums = {row.plan: row.sold.amount_minor for row in rows}
    assert sums[former.quote.plan_id] == 2500 - 169 - the_change().value.net_minor
    assert sum(sums.values()) == held()
    assert order.esim is not None
    assert order.esim.carrier_id == "att"
    bridged = bundle_of(former)
    assert (bridged.state, bridged.esim.state) == (BundleState.ACTIVE, EsimState.READY)
    assert (bridged.volume_bytes, bridged.ends_at) == (5 * GB + BRIDGE_BYTES, SOON + BRIDGE_TIME)
    shop.check_books()


def test_the_former_plan_ends_once_the_new_esim_is_installed(
    shop: Shop, former: Order, elsewhere: str
) -> None:
    order = changed(shop, former, elsewhere)
    assert end_replaced_plans(now=SOON) == 0
    assert order.esim is not None
    later = SOON + timedelta(minutes=5)
    report = ProfileReport(state=InstallationState.INSTALLED, happened_at=later)
    note_profile_report(iccid=order.esim.iccid, eid="", report=report, now=later)
    assert bundle_of(former).state == BundleState.ACTIVE
    assert end_replaced_plans(now=later) == 1
    assert (bundle_of(former).state, bundle_of(former).ends_at) == (BundleState.EXPIRED, later)
    assert end_replaced_plans(now=later) == 0
    shop.check_books()


def test_the_person_may_say_that_the_new_esim_works(
    shop: Shop, former: Order, elsewhere: str
) -> None:
    order = changed(shop, former, elsewhere)
    assert end_replaced_plan(order_number=order.number, now=SOON)
    assert bundle_of(former).state == BundleState.EXPIRED
    assert not end_replaced_plan(order_number=order.number, now=SOON)


def test_an_unlimited_plan_keeps_no_more_and_has_all_of_it_again_if_the_new_one_is_returned(
    shop: Shop, former: Order, elsewhere: str
) -> None:
    Bundle.objects.filter(order_number=former.number).update(volume_bytes=None)
    order = changed(shop, former, elsewhere)
    bundle = bundle_of(former)
    assert bundle.volume_bytes == bundle.used_bytes + BRIDGE_BYTES
    refund_order(order_number=order.number, reason="person", now=SOON)
    assert bundle_of(former).volume_bytes is None
    shop.check_books()


def test_it_ends_by_itself_after_three_days(shop: Shop, former: Order, elsewhere: str) -> None:
    changed(shop, former, elsewhere)
    later = SOON + BRIDGE_TIME
    advance_bundles(now=later)
    assert bundle_of(former).state == BundleState.EXPIRED
    assert end_replaced_plans(now=later) == 1
    assert the_change().ended_at == later


def test_on_the_same_esim_the_one_ends_as_the_other_begins(
    shop: Shop, former: Order, here: str
) -> None:
    order = changed(shop, former, here)
    assert order.esim_id == bundle_of(former).esim_id
    assert bundle_of(former).state == BundleState.EXPIRED
    assert (bundle_of(order).state, bundle_of(order).starts_at) == (BundleState.ACTIVE, SOON)
    assert the_change().ended_at == SOON
    shop.check_books()


def test_all_that_was_paid_is_earned_and_nothing_twice(
    shop: Shop, former: Order, elsewhere: str
) -> None:
    recognize_revenue(now=MOMENT + timedelta(days=10))
    at = MOMENT + timedelta(days=10, hours=1)
    use(bundle_of(former), 10 * GB)
    order = changed(shop, former, elsewhere, at)
    sold = held()
    end_replaced_plan(order_number=order.number, now=at)
    for day in range(11, 60, 8):
        recognize_revenue(now=MOMENT + timedelta(days=day, hours=2))
        assert held() == sold
        shop.check_books()
    assert balance_of(code="deferred_revenue:USD") == 0
    former.refresh_from_db()
    order.refresh_from_db()
    value = the_change().value
    assert former.recognized_minor == 2500 - 169 - value.net_minor
    assert order.recognized_minor == order.quote.total_minor - order.quote.tax_minor + (
        value.net_minor
    )


def test_a_change_of_a_change_counts_what_counted_before(
    shop: Shop, former: Order, elsewhere: str
) -> None:
    order = changed(shop, former, elsewhere)
    dear = make_plan(carrier=make_carrier("world"), prices={"USD": 9900})
    left = left_of(order)
    assert left.value.total_minor == PRICE_MINOR
    shown = ShownChange(
        plan_code=dear.code, value_minor=PRICE_MINOR, total_minor=9900 - PRICE_MINOR
    )
    third = place_change(replaced_number=order.number, shown=shown, now=SOON)
    shop.pay(third, SOON)
    for number in (order.number, third.number):
        end_replaced_plan(order_number=number, now=SOON)
    for day in range(1, 60, 12):
        recognize_revenue(now=SOON + timedelta(days=day))
    assert balance_of(code="deferred_revenue:USD") == 0
    shop.check_books()


def test_what_is_used_before_paying_does_not_lower_it_up_to_a_tenth(
    shop: Shop, former: Order, elsewhere: str
) -> None:
    order = change(former, elsewhere)
    use(bundle_of(former), 1 * GB)
    shop.pay(order, SOON)
    order.refresh_from_db()
    assert order.state == OrderState.FULFILLED
    assert order.quote.value_minor == the_change().value_minor
    shop.check_books()


def test_once_more_is_used_the_money_goes_back_and_nothing_changes(
    shop: Shop, former: Order, elsewhere: str
) -> None:
    order = change(former, elsewhere)
    payment = shop.start(order, now=SOON)
    use(bundle_of(former), 15 * GB)
    shop.take(shop.provider.message(shop.provider.pay(payment.number, at=SOON)), now=SOON)
    order.refresh_from_db()
    assert order.state == OrderState.PLACED
    paid = shop.read(payment)
    assert paid.refunded_minor == paid.received_minor > 0
    assert bundle_of(former).volume_bytes == 20 * GB
    with pytest.raises(OrderNotPayableError):
        shop.start(order, now=SOON)


def test_a_change_that_is_not_paid_is_forgotten_with_its_order(
    shop: Shop, former: Order, elsewhere: str
) -> None:
    change(former, elsewhere)
    poll_due_payments(now=SOON + timedelta(hours=3))
    assert the_change().state == "released"
    assert left_of(former).value.total_minor > 0
    shop.check_books()


def test_the_same_page_places_one_order_and_another_choice_takes_its_place(
    former: Order, elsewhere: str, here: str
) -> None:
    first = change(former, elsewhere)
    assert change(former, elsewhere) == first
    second = change(former, here)
    first.refresh_from_db()
    assert (first.state, second.state) == (OrderState.CANCELLED, OrderState.PLACED)
    assert PlanChange.objects.filter(state="held").get().order == second


def free(former: Order, **fields: Any) -> Order:
    """Change to a plan for 9.00, which costs less than what is left."""
    cheap = make_plan(prices={"USD": 900}, **fields)
    shown = ShownChange(plan_code=cheap.code, value_minor=900, total_minor=0)
    return place_change(replaced_number=former.number, shown=shown, now=SOON)


@pytest.mark.parametrize("carrier", ["att", "t-mobile"])
def test_where_nothing_is_left_to_pay_it_counts_at_once_and_the_rest_is_earned(
    shop: Shop, former: Order, carrier: str
) -> None:
    order = free(former, carrier=make_carrier(carrier))
    order = Order.objects.select_related("quote").get(pk=order.pk)
    assert (order.state, order.quote.total_minor) == (OrderState.FULFILLED, 0)
    assert not Payment.objects.filter(order_number=order.number).exists()
    end_replaced_plan(order_number=order.number, now=SOON)
    shop.check_books()
    with pytest.raises(RefundNotAllowedError):
        refund_order(order_number=order.number, reason="person", now=SOON)
    for day in range(1, 60, 12):
        recognize_revenue(now=SOON + timedelta(days=day))
        shop.check_books()
    assert balance_of(code="deferred_revenue:USD") == 0
    assert -balance_of(code="revenue:USD") == 2500 - 169


def test_for_a_change_that_costs_nothing_no_use_is_given_away(former: Order) -> None:
    left = left_of(former).value.total_minor
    same = make_plan(prices={"USD": left})
    shown = ShownChange(plan_code=same.code, value_minor=left, total_minor=0)
    use(bundle_of(former), 2 * GB)
    with pytest.raises(ChangeMovedError):
        place_change(replaced_number=former.number, shown=shown, now=SOON)


def test_a_change_for_nothing_that_is_not_delivered_leaves_everything_as_it_was(
    shop: Shop, former: Order, supplier: FakeSupplier
) -> None:
    supplier.script(REFUSED_FOR_GOOD)
    order = free(former, supplier=make_supplier("wholesale"), carrier=make_carrier("world"))
    assert supply_next_order(clock=lambda: SOON)
    deliver_waiting_orders(now=SOON)
    order.refresh_from_db()
    assert (order.state, the_change().state) == (OrderState.REFUNDED, "restored")
    assert bundle_of(former).volume_bytes == 20 * GB
    assert left_of(former).value.total_minor > 0
    shop.check_books()


@pytest.mark.parametrize(("value_minor", "total_minor"), [(2501, 1999), (2490, 2000), (0, 4500)])
def test_what_was_not_shown_is_not_sold(
    former: Order, elsewhere: str, value_minor: int, total_minor: int
) -> None:
    shown = ShownChange(plan_code=elsewhere, value_minor=value_minor, total_minor=total_minor)
    with pytest.raises(ChangeMovedError), transaction.atomic():
        place_change(replaced_number=former.number, shown=shown, now=SOON)
    assert not Quote.objects.filter(value_minor__gt=0).exists()


def test_a_changed_plan_can_be_neither_refunded_nor_changed_again(
    shop: Shop, former: Order, elsewhere: str
) -> None:
    changed(shop, former, elsewhere)
    for part_minor in (None, 100):
        with pytest.raises(RefundNotAllowedError), transaction.atomic():
            refund_order(
                order_number=former.number, reason="staff", now=SOON, part_minor=part_minor
            )
    assert left_of(former).why_not is NoValue.CHANGED
    shown = ShownChange(plan_code=elsewhere, value_minor=2000, total_minor=2500)
    with pytest.raises(PlanNotChangeableError), transaction.atomic():
        place_change(replaced_number=former.number, shown=shown, now=SOON)


def test_a_refunded_plan_counts_for_nothing(shop: Shop, former: Order, elsewhere: str) -> None:
    order = change(former, elsewhere)
    refund_order(order_number=former.number, reason="person", now=SOON)
    with pytest.raises(OrderNotPayableError):
        shop.start(order, now=SOON)


def test_what_went_back_in_part_does_not_count(shop: Shop, former: Order) -> None:
    refund_order(order_number=former.number, reason="staff", now=MOMENT, part_minor=8316)
    former.refresh_from_db()
    assert former.reversed_minor > 0
    assert left_of(former, MOMENT).value.total_minor == 2500 - former.reversed_minor


def test_returning_the_new_plan_gives_the_former_back_while_it_runs(
    shop: Shop, former: Order, elsewhere: str
) -> None:
    before = bundle_of(former)
    order = changed(shop, former, elsewhere)
    later = SOON + timedelta(days=1)
    recognize_revenue(now=later)
    refund_order(order_number=order.number, reason="person", now=later)
    after = bundle_of(former)
    assert (after.state, after.volume_bytes, after.ends_at) == (
        BundleState.ACTIVE,
        before.volume_bytes,
        before.ends_at,
    )
    assert the_change().state == "restored"
    assert left_of(former, later).value.total_minor > 0
    for day in range(2, 50, 12):
        recognize_revenue(now=SOON + timedelta(days=day))
        shop.check_books()
    former.refresh_from_db()
    assert former.recognized_minor == 2500 - 169


def test_once_the_former_plan_has_ended_only_what_was_paid_goes_back(
    shop: Shop, former: Order, elsewhere: str
) -> None:
    order = changed(shop, former, elsewhere)
    end_replaced_plan(order_number=order.number, now=SOON)
    refund_order(order_number=order.number, reason="person", now=SOON)
    payment = Payment.objects.get(order_number=order.number)
    assert payment.refunded_minor == payment.received_minor > 0
    assert bundle_of(former).state == BundleState.EXPIRED
    recognize_revenue(now=SOON + timedelta(days=1))
    former.refresh_from_db()
    assert former.recognized_minor == 2500 - 169
    assert balance_of(code="deferred_revenue:USD") == 0
    shop.check_books()


def wholesale_plan() -> str:
    plan = make_plan(
        supplier=make_supplier("wholesale"),
        carrier=make_carrier("world"),
        prices={"USD": PRICE_MINOR},
    )
    return str(plan.code)


def test_the_former_plan_is_whole_until_a_supplier_has_delivered(
    shop: Shop, former: Order, supplier: FakeSupplier
) -> None:
    order = changed(shop, former, wholesale_plan())
    assert (order.state, the_change().state) == (OrderState.PAID, "counted")
    assert bundle_of(former).volume_bytes == 20 * GB
    assert end_replaced_plans(now=SOON) == 0
    assert supply_next_order(clock=lambda: SOON)
    order.refresh_from_db()
    assert order.state == OrderState.FULFILLED
    assert bundle_of(former).volume_bytes == BRIDGE_BYTES
    assert supplier.calls(order.number) == ["order"]
    shop.check_books()


def test_what_no_supplier_delivers_leaves_everything_as_it_was(
    shop: Shop, former: Order, supplier: FakeSupplier
) -> None:
    before = bundle_of(former)
    supplier.script(REFUSED_FOR_GOOD)
    order = changed(shop, former, wholesale_plan())
    assert supply_next_order(clock=lambda: SOON)
    deliver_waiting_orders(now=SOON)
    push_refunds(now=SOON)
    order.refresh_from_db()
    assert (order.state, the_change().state) == (OrderState.REFUNDED, "restored")
    after = bundle_of(former)
    assert (after.state, after.volume_bytes, after.ends_at) == (
        before.state,
        before.volume_bytes,
        before.ends_at,
    )
    assert left_of(former).value.total_minor > 0
    shop.check_books()


def test_what_a_carrier_does_not_let_us_end_does_not_count(
    shop: Shop, former: Order, supplier: FakeSupplier
) -> None:
    Esim.objects.filter(orders=former).update(supplier=make_supplier("wholesale"))
    assert left_of(former).why_not is NoValue.BY_CARRIER


def test_what_a_bonus_paid_does_not_count(shop: Shop, former: Order) -> None:
    number = Payment.objects.get(order_number=former.number).number
    Payment.objects.filter(number=number).update(provider="wallet")
    bonus = make_bonus(left_minor=0, used_minor=500)
    make_bonus_use(bonus=bonus, payment_number=number)
    assert left_of(former, MOMENT).value.total_minor == 2000


def dispute(shop: Shop, order: Order, outcome: DisputeOutcome) -> None:
    number = Payment.objects.get(order_number=order.number).number
    shop.take(shop.provider.message(shop.provider.dispute(number, outcome)))


def test_while_the_former_payment_is_disputed_the_new_plan_waits(
    shop: Shop, former: Order, elsewhere: str
) -> None:
    order = changed(shop, former, elsewhere)
    dispute(shop, former, DisputeOutcome.OPEN)
    assert bundle_of(order).suspended_at is not None
    dispute(shop, former, DisputeOutcome.WON)
    assert bundle_of(order).suspended_at is None
    shop.check_books()


def test_a_former_payment_that_is_lost_takes_the_new_plan_with_it(
    shop: Shop, former: Order, elsewhere: str
) -> None:
    use(bundle_of(former), 10 * GB)
    order = changed(shop, former, elsewhere)
    end_replaced_plan(order_number=order.number, now=SOON)
    recognize_revenue(now=SOON)
    dispute(shop, former, DisputeOutcome.LOST)
    former.refresh_from_db()
    assert former.reversed_minor in {1249, 1250}  # What did not count is reversed; the rest is
    assert balance_of(code="losses:CNY") > 0  # a loss.
    assert former.recognized_minor == 0
    assert bundle_of(order).state == BundleState.REFUNDED
    for day in range(1, 40, 12):
        recognize_revenue(now=SOON + timedelta(days=day))
    assert balance_of(code="deferred_revenue:USD") in {0, 1}


def test_the_database_counts_a_plan_once(shop: Shop, former: Order, elsewhere: str) -> None:
    changed(shop, former, elsewhere)
    other = shop.place()
    with pytest.raises(IntegrityError, match="plan_change_counts_once"), transaction.atomic():
        PlanChange.objects.create(
            order=other,
            replaced=former,
            state="held",
            value_minor=1,
            value_tax_minor=0,
            made_at=SOON,
        )
