"""A refund by hand beside a lost dispute: both are booked, or somebody has to look."""

from datetime import timedelta

import pytest

from limosa.domain.esims.models import Bundle, BundleState
from limosa.domain.ledger.queries import balance_of
from limosa.domain.ordering.models import Order, OrderState, StartRule
from limosa.domain.ordering.operations.push_refunds import push_refunds
from limosa.domain.ordering.operations.reconcile import reconcile
from limosa.domain.payments.models import Payment, Refund, RefundState
from limosa.domain.payments.status_reports import (
    DisputeOutcome,
    SettlementKind,
    SettlementLine,
)
from tests.database.ordering.shop import Shop
from tests.factories import MOMENT

pytestmark = pytest.mark.django_db
LATER = MOMENT + timedelta(hours=2)


def disputed(shop: Shop, *, by_hand_minor: int, disputed_minor: int = 0) -> Payment:
    """Dispute a part of a payment (all but a yuan), give some back by hand, lose the dispute."""
    payment = shop.pay(shop.place(rule=StartRule.NOW))
    disputed_minor = disputed_minor or payment.received_minor - 100
    provider = shop.provider
    shop.take(provider.message(provider.dispute(payment.number, amount_minor=disputed_minor)))
    shop.take(provider.message(provider.refund_by_hand(payment.number, by_hand_minor)))
    push_refunds(now=MOMENT)
    assert Refund.objects.get().state == RefundState.FOUND
    lost = provider.dispute(
        payment.number, DisputeOutcome.LOST, amount_minor=disputed_minor, lost_minor=disputed_minor
    )
    shop.take(provider.message(lost))
    push_refunds(now=LATER)
    return shop.read(payment)


def test_what_is_beside_the_disputed_part_is_booked_too(shop: Shop) -> None:
    payment = disputed(shop, disputed_minor=500, by_hand_minor=300)
    assert Refund.objects.get().state == RefundState.SUCCEEDED
    assert (payment.refunded_minor, payment.problem) == (800, "refund_by_hand")
    assert Order.objects.get(number=payment.order_number).state == OrderState.FULFILLED
    shop.check_books()


def test_when_both_together_are_all_of_it_the_bundle_ends(shop: Shop) -> None:
    payment = disputed(shop, by_hand_minor=100)
    assert payment.refunded_minor == payment.received_minor
    assert Order.objects.get(number=payment.order_number).state == OrderState.REFUNDED
    bundle = Bundle.objects.get(order_number=payment.order_number)
    assert bundle.state == BundleState.REFUNDED
    shop.check_books()


def test_where_both_exceed_what_was_paid_somebody_has_to_look(shop: Shop) -> None:
    payment = disputed(shop, by_hand_minor=300)
    refund = Refund.objects.get()
    assert (refund.state, refund.next_poll_at) == (RefundState.FOUND, None)
    assert payment.refunded_minor == payment.received_minor - 100
    assert payment.problem == "refund_or_dispute"


def test_as_much_as_the_dispute_may_be_the_same_money_until_a_settlement_lists_both(
    shop: Shop,
) -> None:
    payment = disputed(shop, disputed_minor=500, by_hand_minor=500)
    refund = Refund.objects.get()
    assert (refund.state, payment.problem) == (RefundState.FOUND, "refund_or_dispute")
    shop.provider.made_up_lines.append(
        SettlementLine(
            kind=SettlementKind.DISPUTE,
            reference=f"dispute-{payment.number}",
            amount_minor=500,
            currency="CNY",
            at=MOMENT,
            transaction_id=payment.transaction_id,
        )
    )
    settlement = reconcile(
        provider_code="fake",
        day=(MOMENT + timedelta(hours=8)).date(),
        now=MOMENT + timedelta(days=2),
    )
    payment = shop.read(payment)
    assert (payment.refunded_minor, payment.problem) == (1000, "refund_by_hand")
    assert not settlement.differences.filter(state="open").exists()
    assert balance_of(code="clearing:fake:CNY") == payment.received_minor - 1000
    shop.check_books()
