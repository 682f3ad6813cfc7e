"""What Alipay's words mean: its replies and notices in, facts out. No sockets, no clock, no keys.

Everything here has been signed by the platform, and is still read as if it had not: a member of
the wrong type, a number that is none, or a text that no database column would hold is refused.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from limosa.domain.payments.providers.alipay.refusals import MessageRefusedError, Refusal
from limosa.domain.payments.status_reports import (
    PaymentStatusReport,
    ProviderState,
    RefundOutcome,
    RefundStatusReport,
)
from limosa.foundation.errors import LocalProtocolError
from limosa.foundation.money import Money, exponent

CURRENCY = "CNY"  # A mainland account takes no other.
# total_amount: 0.01 to 100000000; alipay.trade.precreate, page.pay and wap.pay.
LEAST_MINOR = {CURRENCY: 1}
SUBJECT_BYTES_MAX = 256
REASON_BYTES_MAX = 256
FEN_MAX = 100_000_000 * 100  # Documented: a payment is of at most a hundred million yuan.
BEIJING = timezone(timedelta(hours=8))

# Documented: letters, digits and underscores, up to 64. Ours are shorter.
NUMBER = re.compile(r"[0-9A-Za-z_]{1,32}", re.ASCII)
# What others may have sent under our application, so as to name it in a report.
_NUMBER_OF_OTHERS = re.compile(r"[\x21-\x7e]{1,32}", re.ASCII)
_IDENTIFIER = re.compile(r"[\x21-\x7e]{1,64}", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_AMOUNT = re.compile(r"(\d{1,11})(?:\.(\d{1,2}))?", re.ASCII)
# Notices of refunds have been seen with thousandths of a second.
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
    """Return the number of a payment or refund. Raises LocalProtocolError when it can't be one."""
    if not NUMBER.fullmatch(number):
        raise LocalProtocolError(f"not a number for Alipay: {number!r}")
    return number


def yuan(amount: Money) -> str:
    """Return an amount as Alipay writes it. Raises LocalProtocolError when it can't take it."""
    if amount.currency != CURRENCY or not 1 <= amount.amount_minor <= FEN_MAX:
        raise LocalProtocolError(f"Alipay takes yuan, not {amount}")
    return str(amount.to_decimal())


def beijing_time(moment: datetime) -> str:
    """Return a time as Alipay writes it."""
    return moment.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def plain(text: str, *, bytes_max: int) -> str:
    """Return a text that Alipay accepts as a subject, cut at a character so that it fits.

    The documentation does not say whether it counts characters or bytes; bytes satisfy both.
    """
    clean = _NOT_IN_A_SUBJECT.sub(" ", text).strip()
    return clean.encode(errors="ignore")[:bytes_max].decode(errors="ignore")


def read_payment(fields: Fields, *, paid_at_name: str, merchant: str) -> PaymentStatusReport:
    """Return what a trade says: a query's reply with `send_pay_date`, a notice with `gmt_payment`.

    The amount is `total_amount`, what the order was for: coupons of the platform make the payer's
    part smaller, not ours. A notice of a refund is of the same trade and gives the same fact: what
    was paid; see read_refund_notice. Raises MessageRefusedError.
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
    """Return who a notice says took the money.

    It is the plain seller only if the application is ours too, and `seller/application` otherwise,
    so that one comparison with Provider.merchant covers both. Raises MessageRefusedError.
    """
    seller = read_text(fields, "seller_id", _IDENTIFIER)
    application = read_text(fields, "app_id", _IDENTIFIER)
    return seller if (seller, application) == (seller_id, app_id) else f"{seller}/{application}"


def read_refund(fields: Fields, *, refund_number: str, payment_number: str) -> RefundStatusReport:
    """Return what a query says of a refund.

    Documented: a refund that succeeded has its status; without one it was never received, or
    failed, or is not through yet. In each case it is right to ask for it again with its number.
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
    """Return the refund that a notice tells of; None where it tells of none.

    It names the refund, whoever asked for it, and says no amount of its own: `refund_fee` is the
    sum of all refunds of the trade so far. So it decides nothing, and is to be asked for.
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
    """Return the payment's number that a reply is about. Raises MessageRefusedError."""
    return read_text(fields, "out_trade_no", _NUMBER_OF_OTHERS)


def read_link(fields: Fields, name: str) -> str:
    """Return a URL. Raises MessageRefusedError."""
    return read_text(fields, name, re.compile(r"https?://[\x21-\x7e]{1,2048}", re.ASCII))


def read_code(fields: Fields, name: str) -> str:
    """Return `code` or `sub_code`; empty when there is none that looks like one."""
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
    """Return a time, which is Beijing's, in UTC. Raises MessageRefusedError."""
    try:
        return parse_time(fields.get(name, ""))
    except (TypeError, ValueError, OverflowError):
        raise MessageRefusedError(Refusal.RESOURCE_MALFORMED, name) from None


def parse_time(text: str) -> datetime:
    """Return Beijing's time in UTC. Raises ValueError, OverflowError."""
    if not _TIME.fullmatch(text):
        raise ValueError(text)
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING).astimezone(UTC)


def read_text(fields: Fields, name: str, pattern: re.Pattern[str], *, default: str = "") -> str:
    """Return a text that looks as it should. Raises MessageRefusedError."""
    value = fields.get(name, default)
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise MessageRefusedError(Refusal.RESOURCE_MALFORMED, name)
    return value


def _was_paid(fields: Fields, paid_at_name: str) -> bool:
    """Tell a trade that was paid and refunded in full from one that nobody paid.

    Both are TRADE_CLOSED. Only a paid one has the time of the payment; and only a notice about it
    has refunds (one about a trade that lapsed says `refund_fee` 0.00).
    """
    if fields.get(paid_at_name):
        return True
    return bool(fields.get("refund_fee")) and read_minor(fields, "refund_fee") > 0
