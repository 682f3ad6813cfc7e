from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from limosa.domain.ordering.locking import lock_payable
from limosa.domain.ordering.models import OrderState
from limosa.domain.ordering.operations.apply_payment_status import apply_payment_status
from limosa.domain.ordering.operations.charge_saved_method import charge_saved_method
from limosa.domain.ordering.plan_changes import still_stands
from limosa.domain.ordering.purchases import Purchase
from limosa.domain.ordering.refusals import (
    AmountTooSmallError,
    OrderNotPayableError,
    PaymentMethodNotOfferedError,
    PaymentProcessingError,
)
from limosa.domain.payments.calling import Caller, call_directly
from limosa.domain.payments.models import Payment, PaymentState, SavedMethod
from limosa.domain.payments.operations.abandon_payment import abandon_payment
from limosa.domain.payments.operations.create_at_provider import create_at_provider
from limosa.domain.payments.operations.open_payment import open_payment
from limosa.domain.payments.queries import WALLET, processing_payment
from limosa.domain.payments.registry import provider_for
from limosa.domain.payments.requests import SAVED, AmountDue, Payer, PaymentMethodChoice
from limosa.domain.payments.status_reports import PaymentStatusReport, ProviderState
from limosa.domain.wallets.models import WalletTopUp
from limosa.foundation.money import Money, convert

_BRAND = "Limosa"


def start_payment(
    *,
    order: Purchase,
    choice: PaymentMethodChoice,
    payer: Payer,
    now: datetime,
    caller: Caller = call_directly,
) -> Payment:
    """Return a payment that the person can make; with the wallet it is already made, and usually
    with a saved method too.

    Submitting twice returns the same payment. No transaction may be open: a provider is called. If
    a PIN is required, the caller has checked it.
    Raises: OrderNotPayableError, PaymentProcessingError, PaymentMethodNotOfferedError,
            AmountTooSmallError, WalletTooLowError, PayerNeededError (the saved method's bank
            requires authentication): nothing was charged. ProviderError: no answer; submit again.
    """
    _check_payable(order, now)
    saved = _saved_method(order, choice)
    payment = open_payment(due=_due(order, choice.provider), choice=choice, saved=saved, now=now)
    if payment is None:
        raise OrderNotPayableError
    if choice.provider == WALLET:
        return _pay_from_wallet(payment, now)
    if payment.state == PaymentState.CREATED:
        create_at_provider(
            payment=payment,
            payer=payer,
            description=f"{_BRAND} {_name(order)}",
            return_path=reverse("order_return", args=[order.number]),
            now=now,
            caller=caller,
        )
    if saved is not None:
        _refuse_overtaken(payment, now)
        return charge_saved_method(payment=payment, now=now, caller=caller)
    return payment


def _name(order: Purchase) -> str:
    """Return what is paid for, in the person's language; providers show it to them."""
    language = order.subscriber.language
    if isinstance(order, WalletTopUp):
        with translation.override(language):
            return translation.gettext("wallet top-up")
    return order.quote.plan.name_in(language)


def _check_payable(order: Purchase, now: datetime) -> None:
    if order.state != OrderState.PLACED or order.payable_until <= now:
        raise OrderNotPayableError
    if not isinstance(order, WalletTopUp) and not still_stands(order, now=now):
        raise OrderNotPayableError
    if processing_payment(order.number):
        raise PaymentProcessingError


def _saved_method(order: Purchase, choice: PaymentMethodChoice) -> SavedMethod | None:
    """Return the saved method to charge; only the order's own subscriber has access to it."""
    if choice.method != SAVED:
        return None
    saved = SavedMethod.objects.filter(
        public_id=choice.saved_id,
        subscriber_id=order.subscriber_id,
        provider=choice.provider,
        removed_at__isnull=True,
    ).first()
    if saved is None:
        raise PaymentMethodNotOfferedError
    return saved


def _due(order: Purchase, provider_code: str) -> AmountDue:
    return AmountDue(
        order_number=order.number,
        subscriber_id=order.subscriber_id,
        amount=_channel_amount(order, provider_code),
        until=order.payable_until,
    )


def _channel_amount(order: Purchase, provider_code: str) -> Money:
    """Return what the channel charges: the total, or its equivalent at the rate it was placed
    with."""
    if provider_code == WALLET and not isinstance(order, WalletTopUp):
        return order.total
    if provider_code not in settings.PAYMENT_PROVIDERS:
        raise PaymentMethodNotOfferedError
    provider = provider_for(provider_code)
    amount = _in_currency_of(provider.currencies, order)
    if amount.amount_minor < provider.least_minor.get(amount.currency, 1):
        raise AmountTooSmallError
    return amount


def _in_currency_of(currencies: frozenset[str], order: Purchase) -> Money:
    total = order.total
    if not currencies or total.currency in currencies:
        return total
    for currency, rate in order.rates.items():
        if currency in currencies:
            return convert(total, to_currency=currency, rate=Decimal(rate["rate"]))
    raise PaymentMethodNotOfferedError


def _pay_from_wallet(payment: Payment, now: datetime) -> Payment:
    """Settle at once: the wallet is in our own books, so we write the report ourselves."""
    report = PaymentStatusReport(
        payment_number=payment.number,
        state=ProviderState.SUCCEEDED,
        transaction_id=payment.number,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        merchant=WALLET,
        paid_at=now,
    )
    with transaction.atomic():
        if is_payable := _still_payable(payment, now):
            apply_payment_status(provider_code=WALLET, report=report, now=now)
    if not is_payable:
        raise OrderNotPayableError
    payment.refresh_from_db()
    return payment


def _refuse_overtaken(payment: Payment, now: datetime) -> None:
    """Raise OrderNotPayableError if the order no longer needs a charge.

    If the form was submitted twice, the first may have paid between our check of the order and the
    creation of this payment. From here on a constraint prevents any other charge of the order by
    this provider.
    """
    with transaction.atomic():
        is_payable = _still_payable(payment, now)
    if not is_payable:
        raise OrderNotPayableError


def _still_payable(payment: Payment, now: datetime) -> bool:
    """Return whether it may be charged; if not, the payment has failed and nothing is taken.

    Since it was checked, the order may have been paid otherwise or cancelled, or another payment of
    it may be under way.
    Locks: the payment, the order, and the one whose plan it replaces.
    """
    # Submitted twice: the first may have paid with this very payment.
    return lock_payable(payment, now=now) or not abandon_payment(payment=payment)
