"""Deferred revenue becomes revenue as days pass or data is used, and comes back with a refund."""

from datetime import datetime, timedelta

import pytest

from limosa.domain.esims.models import Bundle, BundleState
from limosa.domain.ledger.queries import balance_of
from limosa.domain.ordering.models import Order, StartRule
from limosa.domain.ordering.operations.push_refunds import push_refunds
from limosa.domain.ordering.operations.recognize_revenue import recognize_revenue
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.foundation.volume import GB
from tests.database.ordering.shop import Shop
from tests.factories import MOMENT
from tests.factories.charging import make_usage_record

pytestmark = pytest.mark.django_db
NET_MINOR = 2500 - 169


def days(number: float) -> datetime:
    return MOMENT + timedelta(days=number)


def revenue() -> int:
    return -balance_of(code="revenue:USD")


def bought(shop: Shop, rule: StartRule = StartRule.NOW) -> Bundle:
    order = shop.place(rule=rule)
    shop.pay(order)
    return Bundle.objects.get(order_number=order.number)


def use(bundle: Bundle, used_bytes: int) -> None:
    """Have a bundle used, as a row and its record."""
    record = make_usage_record(esim=bundle.esim, downlink_bytes=used_bytes, uplink_bytes=0)
    record.deductions.create(bundle=bundle, deducted_bytes=used_bytes)
    Bundle.objects.filter(pk=bundle.pk).update(used_bytes=used_bytes)


def test_all_of_it_is_earned_day_by_day_and_never_twice(shop: Shop) -> None:
    bundle = bought(shop)
    assert bundle.ends_at is not None
    seen = [revenue()]
    for day in range(40):
        recognize_revenue(now=days(day + 0.5))
        recognize_revenue(now=days(day + 0.5))
        seen.append(revenue())
        shop.check_books()
    assert seen == sorted(seen)
    assert (seen[1], seen[-1]) == (0, NET_MINOR)
    whole = bundle.ends_at - MOMENT
    assert seen[11] == NET_MINOR * int((days(10.5) - MOMENT).total_seconds()) // int(
        whole.total_seconds()
    )
    assert Order.objects.get().next_recognition_at is None
    assert recognize_revenue(now=days(100)) == 0


def test_days_that_were_missed_are_made_up(shop: Shop) -> None:
    bought(shop)
    recognize_revenue(now=days(1))
    recognize_revenue(now=days(60))
    assert revenue() == NET_MINOR
    shop.check_books()


def test_what_was_used_counts_where_it_is_more(shop: Shop) -> None:
    use(bought(shop), 15 * GB)
    recognize_revenue(now=days(1))
    assert revenue() == NET_MINOR * 3 // 4
    shop.check_books()


def test_one_that_waits_in_the_queue_has_earned_nothing(shop: Shop) -> None:
    bought(shop, StartRule.AFTER_CURRENT)
    recognize_revenue(now=days(10))
    assert revenue() == 0
    shop.check_books()


def test_one_that_is_used_up_has_earned_all(shop: Shop) -> None:
    bundle = bought(shop)
    use(bundle, 20 * GB)
    Bundle.objects.filter(pk=bundle.pk).update(state=BundleState.EXHAUSTED, ended_at=days(0.5))
    recognize_revenue(now=days(1))
    assert revenue() == NET_MINOR
    shop.check_books()


def test_what_was_earned_of_an_unused_bundle_is_given_back_too(shop: Shop) -> None:
    bundle = bought(shop)
    recognize_revenue(now=days(10))
    assert revenue() > 0
    refund_order(order_number=bundle.order_number, reason="asked", now=days(10))
    assert revenue() == 0
    push_refunds(now=days(10))
    assert recognize_revenue(now=days(11)) == 0
    assert shop.provider.statement() == {}
    shop.check_books()


def test_a_round_takes_so_many(shop: Shop) -> None:
    for _ in range(3):
        bought(shop)
    assert [recognize_revenue(now=days(1), most=2) for _ in range(3)] == [2, 1, 0]
