"""What is paid and can't be delivered: told after a minute, paid back after fifteen."""

from datetime import datetime, timedelta

import pytest

from limosa.domain.catalog.models import PlanKind, ValidFrom
from limosa.domain.esims.models import Bundle, BundleState
from limosa.domain.ledger.queries import wallet_in
from limosa.domain.notifications.models import Notification
from limosa.domain.ordering.models import Order, OrderState, StartRule
from limosa.domain.ordering.operations.deliver_waiting_orders import deliver_waiting_orders
from limosa.domain.ordering.operations.push_refunds import push_refunds
from limosa.domain.ordering.queries import order_timeline
from limosa.domain.payments.models import Refund, RefundState
from limosa.foundation.money import Money
from limosa.foundation.volume import GB
from tests.database.ordering.shop import Shop
from tests.factories import MOMENT
from tests.factories.catalog import make_plan
from tests.factories.esims import make_bundle

pytestmark = pytest.mark.django_db


def after(seconds: float) -> datetime:
    return MOMENT + timedelta(seconds=seconds)


def state_of(order: Order) -> str:
    return Order.objects.get(pk=order.pk).state


def messages() -> list[str]:
    return list(Notification.objects.order_by("id").values_list("kind", flat=True))


def steps_of(order: Order, now: datetime) -> list[str]:
    steps = order_timeline(order=Order.objects.get(pk=order.pk), now=now)
    return [step.kind + ("" if step.happened_at else "?") for step in steps]


def test_a_paused_supplier_from_the_payment_to_the_money_back(shop: Shop) -> None:
    shop.pause()
    order = shop.place()
    shop.pay(order)
    assert state_of(order) == OrderState.PAID

    assert deliver_waiting_orders(now=after(59)) == 0
    assert messages() == []
    assert steps_of(order, after(59)) == ["placed", "paid", "credited?", "active?"]

    deliver_waiting_orders(now=after(60))
    deliver_waiting_orders(now=after(65))
    assert messages() == ["order_late"]
    assert steps_of(order, after(65)) == ["placed", "paid", "late", "credited?", "active?"]

    deliver_waiting_orders(now=after(899))
    assert state_of(order) == OrderState.PAID
    deliver_waiting_orders(now=after(900))
    assert state_of(order) == OrderState.REFUNDED
    assert steps_of(order, after(900)) == ["placed", "paid", "refunding", "refunded?"]
    assert Refund.objects.get().reason == "not_delivered"

    assert push_refunds(now=after(905)) == 1
    assert messages() == ["order_late", "order_refunded"]
    assert steps_of(order, after(905)) == ["placed", "paid", "refunding", "refunded"]
    assert shop.provider.statement() == {}
    assert not Bundle.objects.filter(order_number=order.number).exists()
    shop.check_books()
    assert deliver_waiting_orders(now=after(910)) == 0


def test_a_supplier_that_goes_on_in_time_delivers(shop: Shop) -> None:
    shop.pause()
    order = shop.place()
    shop.pay(order)
    deliver_waiting_orders(now=after(60))
    shop.pause(is_paused=False)
    deliver_waiting_orders(now=after(899))
    assert state_of(order) == OrderState.FULFILLED
    assert messages() == ["order_late", "payment_credited"]
    bundle = Bundle.objects.get(order_number=order.number)
    assert (bundle.state, bundle.starts_at) == (BundleState.QUEUED, shop.running.ends_at)
    shop.check_books()


def test_a_wallet_has_its_money_back_at_once(shop: Shop) -> None:
    shop.pause()
    order = shop.place()
    shop.pay_from_wallet(order)
    deliver_waiting_orders(now=after(900))
    assert Refund.objects.get().state == RefundState.SUCCEEDED
    wallet = wallet_in(subscriber_id=order.subscriber_id, currency="USD")
    assert wallet == Money(2500, "USD")
    shop.check_books()


def test_a_top_up_whose_bundle_has_ended_meanwhile_is_paid_back(shop: Shop) -> None:
    plan = make_plan(kind=PlanKind.TOP_UP, volume_bytes=5 * GB)
    order = shop.place(plan, rule=StartRule.NOW)
    Bundle.objects.update(state=BundleState.EXHAUSTED, ended_at=MOMENT)
    shop.pay(order)
    assert state_of(order) == OrderState.PAID
    deliver_waiting_orders(now=after(900))
    push_refunds(now=after(900))
    assert state_of(order) == OrderState.REFUNDED
    shop.check_books()


def test_each_person_who_waits_is_told_however_long_the_queue_is(shop: Shop) -> None:
    shop.pause()
    for _ in range(3):
        shop.pay(shop.place())
    for second in (60, 65, 70, 75):
        deliver_waiting_orders(now=after(second), most=1)
    assert messages() == ["order_late"] * 3


def test_a_bundle_that_is_delivered_late_ends_no_sooner_than_was_promised(shop: Shop) -> None:
    order = shop.place(rule=StartRule.NOW)
    # The payment comes late, when the month that begins now would end at the same midnight.
    shop.pay(order, after(1500))
    bundle = Bundle.objects.get(order_number=order.number)
    assert bundle.starts_at == after(1500)
    assert bundle.ends_at == order.quote.ends_at


def test_one_that_follows_keeps_its_promise_when_the_first_is_used_up_before_it_is_paid(
    shop: Shop,
) -> None:
    order = shop.place()
    Bundle.objects.update(state=BundleState.EXHAUSTED, ended_at=MOMENT)
    shop.pay(order)
    bundle = Bundle.objects.get(order_number=order.number)
    assert (bundle.state, bundle.starts_at) == (BundleState.ACTIVE, MOMENT)
    assert bundle.ends_at == order.quote.ends_at


def test_the_time_for_the_first_use_begins_when_the_bundles_before_it_are_over(shop: Shop) -> None:
    plan = make_plan(valid_from=ValidFrom.FIRST_USE, first_use_within_days=180)
    running_until = MOMENT + timedelta(days=300)
    Bundle.objects.update(ends_at=running_until)
    first, second = shop.place(plan), shop.place(plan)
    shop.pay(first)
    shop.pay(second)
    queued = list(Bundle.objects.filter(state=BundleState.QUEUED).order_by("id"))
    assert [bundle.ends_at for bundle in queued] == [None, None]
    last_moment = running_until + timedelta(days=180)
    assert queued[0].first_use_before == last_moment
    month_after = queued[0].validity
    assert month_after is not None
    first_end = month_after.end_of(last_moment, time_zone=shop.running.esim.time_zone)
    assert queued[1].first_use_before == first_end + timedelta(days=180)


def test_a_new_esim_has_its_time_for_the_first_use_from_the_purchase(shop: Shop) -> None:
    plan = make_plan(valid_from=ValidFrom.FIRST_USE, first_use_within_days=180)
    make_bundle()
    Bundle.objects.filter(pk=shop.running.pk).update(state=BundleState.EXPIRED, ended_at=MOMENT)
    shop.pay(shop.place(plan))
    queued = Bundle.objects.get(state=BundleState.QUEUED)
    assert queued.first_use_before == MOMENT + timedelta(days=180)
