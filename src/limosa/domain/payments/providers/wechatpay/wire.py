"""Parses WeChat Pay's JSON: bytes in, facts out. No sockets, no clock, no keys.

Everything here has been signed by the platform, but is parsed as if it had not: a member of the
wrong type, an invalid number, or a text too long for its database column is refused.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from limosa.domain.payments.message_refusals import MessageRefusedError
from limosa.domain.payments.providers.wechatpay.refusals import Refusal
from limosa.domain.payments.status_reports import (
    Decline,
    PaymentStatusReport,
    ProviderState,
    RefundOutcome,
    RefundStatusReport,
)
from limosa.foundation.errors import LocalProtocolError

CURRENCY = "CNY"  # The only one that a mainland merchant takes.
# amount.total: whole fen, at least 1; /v3/pay/transactions/native, /h5 and /jsapi.
LEAST_MINOR = {CURRENCY: 1}
DESCRIPTION_BYTES_MAX = 127
REASON_BYTES_MAX = 80
FEN_MAX = 10**15  # Ours: sums of such amounts still fit a bigint column easily.
BEIJING = timezone(timedelta(hours=8))

# Ours are narrower than the documented set, which includes `|` and `*`: those would need escaping
# in the path, and the signature covers the path as sent.
PAYMENT_NUMBER = re.compile(r"[0-9A-Za-z_-]{6,32}", re.ASCII)
REFUND_NUMBER = re.compile(r"[0-9A-Za-z_-]{1,64}", re.ASCII)
# Numbers that others may have sent under our merchant number, so that a report can name them.
_IDENTIFIER = re.compile(r"[\x21-\x7e]{1,64}", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_OPENID = re.compile(r"[0-9A-Za-z_-]{1,128}", re.ASCII)
_SHA1 = re.compile(r"[0-9A-Fa-f]{40}", re.ASCII)

PAYMENT_STATES = {
    "SUCCESS": ProviderState.SUCCEEDED,
    "REFUND": ProviderState.SUCCEEDED,  # It was paid; the refunds themselves tell what went back.
    "NOTPAY": ProviderState.PENDING,
    "USERPAYING": ProviderState.PENDING,
    "CLOSED": ProviderState.CLOSED,
    "REVOKED": ProviderState.CLOSED,
    "PAYERROR": ProviderState.FAILED,
}
REFUND_OUTCOMES = {
    "SUCCESS": RefundOutcome.SUCCEEDED,
    "PROCESSING": RefundOutcome.PENDING,
    "CLOSED": RefundOutcome.FAILED,
    # The payer's card refused the money; it stays with the platform until a person acts.
    "ABNORMAL": RefundOutcome.FAILED,
}
# The documented codes for "never heard of it", all with HTTP 404. See SOURCES.md.
NOT_FOUND_CODES = frozenset({"ORDER_NOT_EXIST", "ORDERNOTEXIST", "RESOURCE_NOT_EXISTS"})
# The documented codes for "there is no bill": not yet, or because nothing happened.
NO_BILL_CODES = frozenset({"NO_STATEMENT_EXIST", "STATEMENT_CREATING"})

Fields = Mapping[str, Any]


def check_payment_number(number: str) -> str:
    """Return the number. Raises LocalProtocolError if it is not a valid out_trade_no."""
    if not PAYMENT_NUMBER.fullmatch(number):
        raise LocalProtocolError(f"not a payment number: {number!r}")
    return number


def check_refund_number(number: str) -> str:
    """Return the number. Raises LocalProtocolError if it is not a valid out_refund_no."""
    if not REFUND_NUMBER.fullmatch(number):
        raise LocalProtocolError(f"not a refund number: {number!r}")
    return number


def check_openid(openid: str) -> str:
    """Return the openid. Raises LocalProtocolError if it is not valid as one."""
    if not _OPENID.fullmatch(openid):
        raise LocalProtocolError("the payer is not known")
    return openid


def read_object(text: bytes) -> Fields:
    """Return the JSON object. Raises MessageRefusedError."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise MessageRefusedError(Refusal.RESOURCE_MALFORMED, "not JSON") from None
    if not isinstance(value, dict):
        raise MessageRefusedError(Refusal.RESOURCE_MALFORMED, "not an object")
    return value


def read_payment(fields: Fields, *, mchid: str, appid: str) -> PaymentStatusReport:
    """Return a payment's report from a transaction, in a query or a notification.

    The amount is `total`, the order's amount: the platform's coupons reduce what the payer pays,
    not what we receive. `merchant` is the plain merchant number only if the appid is ours too, and
    `mchid/appid` otherwise, so a single comparison with Provider.merchant covers both. Raises
    MessageRefusedError.
    """
    state = PAYMENT_STATES.get(_text(fields, "trade_state", _IDENTIFIER))
    if state is None:
        raise MessageRefusedError(Refusal.RESOURCE_MALFORMED, "trade_state")
    payment_number = _text(fields, "out_trade_no", _IDENTIFIER)
    if len(payment_number) > 32:
        raise MessageRefusedError(Refusal.RESOURCE_MALFORMED, "out_trade_no")
    merchant = _text(fields, "mchid", _IDENTIFIER)
    said_appid = _text(fields, "appid", _IDENTIFIER)
    if (merchant, said_appid) != (mchid, appid):
        merchant = f"{merchant}/{said_appid}"
    if state is not ProviderState.SUCCEEDED:  # Unpaid ones lack most members below.
        decline = Decline.REFUSED if state is ProviderState.FAILED else None
        return PaymentStatusReport(
            payment_number=payment_number, state=state, merchant=merchant, decline=decline
        )
    amount = _object(fields, "amount")
    return PaymentStatusReport(
        payment_number=payment_number,
        state=state,
        transaction_id=_text(fields, "transaction_id", _IDENTIFIER),
        amount_minor=_fen(amount, "total"),
        currency=_text(amount, "currency", _CURRENCY, default=CURRENCY),
        merchant=merchant,
        paid_at=_time(fields, "success_time"),
    )


def read_refund(fields: Fields, *, status_name: str) -> RefundStatusReport:
    """Return a refund's report. Replies call its state `status`, notifications `refund_status`.

    A notification carries no currency; a mainland merchant has only one.
    Raises MessageRefusedError.
    """
    outcome = REFUND_OUTCOMES.get(_text(fields, status_name, _IDENTIFIER))
    if outcome is None:
        raise MessageRefusedError(Refusal.RESOURCE_MALFORMED, status_name)
    amount = _object(fields, "amount")
    return RefundStatusReport(
        refund_number=_text(fields, "out_refund_no", _IDENTIFIER),
        payment_number=_text(fields, "out_trade_no", _IDENTIFIER),
        outcome=outcome,
        amount_minor=_fen(amount, "refund"),
        currency=_text(amount, "currency", _CURRENCY, default=CURRENCY),
    )


def read_merchant(fields: Fields) -> str:
    """Return the merchant number that a resource names. Raises MessageRefusedError."""
    return _text(fields, "mchid", _IDENTIFIER)


def read_link(fields: Fields, name: str) -> str:
    """Return the URL in the reply to an order. Raises MessageRefusedError."""
    return _text(fields, name, re.compile(r"[a-z]{2,10}://[\x21-\x7e]{1,500}", re.ASCII))


def read_prepay_id(fields: Fields) -> str:
    """Return the prepay id of an order for WeChat's browser. Raises MessageRefusedError."""
    return _text(fields, "prepay_id", _IDENTIFIER)


def read_openid(fields: Fields) -> str:
    """Return the payer's openid for this app. Raises MessageRefusedError."""
    return _text(fields, "openid", _OPENID)


def read_file_place(fields: Fields) -> tuple[str, str]:
    """Return a bill's URL, and its SHA-1 in hexadecimal. Raises MessageRefusedError."""
    if fields.get("hash_type") != "SHA1":
        raise MessageRefusedError(Refusal.RESOURCE_MALFORMED, "hash_type")
    return read_link(fields, "download_url"), _text(fields, "hash_value", _SHA1)


def read_error_code(body: bytes) -> str:
    """Return the `code` of an error reply; empty if it has none."""
    try:
        code = read_object(body).get("code")
    except MessageRefusedError:
        return ""
    return code if isinstance(code, str) and re.fullmatch(r"[A-Z_]{1,40}", code) else ""


def beijing_time(moment: datetime) -> str:
    """Return RFC 3339 with seconds, in the documented time zone."""
    return moment.astimezone(BEIJING).isoformat(timespec="seconds")


def shorten(text: str, *, bytes_max: int) -> str:
    """Return the text, truncated between characters so that its UTF-8 form fits.

    The documentation counts characters on one page and bytes on another; bytes satisfy both.
    """
    return text.encode()[:bytes_max].decode(errors="ignore")


def _object(fields: Fields, name: str) -> Fields:
    value = fields.get(name)
    if not isinstance(value, dict):
        raise MessageRefusedError(Refusal.RESOURCE_MALFORMED, name)
    return value


def _text(fields: Fields, name: str, pattern: re.Pattern[str], *, default: str = "") -> str:
    value = fields.get(name, default)
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise MessageRefusedError(Refusal.RESOURCE_MALFORMED, name)
    return value


def _fen(amount: Fields, name: str) -> int:
    value = amount.get(name)
    # In Python a bool is an int; in JSON it is not.
    if type(value) is not int or not 0 <= value <= FEN_MAX:
        raise MessageRefusedError(Refusal.RESOURCE_MALFORMED, name)
    return value


def _time(fields: Fields, name: str) -> datetime | None:
    value = fields.get(name)
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise MessageRefusedError(Refusal.RESOURCE_MALFORMED, name)
        return moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise MessageRefusedError(Refusal.RESOURCE_MALFORMED, name) from None
