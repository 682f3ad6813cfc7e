"""A payment's part of the trace: calls, notifications, refunds, disputes, settlement lines."""

from collections.abc import Iterable
from typing import Any

from limosa.domain.ledger.models import JournalEntry
from limosa.domain.notifications.models import Notification
from limosa.domain.payments.models import Dispute, InboxMessage, Payment, SettledLine

Line = dict[str, Any]


def payment_lines(payment: Payment) -> list[Line]:
    """Return the lines about a payment, in no order; `at` is a datetime."""
    line = {
        "at": payment.created_at,
        "what": "payment",
        "number": payment.number,
        "provider": payment.provider,
        "method": payment.method,
        "state": payment.state,
        "amount_minor": payment.amount_minor,
        "currency": payment.currency,
        "problem": payment.problem,
    }
    return [line, *_exchanged(payment), *_given_back(payment), *_settled(payment)]


def _exchanged(payment: Payment) -> Iterable[Line]:
    for call in payment.calls.all():
        yield {
            "at": call.called_at,
            "what": "call",
            "call": call.call,
            "outcome": call.outcome,
            "duration_ms": call.duration_ms,
        }
    for message in InboxMessage.objects.filter(payment_number=payment.number):
        yield {
            "at": message.received_at,
            "what": "notification",
            "message_id": message.message_id,
            "result": message.result,
            **_amounts(message, payment),
        }


def _amounts(message: InboxMessage, payment: Payment) -> Line:
    """Return what a report on the payment says that it brought, and what it was to bring, if these
    differ."""
    said = message.report.get("amount_minor"), message.report.get("currency")
    is_of_payment = "merchant" in message.report
    if not is_of_payment or not said[0] or said == (payment.amount_minor, payment.currency):
        return {}
    return {
        "theirs_minor": said[0],
        "theirs_currency": said[1],
        "ours_minor": payment.amount_minor,
        "ours_currency": payment.currency,
    }


def _given_back(payment: Payment) -> Iterable[Line]:
    for refund in payment.refunds.all():
        yield {
            "at": refund.requested_at,
            "what": "refund",
            "number": refund.number,
            "state": refund.state,
            "amount_minor": refund.amount_minor,
            "reason": refund.reason,
        }
        if refund.finished_at:
            yield {
                "at": refund.finished_at,
                "what": "refund_finished",
                "number": refund.number,
                "state": refund.state,
            }
    for dispute in Dispute.objects.filter(payment=payment):
        sides = {"reference": dispute.reference, "state": dispute.state}
        amount = {"amount_minor": dispute.amount_minor, "currency": dispute.currency}
        yield {"at": dispute.opened_at, "what": "dispute", **sides, **amount}
        if dispute.closed_at:
            yield {"at": dispute.closed_at, "what": "dispute_closed", **sides}


def _settled(payment: Payment) -> Iterable[Line]:
    """The provider's own account, with the provider's timestamps."""
    for line in SettledLine.objects.filter(payment=payment).select_related("settlement"):
        yield {
            "at": line.at,
            "what": "settled",
            "kind": line.kind,
            "day": line.settlement.day.isoformat(),
            "provider": line.provider,
            "reference": line.reference,
            "amount_minor": line.amount_minor,
            "fee_minor": line.fee_minor,
            "currency": line.currency,
        }


def message_lines(messages: Iterable[Notification]) -> list[Line]:
    """Return the lines about messages to a person, with the state of their mails."""
    lines: list[Line] = []
    for message in messages:
        lines.append(
            {
                "at": message.created_at,
                "what": "message",
                "kind": message.kind,
                "mail": message.mail_state.value,
                "mail_attempts": message.mail_attempts,
            }
        )
        if message.mailed_at:
            lines.append({"at": message.mailed_at, "what": "mailed", "kind": message.kind})
    return lines


def money_trace(number: str) -> list[dict[str, Any]]:
    """Return the lines of what an order's or a top-up's payments did, and of what was booked."""
    lines: list[dict[str, Any]] = []
    payments = Payment.objects.filter(order_number=number)
    for payment in payments.prefetch_related("calls", "refunds"):
        lines += payment_lines(payment)
    entries = JournalEntry.objects.filter(order_number=number)
    for entry in entries.prefetch_related("postings__account"):
        postings = {one.account.code: one.amount_minor for one in entry.postings.all()}
        at = entry.posted_at
        lines.append({"at": at, "what": "journal", "kind": entry.kind, "postings": postings})
    return lines
