"""Parses PayPal's orders, captures, refunds and disputes: fields in, facts out. No sockets."""

import re

from limosa.domain.payments.providers.paypal.declines import read_decline
from limosa.domain.payments.providers.paypal.fields import (
    WORD,
    Fields,
    malformed,
    read_money,
    read_optional,
    read_our_number,
    read_part,
    read_parts,
    read_text,
    read_time,
)
from limosa.domain.payments.requests import SAVED
from limosa.domain.payments.status_reports import (
    DisputeOutcome,
    DisputeStatusReport,
    PaymentStatusReport,
    ProviderState,
    RefundOutcome,
    RefundStatusReport,
    SavedMethodReport,
)
from limosa.foundation.money import Money

# The documented currencies that any account may take and whose decimals are those of ISO 4217: HUF
# and TWD have none at PayPal, and BRL, CNY and MYR are only for accounts in their own country.
CURRENCIES = frozenset(
    {"AUD", "CAD", "CHF", "CZK", "DKK", "EUR", "GBP", "HKD", "ILS", "JPY", "MXN", "NOK", "NZD"}
    | {"PHP", "PLN", "SEK", "SGD", "THB", "USD"}
)
# PayPal documents no minimum but "greater than zero": /api/orders/v2, purchase_units[].amount.
LEAST_MINOR = dict.fromkeys(CURRENCIES, 1)
NUMBER = re.compile(r"[0-9A-Za-z_-]{6,32}", re.ASCII)
_ID = re.compile(r"[0-9A-Za-z-]{1,64}", re.ASCII)  # For captures, refunds and tokens.
ORDER_ID = re.compile(r"[0-9A-Z]{1,36}", re.ASCII)
_LINK = re.compile(r"https?://[\x21-\x7e]{1,500}", re.ASCII)
_CAPTURE_LINK = re.compile(
    r"https?://[^/]{1,200}/v2/payments/captures/([0-9A-Za-z-]{1,64})", re.ASCII
)
_VAULT_ID = re.compile(r"[0-9A-Za-z_-]{1,255}", re.ASCII)

ORDER_STATES = {
    "CREATED": ProviderState.PENDING,
    "SAVED": ProviderState.PENDING,
    "PAYER_ACTION_REQUIRED": ProviderState.PENDING,
    "APPROVED": ProviderState.APPROVED,
    "VOIDED": ProviderState.CLOSED,
}
# An order for a saved method has no payer present, so if it needs one, that is its status.
SAVED_ORDER_STATES = ORDER_STATES | {
    "PAYER_ACTION_REQUIRED": ProviderState.PAYER_NEEDED,
    "APPROVED": ProviderState.PAYER_NEEDED,
}
CAPTURE_STATES = {
    "COMPLETED": ProviderState.SUCCEEDED,
    # It was paid; the refunds themselves tell what went back.
    "PARTIALLY_REFUNDED": ProviderState.SUCCEEDED,
    "REFUNDED": ProviderState.SUCCEEDED,
    "PENDING": ProviderState.PROCESSING,  # An eCheck, or a review.
    "DECLINED": ProviderState.FAILED,
    "FAILED": ProviderState.FAILED,
}
REFUND_OUTCOMES = {
    "COMPLETED": RefundOutcome.SUCCEEDED,
    "PENDING": RefundOutcome.PENDING,
    "CANCELLED": RefundOutcome.FAILED,
    "FAILED": RefundOutcome.FAILED,
}
# An outcome not listed here does not say that the money is ours again: the dispute stays OPEN.
DISPUTE_OUTCOMES = {
    "RESOLVED_BUYER_FAVOUR": DisputeOutcome.LOST,
    "ACCEPTED": DisputeOutcome.LOST,  # We accepted the claim.
    "RESOLVED_SELLER_FAVOUR": DisputeOutcome.WON,
    "RESOLVED_WITH_PAYOUT": DisputeOutcome.WON,  # PayPal bore the payout itself.
    "CANCELED_BY_BUYER": DisputeOutcome.WON,
    "DENIED": DisputeOutcome.WON,
}


def read_order(order: Fields, *, method: str) -> PaymentStatusReport:
    """Return a payment's report from its order. Raises MessageRefusedError.

    A capture that succeeded or is pending decides. A declined one does not while the order is open:
    the payer may choose another card for it.
    """
    unit = read_unit(order)
    merchant = read_text(read_part(unit, "payee"), "merchant_id")
    status = read_text(order, "status", WORD)
    known = [read_capture(one, merchant=merchant) for one in captures_of(unit)]
    for state in (ProviderState.SUCCEEDED, ProviderState.PROCESSING):
        for report in known:
            if report.state is state:
                return report
    if status == "COMPLETED" and known:
        return known[-1]
    states = SAVED_ORDER_STATES if method == SAVED else ORDER_STATES
    if status not in states:
        raise malformed("status")
    return PaymentStatusReport(
        payment_number=read_number(unit),
        state=states[status],
        merchant=merchant,
        decline=known[-1].decline if known else None,
    )


def read_capture(capture: Fields, *, merchant: str) -> PaymentStatusReport:
    """Return a payment's report from a capture. `merchant`: ours, if the capture does not name the
    payee.

    `paid_at` is when the capture was created: its last update would be its refund.
    Raises MessageRefusedError.
    """
    state = CAPTURE_STATES.get(read_text(capture, "status", WORD))
    if state is None:
        raise malformed("status")
    number = read_number(capture)
    merchant = read_optional(read_part(capture, "payee"), "merchant_id") or merchant
    if state is not ProviderState.SUCCEEDED:
        return PaymentStatusReport(
            payment_number=number, state=state, merchant=merchant, decline=read_decline(capture)
        )
    amount = read_money(capture, "amount")
    return PaymentStatusReport(
        payment_number=number,
        state=state,
        transaction_id=read_text(capture, "id", _ID),
        amount_minor=amount.amount_minor,
        currency=amount.currency,
        merchant=merchant,
        paid_at=read_time(capture, "create_time"),
    )


def read_unit(order: Fields) -> Fields:
    """Return an order's only purchase unit. Raises MessageRefusedError."""
    units = read_parts(order, "purchase_units")
    if len(units) != 1:
        raise malformed("purchase_units")
    return units[0]


def read_number(fields: Fields) -> str:
    """Return our payment number, which appears twice. Raises MessageRefusedError."""
    number = read_our_number(fields, "invoice_id") or read_our_number(fields, "custom_id")
    if not number:
        raise malformed("invoice_id")
    return number


def captures_of(unit: Fields) -> list[Fields]:
    """Return the captures of a purchase unit."""
    return read_parts(read_part(unit, "payments"), "captures")


def refunds_of(unit: Fields) -> list[Fields]:
    """Return the refunds of a purchase unit."""
    return read_parts(read_part(unit, "payments"), "refunds")


def read_refund(refund: Fields, *, payment_number: str = "") -> RefundStatusReport:
    """Return a refund's report.

    We send its number as `invoice_id` and the payment's as `custom_id`. A refund by hand has the
    payment's own number in both, or none; its link `up` leads to the capture. Raises
    MessageRefusedError.
    """
    outcome = REFUND_OUTCOMES.get(read_text(refund, "status", WORD))
    if outcome is None:
        raise malformed("status")
    amount = read_money(refund, "amount")
    payment_number = payment_number or read_our_number(refund, "custom_id")
    number = read_our_number(refund, "invoice_id")
    return RefundStatusReport(
        refund_number="" if number == payment_number else number,
        payment_number=payment_number,
        outcome=outcome,
        reference=read_text(refund, "id", _ID),
        transaction_id=_capture_above(refund),
        amount_minor=amount.amount_minor,
        currency=amount.currency,
    )


def _capture_above(refund: Fields) -> str:
    """Return the id of the capture that was refunded; empty if no link names it."""
    for link in read_parts(refund, "links"):
        found = _CAPTURE_LINK.fullmatch(str(link.get("href"))) if link.get("rel") == "up" else None
        if found:
            return found[1]
    return ""


def read_dispute(dispute: Fields) -> DisputeStatusReport:
    """Return a dispute's report. Raises MessageRefusedError."""
    disputed = read_parts(dispute, "disputed_transactions")
    if not disputed:
        raise malformed("disputed_transactions")
    outcome, amount = DisputeOutcome.OPEN, read_money(dispute, "dispute_amount")
    lost_minor = None
    if read_text(dispute, "status", WORD) == "RESOLVED":
        said = read_part(dispute, "dispute_outcome")
        outcome = DISPUTE_OUTCOMES.get(read_optional(said, "outcome_code"), outcome)
        if outcome is DisputeOutcome.LOST and "amount_refunded" in said:
            lost = read_money(said, "amount_refunded")
            # In another currency it can't be compared with what is withheld: then all of that is
            # lost.
            lost_minor = lost.amount_minor if lost.currency == amount.currency else None
    return DisputeStatusReport(
        reference=read_text(dispute, "dispute_id"),
        outcome=outcome,
        payment_number=read_our_number(disputed[0], "invoice_number"),
        transaction_id=read_text(disputed[0], "seller_transaction_id", _ID),
        amount_minor=amount.amount_minor,
        currency=amount.currency,
        reason=read_optional(dispute, "reason"),
        lost_minor=lost_minor,
    )


def read_vaulted(order: Fields) -> SavedMethodReport | None:
    """Return the method that an order saved in the vault; None if it saved none.

    Raises MessageRefusedError.
    """
    wallet = read_part(order, "payment_source", "paypal")
    vault = read_part(wallet, "attributes", "vault")
    if read_optional(vault, "status") != "VAULTED":
        return None
    return SavedMethodReport(
        reference=read_text(vault, "id", _VAULT_ID),
        label=_label(wallet.get("email_address")),
    )


def is_being_vaulted(order: Fields) -> bool:
    """Return whether the vault has accepted the method but not stored it yet."""
    vault = read_part(order, "payment_source", "paypal", "attributes", "vault")
    return read_optional(vault, "status") == "APPROVED"


def read_link(order: Fields) -> str:
    """Return where the payer approves an order. Raises MessageRefusedError."""
    for link in read_parts(order, "links"):
        if link.get("rel") in {"payer-action", "approve"}:
            return read_text(link, "href", _LINK)
    raise malformed("links")


def is_asked_for(order: Fields, *, number: str, amount: Money) -> bool:
    """Return whether an order is for this number and this amount."""
    unit = read_unit(order)
    return read_number(unit) == number and read_money(unit, "amount") == amount


def is_vault_id(text: str) -> bool:
    """Return whether a text can be the id of a saved method."""
    return _VAULT_ID.fullmatch(text) is not None


def _label(email: object) -> str:
    """Return an e-mail address, masked so that its owner recognizes it but nobody else learns
    it."""
    name, at, domain = email.partition("@") if isinstance(email, str) else ("", "", "")
    if not name or not at or not 0 < len(domain) <= 60 or not domain.isprintable():
        return "PayPal"
    return f"{name[0]}•••@{domain}" if name[0].isprintable() else "PayPal"
