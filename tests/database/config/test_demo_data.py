"""The demo's people: what they show, and that every book about them agrees."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import F, Sum

from limosa.config import demo_data
from limosa.domain.accounts.models import Subscriber
from limosa.domain.charging.models import DailyUsage, UsageDeduction, UsageRecord
from limosa.domain.esims.models import Bundle, BundleState, Esim
from limosa.domain.esims.queries import home_esims
from limosa.domain.ledger.models import Account, JournalEntry, Posting
from limosa.domain.ledger.queries import trial_balance, wallet_balance
from limosa.domain.notifications.models import Notification
from limosa.domain.ordering.models import Order
from limosa.domain.payments.models import Payment
from limosa.foundation.money import Money
from tests.factories import MOMENT

pytestmark = pytest.mark.django_db


def _lin() -> Subscriber:
    return Subscriber.objects.get(email="lin@example.com")


def test_everybody_can_sign_in() -> None:
    for sign_in in demo_data.load(now=MOMENT):
        person = Subscriber.objects.get(email=sign_in.email)
        assert person.check_password(sign_in.password)
        assert person.is_staff == (sign_in.role == "operator")


@pytest.mark.parametrize("days", [0, 10, 37, 69, 98, 99, 102])
def test_lins_phone_wants_a_renewal_and_her_tablet_does_not(days: int) -> None:
    now = MOMENT + timedelta(days=days)
    demo_data.load(now=now)
    tablet, phone = home_esims(subscriber_id=_lin().pk, now=now)
    assert phone.esim.label == "旧金山 · 手机"
    assert 17 <= phone.remaining_percent <= 18
    assert phone.ends_at is not None
    assert timedelta(days=1) < phone.ends_at - now < timedelta(days=4)
    assert not phone.queued
    assert tablet.esim.label == "iPad"
    assert tablet.remaining_percent > 60
    assert tablet.ends_at is not None
    assert tablet.ends_at - now > timedelta(days=40)


def test_lins_wallet_and_orders_are_in_the_books() -> None:
    demo_data.load(now=MOMENT)
    lin = _lin()
    assert wallet_balance(subscriber_id=lin.pk) == [Money(1240, "USD")]
    orders = Order.objects.filter(subscriber=lin)
    assert Counter(order.state for order in orders) == {"fulfilled": 3}
    for order in orders:
        assert Payment.objects.get(order_number=order.number).pays_order
        assert JournalEntry.objects.filter(order_number=order.number, kind="payment").exists()


def test_the_journal_balances_and_wallets_are_sums() -> None:
    demo_data.load(now=MOMENT)
    rows = trial_balance()
    assert sum(row.debit_minor for row in rows) == sum(row.credit_minor for row in rows) > 0
    for wallet in Account.objects.filter(kind="wallet"):
        total = Posting.objects.filter(account=wallet).aggregate(total=Sum("amount_minor"))
        assert wallet.balance_minor == -(total["total"] or 0)


def test_records_draws_days_and_bundles_agree_on_the_use() -> None:
    demo_data.load(now=MOMENT)
    for bundle in Bundle.objects.all():
        drawn = UsageDeduction.objects.filter(bundle=bundle).aggregate(total=Sum("deducted_bytes"))
        assert (drawn["total"] or 0) == bundle.used_bytes
    for esim in Esim.objects.all():
        records = UsageRecord.objects.filter(esim=esim)
        reported = records.aggregate(total=Sum(F("uplink_bytes") + F("downlink_bytes")))["total"]
        by_day = DailyUsage.objects.filter(esim=esim).aggregate(total=Sum("used_bytes"))["total"]
        by_bundle = esim.bundles.aggregate(total=Sum("used_bytes"))["total"]
        assert (reported or 0) == (by_day or 0) == by_bundle
    assert not UsageRecord.objects.exclude(overrun_bytes=0).exists()


def test_a_months_use_is_there_for_the_chart() -> None:
    demo_data.load(now=MOMENT)
    phone = Esim.objects.get(label="旧金山 · 手机")
    days = DailyUsage.objects.filter(esim=phone, day__gt=MOMENT.date() - timedelta(days=30))
    assert days.count() >= 28
    assert len(set(days.values_list("used_bytes", flat=True))) > 5
    assert phone.usage_seen_at is not None
    assert MOMENT - phone.usage_seen_at < timedelta(minutes=10)


def test_a_journey_waits_for_its_first_byte() -> None:
    demo_data.load(now=MOMENT)
    bundle = Bundle.objects.get(esim__label="Lisbon trip")
    assert (bundle.state, bundle.starts_at) == (BundleState.QUEUED, None)


def test_only_fresh_messages_are_unread_and_to_be_mailed() -> None:
    demo_data.load(now=MOMENT)
    fresh = MOMENT - timedelta(days=3)
    old = Notification.objects.filter(created_at__lt=fresh)
    assert old.exists()
    assert not old.filter(mailed_at=None).exists()
    assert Notification.objects.filter(
        subscriber=_lin(), kind="usage_threshold", mailed_at=None, created_at__gte=fresh
    ).exists()


def test_loading_again_changes_nothing() -> None:
    demo_data.load(now=MOMENT)
    counts = [model.objects.count() for model in (Subscriber, Order, Posting, UsageRecord)]
    demo_data.load(now=datetime(2027, 1, 5, tzinfo=UTC))
    assert counts == [model.objects.count() for model in (Subscriber, Order, Posting, UsageRecord)]
