"""A renewal from the wallet: the shortest way through the whole money path."""

from datetime import timedelta

import pytest

from limosa.domain.esims.models import Bundle, BundleState
from limosa.domain.ledger.operations.credit_wallet import credit_wallet
from limosa.domain.ledger.operations.post_entry import WalletTooLowError
from limosa.domain.ledger.queries import trial_balance, wallet_drifts, wallet_in
from limosa.domain.ordering.models import Order, OrderState, StartRule
from limosa.domain.ordering.operations.make_quote import make_quote
from limosa.domain.ordering.operations.place_order import place_order
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.ordering.operations.start_payment import start_payment
from limosa.domain.payments.requests import Payer, PaymentMethodChoice
from limosa.foundation.money import Money
from tests.factories import MOMENT
from tests.factories.catalog import make_plan, make_rates
from tests.factories.esims import make_bundle

pytestmark = pytest.mark.django_db


def renew(bundle: Bundle, start_rule: StartRule = StartRule.AFTER_CURRENT) -> Order:
    quote = make_quote(
        subscriber=bundle.subscriber,
        esim=bundle.esim,
        plan_code=bundle.plan_id,
        start_rule=start_rule,
        now=MOMENT,
    )
    order = place_order(quote=quote, now=MOMENT)
    start_payment(
        order=order,
        choice=PaymentMethodChoice(provider="wallet", method="wallet"),
        payer=Payer(ip="127.0.0.1"),
        now=MOMENT,
    )
    return Order.objects.get(pk=order.pk)


def test_a_renewal_from_the_wallet_is_credited_and_the_journal_balances() -> None:
    bundle = make_bundle(plan=make_plan())
    make_rates()
    credit_wallet(
        subscriber_id=bundle.subscriber_id, amount=Money(4000, "USD"), key="gift", now=MOMENT
    )
    order = renew(bundle)
    assert order.state == OrderState.FULFILLED
    added = Bundle.objects.get(order_number=order.number)
    assert added.state == BundleState.QUEUED
    assert added.starts_at == bundle.ends_at
    assert wallet_in(subscriber_id=bundle.subscriber_id, currency="USD") == Money(1500, "USD")
    assert sum(row.balance_minor for row in trial_balance()) == 0
    assert wallet_drifts() == []


def test_a_wallet_that_is_too_low_changes_nothing() -> None:
    bundle = make_bundle(plan=make_plan())
    credit_wallet(
        subscriber_id=bundle.subscriber_id, amount=Money(2499, "USD"), key="gift", now=MOMENT
    )
    with pytest.raises(WalletTooLowError):
        renew(bundle)
    assert Order.objects.get().state == OrderState.PLACED
    assert Bundle.objects.count() == 1
    assert wallet_in(subscriber_id=bundle.subscriber_id, currency="USD") == Money(2499, "USD")


def test_an_unused_renewal_is_paid_back_in_full() -> None:
    bundle = make_bundle(plan=make_plan())
    credit_wallet(
        subscriber_id=bundle.subscriber_id, amount=Money(2500, "USD"), key="gift", now=MOMENT
    )
    order = renew(bundle)
    refund_order(order_number=order.number, reason="asked", now=MOMENT + timedelta(hours=1))
    order.refresh_from_db()
    assert order.state == OrderState.REFUNDED
    assert Bundle.objects.get(order_number=order.number).state == BundleState.REFUNDED
    assert wallet_in(subscriber_id=bundle.subscriber_id, currency="USD") == Money(2500, "USD")
    assert sum(row.balance_minor for row in trial_balance()) == 0
