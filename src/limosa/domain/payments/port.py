"""What a payment provider must do. Settings name the provider classes; nobody imports them.

Every method may raise ProviderError(retryable=…). No caller branches on a provider's own error
code: on anything but a clean answer it asks for the payment with `query`.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, Self

from limosa.foundation.money import Money


class ProviderState(StrEnum):
    """What a provider says of a payment."""

    UNKNOWN = "unknown"  # it has never heard of it
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    CLOSED = "closed"  # it can't be paid any more
    FAILED = "failed"


class RefundOutcome(StrEnum):
    """What a provider says of a refund."""

    UNKNOWN = "unknown"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFact:
    """What a provider is known to have said of one payment. JSON-safe by `to_json`.

    `merchant`: the account that took the money, as the provider names it.
    """

    payment_number: str
    state: ProviderState
    transaction_id: str = ""
    amount_minor: int = 0
    currency: str = ""
    merchant: str = ""
    paid_at: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the fact as JSON values."""
        return asdict(self) | {"paid_at": self.paid_at.isoformat() if self.paid_at else None}

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Self:
        """Return the fact that `to_json` wrote."""
        paid_at = fields["paid_at"]
        return cls(
            **{
                **fields,
                "state": ProviderState(fields["state"]),
                "paid_at": datetime.fromisoformat(paid_at) if paid_at else None,
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundFact:
    """What a provider is known to have said of one refund."""

    refund_number: str
    payment_number: str
    outcome: RefundOutcome
    amount_minor: int = 0
    currency: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the fact as JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderNotification:
    """A verified notification: `message_id` is the same when the provider sends it again."""

    message_id: str
    fact: PaymentFact | RefundFact


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRequest:
    """What the provider needs in order to take a payment. `number` is the idempotency key."""

    number: str
    amount: Money
    description: str
    method: str
    expires_at: datetime
    notify_url: str
    return_url: str
    payer_ip: str


class NotificationRefusedError(Exception):
    """A notification that is not genuine, not fresh or not for us. `reason` is for the counter."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Provider(Protocol):
    """A payment channel."""

    code: str
    merchant: str
    currencies: frozenset[str]  # what the channel can take; empty: any

    def create(self, request: PaymentRequest) -> str:
        """Return the URL to show as a QR code (method `native`) or to open (method `h5`).

        The same number with the same content may be sent again, with the same result.
        """

    def query(self, payment_number: str) -> PaymentFact:
        """Return what the provider knows of a payment; UNKNOWN when it knows nothing."""

    def close(self, payment_number: str) -> None:
        """Make a payment impossible to pay. A paid one stays paid: query after it."""

    def refund(
        self, *, refund_number: str, payment_number: str, amount: Money, total: Money, reason: str
    ) -> RefundFact:
        """Ask for a refund; again with the same number asks for the same one."""

    def query_refund(self, refund_number: str) -> RefundFact:
        """Return what the provider knows of a refund; UNKNOWN when it knows nothing."""

    def parse_notification(
        self, *, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> ProviderNotification:
        """Verify the raw bytes and return what they say. Header names are lower-case.

        Raises NotificationRefusedError; nothing else.
        """

    def acknowledge(self, *, accepted: bool) -> tuple[int, str, bytes]:
        """Return the answer that the provider wants: HTTP status, content type, body."""
