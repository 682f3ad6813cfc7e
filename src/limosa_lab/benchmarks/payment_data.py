"""Payments that wait for their notification, and the check that each was credited once."""

from datetime import timedelta

from django.utils import timezone

from limosa.domain.esims.models import Esim
from limosa.domain.ledger.queries import trial_balance
from limosa.domain.ordering.models import Order, Quote, StartRule
from limosa.domain.payments.models import InboxMessage, Payment, PaymentState
from limosa.foundation.identifiers import random_code
from limosa_lab.benchmarks.payment_notices import Due
from limosa_lab.benchmarks.renewals import PLAN

# A price of 25 dollars, and what the mainland channels charge for it.
_TOTAL_MINOR, _TAX_MINOR, _YUAN_MINOR = 2500, 169, 17_862
_METHODS = {"wechatpay": "native", "alipay": "qr", "paypal": "checkout", "stripe": "checkout"}


def make_payments(esim_ids: list[int], provider: str, *, count: int) -> list[Due]:
    """Create orders that people are about to pay, and return their payments."""
    now = timezone.now()
    esims = list(Esim.objects.filter(pk__in=esim_ids).order_by("pk"))
    is_yuan = provider in {"wechatpay", "alipay"}
    quotes = Quote.objects.bulk_create(
        Quote(
            public_id=random_code(12),
            subscriber_id=esims[turn % len(esims)].subscriber_id,
            esim=esims[turn % len(esims)],
            plan_id=PLAN,
            start_rule=StartRule.AFTER_CURRENT,
            list_minor=_TOTAL_MINOR,
            total_minor=_TOTAL_MINOR,
            tax_minor=_TAX_MINOR,
            currency="USD",
            volume_bytes=20_000_000_000,
            time_zone="America/Los_Angeles",
            created_at=now,
            expires_at=now + timedelta(minutes=30),
        )
        for turn in range(count)
    )
    orders = Order.objects.bulk_create(
        Order(
            number=f"L-{random_code(8)}",
            quote=quote,
            subscriber_id=quote.subscriber_id,
            esim_id=quote.esim_id,
            consented_at=now,
            placed_at=now,
        )
        for quote in quotes
    )
    payments = Payment.objects.bulk_create(
        Payment(
            number=f"LM{random_code(22)}",
            order_number=order.number,
            subscriber_id=order.subscriber_id,
            provider=provider,
            method=_METHODS[provider],
            amount_minor=_YUAN_MINOR if is_yuan else _TOTAL_MINOR,
            currency="CNY" if is_yuan else "USD",
            state=PaymentState.PENDING,
            created_at=now,
            expires_at=now + timedelta(minutes=30),
        )
        for order in orders
    )
    return [Due(row.number, row.amount_minor, row.currency) for row in payments]


def check_credits(*, accepted: int) -> None:
    """Raise RuntimeError unless each accepted notification made one credit and the books
    balance."""
    paid = Payment.objects.filter(pays_order=True).count()
    fulfilled = Order.objects.filter(fulfilled_at__isnull=False).count()
    kept = InboxMessage.objects.count()
    if not paid == fulfilled == kept == accepted:
        raise RuntimeError(f"{accepted} accepted, {paid} paid, {fulfilled} fulfilled, {kept} kept")
    totals: dict[str, int] = {}
    for row in trial_balance():
        totals[row.currency] = totals.get(row.currency, 0) + row.balance_minor
    if any(totals.values()):
        raise RuntimeError(f"the journal is off by {totals}")
