"""Parses Alipay's replies and notifications: bytes in, facts out. No sockets, no clock, no keys.

Everything here has been signed by the platform, but is parsed as if it had not: a member of the
wrong type, an invalid number, or a text too long for its database column is refused.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from limosa.domain.payments.message_refusals import MessageRefusedError
from limosa.domain.payments.providers.alipay.refusals import Refusal
from limosa.domain.payments.status_reports import (
    PaymentStatusReport,
    ProviderState,
    RefundOutcome,
    RefundStatusReport,
)
from limosa.foundation.errors import LocalProtocolError
from limosa.foundation.money import Money, exponent

CURRENCY = "CNY"  # The only one that a mainland account takes.
# total_amount: 0.01 to 100000000; alipay.trade.precreate, page.pay and wap.pay.
LEAST_MINOR = {CURRENCY: 1}
SUBJECT_BYTES_MAX = 256
REASON_BYTES_MAX = 256
FEN_MAX = 100_000_000 * 100  # Documented: at most a hundred million yuan per payment.
BEIJING = timezone(timedelta(hours=8))

# Documented: letters, digits and underscores, up to 64. Ours are shorter.
NUMBER = re.compile(r"[0-9A-Za-z_]{1,32}", re.ASCII)
# Numbers that others may have sent under our application, so that a report can name them.
_NUMBER_OF_OTHERS = re.compile(r"[\x21-\x7e]{1,32}", re.ASCII)
_IDENTIFIER = re.compile(r"[\x21-\x7e]{1,64}", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_AMOUNT = re.compile(r"(\d{1,11})(?:\.(\d{1,2}))?", re.ASCII)
# Refund notifications have been seen with thousandths of a second.
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?", re.ASCII)
_CODE = re.compile(r"[\w.-]{1,60}", re.ASCII)
# Documented as not allowed in a subject: `/ = &`. A comma or a quote would break the bill's lines.
_NOT_IN_A_SUBJECT = re.compile(r'[/=&,"\x00-\x1f\x7f]+')

PAYMENT_STATES = {
    "WAIT_BUYER_PAY": ProviderState.PENDING,
    "TRADE_SUCCESS": ProviderState.SUCCEEDED,
    "TRADE_FINISHED": ProviderState.SUCCEEDED,  # Paid, and too old to be refunded.
    "TRADE_CLOSED": ProviderState.CLOSED,  # Or paid and refunded in full: see `_was_paid`.
}

Fields = Mapping[str, Any]


def check_number(number: str) -> str:
    """Return a payment or refund number. Raises LocalProtocolError if it is not valid as one."""
    if not NUMBER.fullmatch(number):
        raise LocalProtocolError(f"not a number for Alipay: {number!r}")
    return number


def yuan(amount: Money) -> str:
    """Return an amount as Alipay writes it. Raises LocalProtocolError if it is out of range."""
    if amount.currency != CURRENCY or not 1 <= amount.amount_minor <= FEN_MAX:
        raise LocalProtocolError(f"Alipay takes yuan, not {amount}")
    return str(amount.to_decimal())


def beijing_time(moment: datetime) -> str:
    """Return a time as Alipay writes it."""
    return moment.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def plain(text: str, *, bytes_max: int) -> str:
    """Return the text as a valid subject, truncated between characters to fit.

    The documentation does not say whether the limit is in characters or bytes; bytes satisfy both.
    """
    clean = _NOT_IN_A_SUBJECT.sub(" ", text).strip()
    return clean.encode(errors="ignore")[:bytes_max].decode(errors="ignore")


def read_payment(fields: Fields, *, paid_at_name: str, merchant: str) -> PaymentStatusReport:
    """Return a trade's status: from a query's reply (`send_pay_date`) or a notification
    (`gmt_payment`).

    The amount is `total_amount`, the order's amount: the platform's coupons reduce what the payer
    pays, not what we receive. A refund's notification describes the same trade and gives the same
    fact, the payment; see read_refund_notice. Raises MessageRefusedError.
    """
    state = PAYMENT_STATES.get(read_text(fields, "trade_status", _IDENTIFIER))
    if state is None:
        raise MessageRefusedError(Refusal.RESOURCE_MALFORMED, "trade_status")
    number = read_text(fields, "out_trade_no", _NUMBER_OF_OTHERS)
    if state is ProviderState.CLOSED and _was_paid(fields, paid_at_name):
        state = ProviderState.SUCCEEDED
    if state is not ProviderState.SUCCEEDED:
        return PaymentStatusReport(payment_number=number, state=state, merchant=merchant)
    currency = read_text(fields, "trans_currency", _CURRENCY, default=CURRENCY)
    return PaymentStatusReport(
        payment_number=number,
        state=state,
        transaction_id=read_text(fields, "trade_no", _IDENTIFIER),
        amount_minor=read_minor(fields, "total_amount", currency=currency),
        currency=currency,
        merchant=merchant,
        paid_at=read_time(fields, paid_at_name) if fields.get(paid_at_name) else None,
    )


def read_merchant(fields: Fields, *, seller_id: str, app_id: str) -> str:
    """Return who received the money, according to a notification.

    It is the plain seller only if the application is ours too, and `seller/application` otherwise,
    so a single comparison with Provider.merchant covers both. Raises MessageRefusedError.
    """
    seller = read_text(fields, "seller_id", _IDENTIFIER)
    application = read_text(fields, "app_id", _IDENTIFIER)
    return seller if (seller, application) == (seller_id, app_id) else f"{seller}/{application}"


def read_refund(fields: Fields, *, refund_number: str, payment_number: str) -> RefundStatusReport:
    """Return a refund's status from a query.

    Documented: a successful refund has its status; without a status it was never received, or
    failed, or is still in progress. In each case it is right to request it again with its number.
    Raises MessageRefusedError.
    """
    if not fields.get("refund_status"):
        return RefundStatusReport(
            refund_number=refund_number,
            payment_number=payment_number,
            outcome=RefundOutcome.UNKNOWN,
        )
    if fields["refund_status"] != "REFUND_SUCCESS":
        raise MessageRefusedError(Refusal.RESOURCE_MALFORMED, "refund_status")
    currency = read_text(fields, "refund_currency", _CURRENCY, default=CURRENCY)
    return RefundStatusReport(
        refund_number=read_text(fields, "out_request_no", _IDENTIFIER),
        payment_number=read_text(fields, "out_trade_no", _NUMBER_OF_OTHERS),
        outcome=RefundOutcome.SUCCEEDED,
        amount_minor=read_minor(fields, "refund_amount", currency=currency),
        currency=currency,
    )


def read_refund_notice(fields: Fields) -> RefundStatusReport | None:
    """Return the refund that a notification reports; None if it reports none.

    It names the refund, whoever requested it, but has no amount for it: `refund_fee` is the sum of
    the trade's refunds so far. It therefore decides nothing, and the refund has to be queried.
    Raises MessageRefusedError.
    """
    if not fields.get("out_biz_no") or not fields.get("refund_fee"):
        return None
    currency = read_text(fields, "trans_currency", _CURRENCY, default=CURRENCY)
    sum_minor = read_minor(fields, "refund_fee", currency=currency)
    if not sum_minor:
        return None
    return RefundStatusReport(
        refund_number=read_text(fields, "out_biz_no", _IDENTIFIER),
        payment_number=read_text(fields, "out_trade_no", _NUMBER_OF_OTHERS),
        outcome=RefundOutcome.PENDING,
        transaction_id=read_text(fields, "trade_no", _IDENTIFIER),
        amount_minor=sum_minor,
        currency=currency,
    )


def read_number(fields: Fields) -> str:
    """Return the payment number that a reply is about. Raises MessageRefusedError."""
    return read_text(fields, "out_trade_no", _NUMBER_OF_OTHERS)


def read_link(fields: Fields, name: str) -> str:
    """Return a URL. Raises MessageRefusedError."""
    return read_text(fields, name, re.compile(r"https?://[\x21-\x7e]{1,2048}", re.ASCII))


def read_code(fields: Fields, name: str) -> str:
    """Return `code` or `sub_code`; empty if there is none that looks like one."""
    value = fields.get(name)
    return value if isinstance(value, str) and _CODE.fullmatch(value) else ""


def read_minor(fields: Fields, name: str, *, currency: str = CURRENCY) -> int:
    """Return an amount, which is in yuan, as whole minor units. Raises MessageRefusedError."""
    found = _AMOUNT.fullmatch(read_text(fields, name, _IDENTIFIER))
    minor = Decimal(found[0]).scaleb(exponent(currency)) if found else Decimal("NaN")
    if minor != minor.to_integral_value():
        raise MessageRefusedError(Refusal.RESOURCE_MALFORMED, name)
    return int(minor)


def read_time(fields: Fields, name: str) -> datetime:
    """Return a Beijing time in UTC. Raises MessageRefusedError."""
    try:
        return parse_time(fields.get(name, ""))
    except (TypeError, ValueError, OverflowError):
        raise MessageRefusedError(Refusal.RESOURCE_MALFORMED, name) from None


def parse_time(text: str) -> datetime:
    """Return a Beijing time in UTC. Raises ValueError, OverflowError."""
    if not _TIME.fullmatch(text):
        raise ValueError(text)
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING).astimezone(UTC)


def read_text(fields: Fields, name: str, pattern: re.Pattern[str], *, default: str = "") -> str:
    """Return a text that matches the pattern. Raises MessageRefusedError."""
    value = fields.get(name, default)
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise MessageRefusedError(Refusal.RESOURCE_MALFORMED, name)
    return value


def _was_paid(fields: Fields, paid_at_name: str) -> bool:
    """Return whether a closed trade was paid and refunded in full, rather than never paid.

    Both are TRADE_CLOSED. Only a paid one has the time of its payment, and only its notification
    reports refunds (that of an expired trade says `refund_fee` 0.00).
    """
    if fields.get(paid_at_name):
        return True
    return bool(fields.get("refund_fee")) and read_minor(fields, "refund_fee") > 0
