"""What the till service's words mean: its signature, its JSON in, our facts out.

Whatever raises one of BROKEN here is not of the documented form.
"""

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from limosa.domain.payments.status_reports import (
    NotificationRefusedError,
    PaymentStatusReport,
    ProviderState,
    RefundOutcome,
    RefundStatusReport,
    SettlementKind,
    SettlementLine,
)
from limosa.foundation.errors import ProviderError

UNAUTHORIZED = 401
BROKEN = (KeyError, TypeError, ValueError, OverflowError, RecursionError)
FRESH = timedelta(minutes=5)
STATES = {
    "open": ProviderState.PENDING,
    "paid": ProviderState.SUCCEEDED,
    "closed": ProviderState.CLOSED,
}
OUTCOMES = {"waiting": RefundOutcome.PENDING, "given": RefundOutcome.SUCCEEDED}


def signature(secret: str, about: str, body: bytes, *, at: datetime) -> str:
    """Return the header `Till-Signature`. `about`: which message it is, so that none serves twice.

    Of a call `PUT /slips/P1`, of its answer `200 PUT /slips/P1`, of a notification `notice`.
    """
    seconds = int(at.timestamp())
    signed = f"{seconds}\n{about}\n".encode() + body
    return f"{seconds}.{hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


def check_signature(header: str, secret: str, about: str, body: bytes, *, now: datetime) -> None:
    """Raise NotificationRefusedError unless the till signed these bytes a moment ago."""
    if not header:
        raise NotificationRefusedError("header_missing")
    try:
        at = datetime.fromtimestamp(int(header.partition(".")[0]), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise NotificationRefusedError("timestamp_malformed") from error
    if at < now - FRESH:
        raise NotificationRefusedError("timestamp_too_old")
    if at > now + FRESH:
        raise NotificationRefusedError("timestamp_in_future")
    expected = signature(secret, about, body, at=at)
    if not hmac.compare_digest(expected.encode(), header.encode()):
        raise NotificationRefusedError("signature_wrong")


def granted(status: int, content: Any) -> Any:
    """Return what the till granted. Raises ProviderError when it understood and refused."""
    if status != 200:
        raise ProviderError(f"refused: HTTP {status}", retryable=False)
    return content


def not_verified(status: int, reason: str) -> ProviderError:
    """Return the fault of an answer that is not believed; 401 says that ours was not, either."""
    return ProviderError(
        f"not verified: {reason}", retryable=True, is_unauthorized=status == UNAUTHORIZED
    )


@contextmanager
def understood() -> Iterator[None]:
    """Have what is not of the documented form be a ProviderError: asking again may help."""
    try:
        yield
    except BROKEN as error:
        raise ProviderError("not an answer of the till", retryable=True) from error


def payment_report(slip: Mapping[str, Any]) -> PaymentStatusReport:
    """Return what a slip says, as it says it: whether that is right is for ordering to judge."""
    state = STATES[slip["state"]]
    if state is not ProviderState.SUCCEEDED:
        return PaymentStatusReport(payment_number=str(slip["number"]), state=state)
    return PaymentStatusReport(
        payment_number=str(slip["number"]),
        state=state,
        transaction_id=str(slip["receipt"]),
        amount_minor=int(slip["amount_minor"]),
        currency=str(slip["currency"]),
        merchant=str(slip["shop"]),
        paid_at=datetime.fromtimestamp(int(slip["paid_at"]), UTC),
    )


def refund_report(refund: Mapping[str, Any]) -> RefundStatusReport:
    """Return what the till says of money that goes back over the counter."""
    return RefundStatusReport(
        refund_number=str(refund["number"]),
        payment_number=str(refund["slip"]),
        outcome=OUTCOMES[refund["state"]],
        reference=str(refund["receipt"]),
        amount_minor=int(refund["amount_minor"]),
        currency=str(refund["currency"]),
    )


def settlement_line(line: bytes) -> SettlementLine:
    """Return what a line of the day's list says: `kind,receipt,slip,refund,amount,currency,at`."""
    if not line.endswith(b"\n"):
        raise ValueError("the line has no end")
    kind, receipt, slip, refund, amount, currency, at = line.decode("ascii")[:-1].split(",")
    return SettlementLine(
        kind=SettlementKind(kind),
        reference=refund if kind == SettlementKind.REFUND else receipt,
        amount_minor=int(amount),
        currency=currency,
        at=datetime.fromtimestamp(int(at), UTC),
        payment_number=slip,
        refund_number=refund,
        transaction_id=receipt,
    )
