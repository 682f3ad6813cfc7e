"""Parses Stripe's JSON: bytes in, facts out. No sockets, no clock, no keys.

Everything here came from Stripe, but is parsed as untrusted input: a member of the wrong type, an
invalid number, or a text too long for its database column is refused.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from limosa.domain.payments.message_refusals import MessageRefusedError
from limosa.domain.payments.providers.stripe.declines import read_decline
from limosa.domain.payments.providers.stripe.refusals import Refusal
from limosa.domain.payments.status_reports import (
    DisputeOutcome,
    DisputeStatusReport,
    NoReport,
    PaymentStatusReport,
    ProviderState,
    RefundOutcome,
    RefundStatusReport,
    SavedMethodReport,
)
from limosa.foundation.money import Money, exponent

AMOUNT_MAX = 10**15  # Ours: sums of such amounts still fit a bigint column easily.
AUTHENTICATION_REQUIRED = "authentication_required"
SAVED_USAGE = "off_session"
# The currencies that the shop may charge: those in which every ISO 4217 amount can be expressed at
# Stripe. Left out: currencies in thousandths, whose last digit must be 0 at Stripe, and MGA, which
# is in fifths.
_CURRENCIES = (
    "AED AUD BRL CAD CHF CLP CNY COP CZK DKK EUR GBP HKD HUF IDR ILS INR ISK JPY KRW MOP MXN MYR"
    " NOK NZD PEN PHP PLN RON SAR SEK SGD THB TRY TWD UGX USD VND ZAR"
)
# Stripe's decimals, where they differ from ISO 4217.
_DIGITS = {"ISK": 2, "UGX": 2, "MGA": 0}
CURRENCIES = frozenset(_CURRENCIES.split())
INTENT_STATES = {
    "succeeded": ProviderState.SUCCEEDED,
    "processing": ProviderState.PROCESSING,
    "requires_capture": ProviderState.PENDING,
    # Created for a saved card; it is charged when we confirm it.
    "requires_confirmation": ProviderState.APPROVED,
    "requires_action": ProviderState.PAYER_NEEDED,
    # The card was declined, or (see `read_intent`) its bank requires authentication.
    "requires_payment_method": ProviderState.FAILED,
    "canceled": ProviderState.CLOSED,
}
REFUND_OUTCOMES = {
    "succeeded": RefundOutcome.SUCCEEDED,
    "pending": RefundOutcome.PENDING,
    "requires_action": RefundOutcome.PENDING,
    "failed": RefundOutcome.FAILED,
    "canceled": RefundOutcome.FAILED,
}
# Absent: inquiries (warning_…) and `prevented`, for which no money is withheld.
DISPUTE_OUTCOMES = {
    "needs_response": DisputeOutcome.OPEN,
    "under_review": DisputeOutcome.OPEN,
    "appeal_needs_response": DisputeOutcome.OPEN,
    "appeal_under_review": DisputeOutcome.OPEN,
    "won": DisputeOutcome.WON,
    "lost": DisputeOutcome.LOST,
}
BRANDS = {
    "visa": "Visa",
    "mastercard": "Mastercard",
    "amex": "American Express",
    "unionpay": "UnionPay",
    "jcb": "JCB",
    "discover": "Discover",
    "diners": "Diners Club",
    "eftpos_au": "eftpos",
    "cartes_bancaires": "Cartes Bancaires",
}
NUMBER = re.compile(r"[0-9A-Za-z_-]{1,32}", re.ASCII)
_ID = re.compile(r"[0-9A-Za-z_]{3,64}", re.ASCII)
SESSION_ID = re.compile(r"cs_[0-9A-Za-z_]{3,77}", re.ASCII)
WORD = re.compile(r"[a-z0-9_]{1,60}", re.ASCII)
_CURRENCY = re.compile(r"[a-z]{3}", re.ASCII)
_LAST4 = re.compile(r"[0-9]{4}", re.ASCII)
_PAY_URL = re.compile(r"https?://[\x21-\x7e]{1,2000}", re.ASCII)

Fields = Mapping[str, Any]


def read_object(text: bytes) -> Fields:
    """Return the JSON object. Raises MessageRefusedError."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise MessageRefusedError(Refusal.ENVELOPE_MALFORMED, "not JSON") from None
    if not isinstance(value, dict):
        raise MessageRefusedError(Refusal.ENVELOPE_MALFORMED, "not an object")
    return value


def check_mode(fields: Fields, *, is_live: bool) -> None:
    """Refuse an object of the other mode: a test card must not pay, nor a real one be a test."""
    if fields.get("livemode") is not is_live:
        raise MessageRefusedError(Refusal.LIVEMODE_WRONG)


def read_session(
    session: Fields, *, merchant: str, at: datetime | None = None
) -> PaymentStatusReport:
    """Return a payment's report from a Checkout Session.

    `at`: when it was paid, unless the session includes its charge, which has the time.
    Raises MessageRefusedError.
    """
    number = text(session, "client_reference_id", NUMBER)
    state = _session_state(session)
    intent = session.get("payment_intent")
    report = PaymentStatusReport(
        payment_number=number, state=state, merchant=merchant, decline=read_decline(intent)
    )
    if state is not ProviderState.SUCCEEDED:
        return report
    paid = money(session, "amount_total")
    return replace(
        report,
        transaction_id=reference(intent, "payment_intent"),
        amount_minor=paid.amount_minor,
        currency=paid.currency,
        paid_at=_charged_at(intent) or at,
    )


def _session_state(session: Fields) -> ProviderState:
    status = text(session, "status", WORD)
    is_paid = text(session, "payment_status", WORD) == "paid"
    if status not in {"open", "complete", "expired"}:
        raise MessageRefusedError(Refusal.RESOURCE_MALFORMED, "status")
    if is_paid:
        return ProviderState.SUCCEEDED
    if status == "expired":
        return ProviderState.CLOSED
    intent = session.get("payment_intent")
    # Approved, and the money may still arrive; or it has turned out that it does not.
    if status == "complete" and isinstance(intent, dict):
        is_over = intent.get("status") in {"requires_payment_method", "canceled"}
        return ProviderState.FAILED if is_over else ProviderState.PROCESSING
    return ProviderState.PROCESSING if status == "complete" else ProviderState.PENDING


def read_intent(
    intent: Fields, *, merchant: str, at: datetime | None = None
) -> PaymentStatusReport:
    """Return a payment's report from a PaymentIntent, which is a payment by a saved card.

    Raises MessageRefusedError.
    """
    number = text(member(intent, "metadata"), "payment_number", NUMBER)
    state = INTENT_STATES.get(text(intent, "status", WORD))
    if state is None:
        raise MessageRefusedError(Refusal.RESOURCE_MALFORMED, "status")
    if state is ProviderState.FAILED and _wants_payer(intent):
        state = ProviderState.PAYER_NEEDED
    decline = None if state is ProviderState.PAYER_NEEDED else read_decline(intent)
    report = PaymentStatusReport(
        payment_number=number, state=state, merchant=merchant, decline=decline
    )
    if state is not ProviderState.SUCCEEDED:
        return report
    paid = money(intent, "amount_received")
    return replace(
        report,
        transaction_id=text(intent, "id", _ID),
        amount_minor=paid.amount_minor,
        currency=paid.currency,
        paid_at=_charged_at(intent) or at,
    )


def _wants_payer(intent: Fields) -> bool:
    """Return whether the bank required authentication, rather than declining for another reason.

    Source: docs.stripe.com, "Charge a saved card off-session": the error's code, or the bank's own
    decline code for it.
    """
    error = intent.get("last_payment_error")
    return isinstance(error, dict) and AUTHENTICATION_REQUIRED in {
        str(error.get("code")),
        str(error.get("decline_code")),
    }


def _charged_at(intent: object) -> datetime | None:
    charge = intent.get("latest_charge") if isinstance(intent, dict) else None
    return moment(charge, "created") if isinstance(charge, dict) else None


def read_refund(refund: Fields) -> RefundStatusReport:
    """Return a refund's report. One made by hand in the Dashboard has no number of ours.

    Raises MessageRefusedError.
    """
    outcome = REFUND_OUTCOMES.get(text(refund, "status", WORD))
    if outcome is None:
        raise MessageRefusedError(Refusal.RESOURCE_MALFORMED, "status")
    metadata, given = member(refund, "metadata"), money(refund, "amount")
    return RefundStatusReport(
        refund_number=text(metadata, "refund_number", NUMBER, default=""),
        payment_number=text(metadata, "payment_number", NUMBER, default=""),
        outcome=outcome,
        reference=text(refund, "id", _ID),
        transaction_id=reference(refund["payment_intent"], "payment_intent")
        if refund.get("payment_intent") is not None
        else "",
        amount_minor=given.amount_minor,
        currency=given.currency,
    )


def read_dispute(dispute: Fields) -> DisputeStatusReport | NoReport:
    """Return a dispute's report; NoReport while it is only an inquiry, which withholds no money.

    Raises MessageRefusedError.
    """
    outcome = DISPUTE_OUTCOMES.get(text(dispute, "status", WORD))
    if outcome is None:
        return NoReport()
    held = money(dispute, "amount")
    return DisputeStatusReport(
        reference=text(dispute, "id", _ID),
        outcome=outcome,
        transaction_id=reference(dispute.get("payment_intent"), "payment_intent"),
        amount_minor=held.amount_minor,
        currency=held.currency,
        reason=text(dispute, "reason", WORD),
        lost_minor=_lost(dispute, held) if outcome is DisputeOutcome.LOST else None,
    )


def _lost(dispute: Fields, held: Money) -> int | None:
    """Return what was withheld and not reinstated, by the dispute's own balance transactions.

    None: they don't say, or only in the currency of a balance that is kept in another one.
    """
    rows = dispute.get("balance_transactions")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return None
    amounts = [row.get("amount") for row in rows if row.get("currency") == dispute["currency"]]
    if len(amounts) != len(rows) or not all(type(one) is int for one in amounts):
        return None
    lost_minor = minor(-sum(amounts), held.currency)
    return lost_minor if 0 < lost_minor <= AMOUNT_MAX else None


def read_saved_method(intent: Fields) -> SavedMethodReport | None:
    """Return the card that a payment saved for later ones, if it was set up to.

    Raises MessageRefusedError.
    """
    if intent.get("setup_future_usage") != SAVED_USAGE or intent.get("customer") is None:
        return None
    method = member(intent, "payment_method")
    card = member(method, "card")
    brand = text(card, "brand", WORD)
    customer = reference(intent["customer"], "customer")
    return SavedMethodReport(
        reference=f"{customer}:{text(method, 'id', _ID)}",
        label=f"{BRANDS.get(brand, 'Card')} •••• {text(card, 'last4', _LAST4)}",
    )


def read_pay_url(session: Fields) -> str:
    """Return the URL of an open session. Raises MessageRefusedError."""
    return text(session, "url", _PAY_URL)


def read_id(fields: Fields) -> str:
    """Return the id of an object. Raises MessageRefusedError."""
    return text(fields, "id", _ID)


def read_session_id(fields: Fields) -> str:
    """Return the id of a session, which is longer than others. Raises MessageRefusedError."""
    return text(fields, "id", SESSION_ID)


def read_page(page: Fields) -> tuple[list[Fields], bool]:
    """Return the objects of a page of a list, and whether more follow.

    Raises MessageRefusedError.
    """
    data = page.get("data")
    if not isinstance(data, list) or not all(isinstance(one, dict) for one in data):
        raise MessageRefusedError(Refusal.RESOURCE_MALFORMED, "data")
    return data, page.get("has_more") is True and bool(data)


def reference(value: object, name: str) -> str:
    """Return an id, whether the member is an id or the expanded object."""
    return text({name: value.get("id") if isinstance(value, dict) else value}, name, _ID)


def member(fields: Fields, name: str) -> Fields:
    """Return a member that is an object. Raises MessageRefusedError."""
    value = fields.get(name)
    if not isinstance(value, dict):
        raise MessageRefusedError(Refusal.RESOURCE_MALFORMED, name)
    return value


def text(fields: Fields, name: str, pattern: re.Pattern[str], *, default: str | None = None) -> str:
    """Return a text member that matches the pattern. Raises MessageRefusedError."""
    value = fields.get(name)
    if value is None and default is not None:
        return default
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise MessageRefusedError(Refusal.RESOURCE_MALFORMED, name)
    return value


def currency(fields: Fields) -> str:
    """Return the currency in ISO 4217 form. Raises MessageRefusedError."""
    return text(fields, "currency", _CURRENCY).upper()


def money(fields: Fields, name: str) -> Money:
    """Return an amount in ISO 4217 minor units, whatever unit Stripe uses for the currency.

    Source: docs.stripe.com/currencies, "Minor units" and "Special cases".
    Raises MessageRefusedError.
    """
    code, counted = currency(fields), amount(fields, name)
    found = Money(minor(counted, code), code)
    if units(found) != counted:
        raise MessageRefusedError(Refusal.RESOURCE_MALFORMED, name)
    return found


def minor(counted: int, code: str) -> int:
    """Convert Stripe's unit to ISO 4217 minor units, rounded half away from zero."""
    exact = Decimal(counted).scaleb(exponent(code) - _DIGITS.get(code, exponent(code)))
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def units(asked: Money) -> int:
    """Return an amount in Stripe's unit for its currency."""
    digits = _DIGITS.get(asked.currency, exponent(asked.currency))
    return int(asked.to_decimal().scaleb(digits))


def amount(fields: Fields, name: str, *, least: int = 0) -> int:
    """Return an amount in the smallest unit. Raises MessageRefusedError."""
    value = fields.get(name)
    # In Python a bool is an int; in JSON it is not.
    if type(value) is not int or not least <= value <= AMOUNT_MAX:
        raise MessageRefusedError(Refusal.RESOURCE_MALFORMED, name)
    return value


def moment(fields: Fields, name: str) -> datetime:
    """Return a time, which is seconds since the epoch. Raises MessageRefusedError."""
    seconds = amount(fields, name)
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        raise MessageRefusedError(Refusal.RESOURCE_MALFORMED, name) from None
