"""The one place where a payment becomes money in the books and service for a person.

Reports arrive by notification, from the return page, by polling, or from our own wallet; all of
them end here. Locks, always in this order: the payment, its order, the eSIM, wallets.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction

from limosa.domain.accounts.queries import wants_wallet
from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.notifications.operations.notify import notify
from limosa.domain.ordering.changes import announce_order
from limosa.domain.ordering.engine.bookings import into_wallet, paid, unapplied
from limosa.domain.ordering.funds import funds_source_of
from limosa.domain.ordering.locking import Locked, lock_payment
from limosa.domain.ordering.models import OrderState
from limosa.domain.ordering.operations.count_change import count_change
from limosa.domain.ordering.operations.fulfil_order import fulfil_order
from limosa.domain.ordering.operations.keep_in_wallet import keep_in_wallet
from limosa.domain.ordering.plan_changes import still_stands
from limosa.domain.ordering.purchases import Purchase
from limosa.domain.payments.engine.payment_life import OPEN_STATES, PAYMENT_LIFE, PaymentEvent
from limosa.domain.payments.engine.problems import Problem
from limosa.domain.payments.models import Payment
from limosa.domain.payments.operations.decline_payment import decline_payment
from limosa.domain.payments.operations.end_payment import end_payment
from limosa.domain.payments.operations.flag_payment import flag_payment
from limosa.domain.payments.operations.mark_processing import mark_processing
from limosa.domain.payments.operations.receive_payment import receive_payment
from limosa.domain.payments.operations.request_refund import request_refund
from limosa.domain.payments.operations.schedule_payment_poll import schedule_payment_poll
from limosa.domain.payments.queries import WALLET
from limosa.domain.payments.registry import provider_for
from limosa.domain.payments.status_reports import PaymentStatusReport, ProviderState
from limosa.domain.wallets.models import WalletTopUp
from limosa.domain.wallets.operations.credit_top_up import credit_top_up
from limosa.domain.wallets.operations.use_bonus import use_bonus
from limosa.foundation.money import Money

# A payer who confirmed in the last second of the quote is in time, even if clocks differ a little.
LATE_AFTER = timedelta(seconds=60)

_ENDS = {ProviderState.CLOSED: PaymentEvent.EXPIRE, ProviderState.FAILED: PaymentEvent.FAIL}


class Applied(StrEnum):
    """The result of a report; stored with the notification that brought it."""

    PAID = "paid"
    ALREADY = "already_applied"
    NO_NEWS = "no_news"
    CLOSED = "closed"
    RETURNED_LATE = "returned_late"
    RETURNED_DOUBLE = "returned_double"
    RETURNED_AMOUNT = "returned_wrong_amount"
    APPROVED = "approved"
    PROCESSING = "processing"
    DECLINED = "declined"
    DISPUTED = "differs_ask_again"
    UNKNOWN = "unknown_payment"


@transaction.atomic(savepoint=False)
def apply_payment_status(
    *, provider_code: str, report: PaymentStatusReport, now: datetime, is_answer: bool = True
) -> Applied:
    """Apply a provider's report on a payment, once.

    `is_answer`: the report answers our own query. A notification that names another amount,
    currency or merchant than ours is not believed; the payment is polled instead.
    Raises: WalletTooLowError (wallet only); nothing changed.
    """
    held = lock_payment(number=report.payment_number, provider=provider_code, now=now)
    if held is None:
        return Applied.UNKNOWN
    payment = held.payment
    if payment.applied_at is not None:
        return Applied.ALREADY
    match report.state:
        case ProviderState.SUCCEEDED:
            result = _apply_success(held, report, now, is_answer=is_answer)
        case ProviderState.CLOSED | ProviderState.FAILED:
            result = _apply_end(held, report, now)
        case ProviderState.PROCESSING:
            result = _apply_processing(payment, now)
        case ProviderState.APPROVED if not is_answer:
            # The worker captures it at its next poll: no provider is called in here.
            schedule_payment_poll(payment=payment, at=now)
            result = Applied.APPROVED
        case _:
            result = _apply_unpaid(held, report, now) if is_answer else Applied.NO_NEWS
    return result


def _apply_success(
    held: Locked, report: PaymentStatusReport, now: datetime, *, is_answer: bool
) -> Applied:
    payment, bought = held.payment, held.purchase
    is_exact = (report.amount_minor, report.currency) == (payment.amount_minor, payment.currency)
    is_ours = report.merchant == _merchant(payment.provider)
    if not is_ours or report.amount_minor <= 0 or (not is_exact and not is_answer):
        flag_payment(payment=payment, problem=Problem.DIFFERS)
        schedule_payment_poll(payment=payment, at=now)
        return Applied.DISPUTED
    result = _verdict(held, report, now, is_exact=is_exact)
    is_paid = result is Applied.PAID
    if is_paid:
        _take(held, report, now)
    receive_payment(
        payment=payment,
        report=report,
        problem="" if is_paid else result.removeprefix("returned_"),
        in_wallet=not is_paid and _wants_wallet(payment),
        now=now,
    )
    if not is_paid:
        # Only now: a constraint limits what goes back to what was received.
        _keep_or_give_back(payment, bought, now)
    announce_order(bought.number)
    return result


def _merchant(provider_code: str) -> str:
    return "wallet" if provider_code == "wallet" else provider_for(provider_code).merchant


def _verdict(
    held: Locked, report: PaymentStatusReport, now: datetime, *, is_exact: bool
) -> Applied:
    bought = held.purchase
    if not is_exact:
        return Applied.RETURNED_AMOUNT
    if bought.paid_at is not None:
        return Applied.RETURNED_DOUBLE
    # Whoever paid in time is in time, however long the provider took to decide.
    paid_at = held.payment.processing_since or report.paid_at or bought.placed_at
    if bought.state != OrderState.PLACED or paid_at > bought.payable_until + LATE_AFTER:
        return Applied.RETURNED_LATE
    # What was to count towards it may be gone, and it costs what was shown or is not bought.
    if held.change is not None and not still_stands(held.change.order, now=now):
        return Applied.RETURNED_LATE
    return Applied.PAID


def _take(held: Locked, report: PaymentStatusReport, now: datetime) -> None:
    payment, order = held.payment, held.purchase
    came = replace(
        funds_source_of(payment, 0), received=Money(report.amount_minor, report.currency)
    )
    if isinstance(order, WalletTopUp):
        credit_top_up(
            top_up=order,
            legs=into_wallet(came, worth=order.total),
            key=f"payment:{payment.number}",
            now=now,
        )
        return
    order.state = OrderState.PAID
    order.paid_at = now
    if held.change is not None:
        count_change(change=held.change, now=now)
    fulfil_order(order=order, renewed=held.esim, now=now)
    if payment.provider == WALLET:
        came = replace(came, bonus_minor=_use_bonus(payment, came.received, now))
    post_entry(
        key=f"payment:{payment.number}",
        kind="payment",
        order_number=order.number,
        legs=paid(came, total=order.total, tax_minor=order.quote.tax_minor),
        now=now,
    )


def _use_bonus(payment: Payment, total: Money, now: datetime) -> int:
    return use_bonus(
        subscriber_id=payment.subscriber_id, total=total, payment_number=payment.number, now=now
    )


def _keep_or_give_back(payment: Payment, bought: Purchase, now: datetime) -> None:
    if payment.in_wallet:
        keep_in_wallet(payment=payment, order=bought, now=now)
        return
    post_entry(
        key=f"payment:{payment.number}",
        kind="unapplied_payment",
        order_number=bought.number,
        legs=unapplied(funds_source_of(payment, payment.received_minor)),
        now=now,
    )
    request_refund(
        payment=payment, amount_minor=payment.received_minor, reason=payment.problem, now=now
    )


def _wants_wallet(payment: Payment) -> bool:
    return payment.provider != "wallet" and wants_wallet(payment.subscriber_id)


def _apply_end(held: Locked, report: PaymentStatusReport, now: datetime) -> Applied:
    payment, event = held.payment, _ENDS[report.state]
    if not PAYMENT_LIFE.allows(payment.state, event):
        return Applied.NO_NEWS
    if payment.is_processing:
        _tell_not_accepted(held, now)
    end_payment(payment=payment, event=event, decline=report.decline)
    announce_order(payment.order_number)
    return Applied.CLOSED


def _apply_processing(payment: Payment, now: datetime) -> Applied:
    """Record since when it has been paid but undecided; meanwhile the order takes no other
    payment."""
    if not mark_processing(payment=payment, now=now):
        return Applied.NO_NEWS
    announce_order(payment.order_number)
    return Applied.PROCESSING


def _apply_unpaid(held: Locked, report: PaymentStatusReport, now: datetime) -> Applied:
    """For a payment that stays open, record why it was refused, and that it is no longer
    processing."""
    payment = held.payment
    is_declined = report.decline is not None and report.decline != payment.decline
    if payment.state not in OPEN_STATES or not (is_declined or payment.is_processing):
        return Applied.NO_NEWS
    if payment.is_processing:
        _tell_not_accepted(held, now)
    decline_payment(payment=payment, decline=report.decline)
    announce_order(payment.order_number)
    return Applied.DECLINED if is_declined else Applied.NO_NEWS


def _tell_not_accepted(held: Locked, now: datetime) -> None:
    """Notify a person who believes that they have paid; once for each time it was processing."""
    payment, bought = held.payment, held.purchase
    if bought.paid_at is not None:
        return
    notify(
        subscriber_id=bought.subscriber_id,
        key=f"not-accepted:{payment.number}:{payment.processing_since}",
        kind="payment_not_accepted",
        parameters={
            "order_number": bought.number,
            "amount_minor": payment.amount_minor,
            "currency": payment.currency,
        },
        now=now,
    )
