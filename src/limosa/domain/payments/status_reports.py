"""What providers are known to have said: of payments, refunds, disputes and whole days."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, Self


class ProviderState(StrEnum):
    """What a provider says of a payment."""

    UNKNOWN = "unknown"  # it has never heard of it
    PENDING = "pending"  # nobody has paid it yet
    PROCESSING = "processing"  # it was paid, and whether the money comes is not decided yet
    APPROVED = "approved"  # the payer agreed; the money comes when we capture it
    PAYER_NEEDED = "payer_needed"  # a saved method, whose bank wants to see the payer
    SUCCEEDED = "succeeded"
    CLOSED = "closed"  # it can't be paid any more
    FAILED = "failed"


class Decline(StrEnum):
    """Why a payment was refused: what the payer can do about it, whoever refused it."""

    REFUSED = "refused"  # without a reason that would help
    INSUFFICIENT_FUNDS = "insufficient_funds"
    LIMIT_EXCEEDED = "limit_exceeded"
    CARD_EXPIRED = "card_expired"
    DETAILS_WRONG = "details_wrong"
    NOT_AUTHENTICATED = "not_authenticated"  # the bank asked the payer to confirm, in vain
    NOT_SUPPORTED = "not_supported"  # this card or account can't pay this kind of purchase
    ACCOUNT_RESTRICTED = "account_restricted"


class RefundOutcome(StrEnum):
    """What a provider says of a refund."""

    UNKNOWN = "unknown"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class DisputeOutcome(StrEnum):
    """What a provider says of a dispute."""

    OPEN = "open"  # it holds the money back until somebody has decided
    WON = "won"  # the money is ours again
    LOST = "lost"  # the money stays with the payer


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentStatusReport:
    """What a provider is known to have said of one payment. JSON-safe by `to_json`.

    `transaction_id`: the provider's own name of the money that came. `merchant`: the account that
    took it, as the provider names it. `decline`: why the last try to pay it was refused; it may
    be open for another try.
    """

    payment_number: str
    state: ProviderState
    transaction_id: str = ""
    amount_minor: int = 0
    currency: str = ""
    merchant: str = ""
    paid_at: datetime | None = None
    decline: Decline | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        return _plain(self) | {"paid_at": self.paid_at.isoformat() if self.paid_at else None}

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Self:
        """Return the report that `to_json` wrote."""
        paid_at, decline = fields["paid_at"], fields.get("decline")
        return cls(
            **{
                **fields,
                "state": ProviderState(fields["state"]),
                "paid_at": datetime.fromisoformat(paid_at) if paid_at else None,
                "decline": Decline(decline) if decline else None,
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundStatusReport:
    """What a provider is known to have said of one refund.

    `refund_number` is ours; when the refund was made at the provider by hand it is empty, or the
    number that somebody gave it there. `reference` is the provider's own. The payment is named by
    its number where the provider tells it, else by `transaction_id`.
    """

    refund_number: str
    payment_number: str
    outcome: RefundOutcome
    reference: str = ""
    transaction_id: str = ""
    amount_minor: int = 0
    currency: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        return _plain(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeStatusReport:
    """What a provider is known to have said of a dispute.

    The payment is named by its number where the provider tells it, else by `transaction_id`.
    `amount_minor`: what is held back. `lost_minor`: of a lost one, how much of it stays with the
    payer, which may be more; None: as much as is held. `reason`: the provider's word for it.
    """

    reference: str
    outcome: DisputeOutcome
    payment_number: str = ""
    transaction_id: str = ""
    amount_minor: int = 0
    currency: str = ""
    reason: str = ""
    lost_minor: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        return _plain(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedMethodReport:
    """A method that a payment left for later ones.

    `reference`: what the provider is given to charge it: a secret. `label`: what the person sees,
    such as "Visa •••• 4242" or a masked e-mail address.
    """

    reference: str
    label: str


class NoReport:
    """A genuine notification that says nothing we act on; it is acknowledged and kept."""

    payment_number = ""

    def to_json(self) -> dict[str, Any]:
        """Return nothing."""
        return {}


StatusReport = PaymentStatusReport | RefundStatusReport | DisputeStatusReport | NoReport


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderNotification:
    """A verified notification: `message_id` is the same when the provider sends it again."""

    message_id: str
    report: StatusReport


class SettlementKind(StrEnum):
    """What a line of a settlement is about."""

    PAYMENT = "payment"
    REFUND = "refund"
    REFUND_REVERSAL = "refund_reversal"  # a refund's money that came back to us
    DISPUTE = "dispute"  # taken from us
    DISPUTE_REVERSAL = "dispute_reversal"  # given back to us
    OTHER = "other"  # moves money by neither: an adjustment; a person has to look


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementLine:
    """One movement in a provider's settlement of a day.

    `amount_minor` is never negative: the kind tells the direction (OTHER: positive is ours).
    `fee_minor`: what the provider kept for it; negative when a fee comes back with a refund.
    Our own numbers are empty where the provider does not tell them.
    """

    kind: SettlementKind
    reference: str
    amount_minor: int
    currency: str
    at: datetime
    payment_number: str = ""
    refund_number: str = ""
    transaction_id: str = ""
    fee_minor: int = 0


def _plain(
    report: PaymentStatusReport | RefundStatusReport | DisputeStatusReport,
) -> dict[str, Any]:
    """Return the fields; asdict() would copy each value, for every notification."""
    return {field.name: getattr(report, field.name) for field in fields(report)}


# Waits until something has come, so many seconds at most.
Waiting = Callable[[float], object]


class NotificationRefusedError(Exception):
    """A notification that is not genuine, not fresh or not for us. `reason` is for the counter.

    `awaited`: the key that it names is being fetched; this waits for it, so many seconds at most.
    After that the notification may be read again.
    """

    def __init__(self, reason: str, *, awaited: Waiting | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.awaited = awaited
