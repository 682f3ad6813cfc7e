"""Providers' reports: on payments, refunds, disputes and whole days."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, Self


class ProviderState(StrEnum):
    """The state of a payment according to its provider."""

    UNKNOWN = "unknown"  # it has never heard of it
    PENDING = "pending"  # nobody has paid it yet
    PROCESSING = "processing"  # it was paid, but the provider has not decided yet
    APPROVED = "approved"  # the payer agreed; we still have to capture the money
    PAYER_NEEDED = "payer_needed"  # a saved method whose bank requires authentication
    SUCCEEDED = "succeeded"
    CLOSED = "closed"  # it can no longer be paid
    FAILED = "failed"


class Decline(StrEnum):
    """Why a payment was refused, by what the payer can do about it, whoever refused it."""

    REFUSED = "refused"  # without a helpful reason
    INSUFFICIENT_FUNDS = "insufficient_funds"
    LIMIT_EXCEEDED = "limit_exceeded"
    CARD_EXPIRED = "card_expired"
    DETAILS_WRONG = "details_wrong"
    NOT_AUTHENTICATED = "not_authenticated"  # the payer did not complete the bank's check
    NOT_SUPPORTED = "not_supported"  # this card or account can't pay this kind of purchase
    ACCOUNT_RESTRICTED = "account_restricted"


class RefundOutcome(StrEnum):
    """The state of a refund according to its provider."""

    UNKNOWN = "unknown"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class DisputeOutcome(StrEnum):
    """The state of a dispute according to its provider."""

    OPEN = "open"  # the money is withheld until it is decided
    WON = "won"  # the money is ours again
    LOST = "lost"  # the money stays with the payer


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentStatusReport:
    """A provider's report on one payment. JSON-safe by `to_json`.

    `transaction_id`: the provider's own id for the money received. `merchant`: the account that
    took it, as the provider names it. `decline`: why the last attempt to pay was refused; another
    may still be possible.
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
    """A provider's report on one refund.

    `refund_number` is ours; for a refund by hand it is empty, or the number it was given at the
    provider. `reference` is the provider's own. The payment is identified by its number if the
    provider reports it, otherwise by `transaction_id`.
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
    """A provider's report on a dispute.

    The payment is identified by its number if the provider reports it, otherwise by
    `transaction_id`. `amount_minor`: what is withheld. `lost_minor`: for a lost one, how much stays
    with the payer, which may be more; None: what was withheld. `reason`: the provider's term for
    it.
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
    """A method that a payment saved for later ones.

    `reference`: the token by which the provider charges it: a secret. `label`: what the person is
    shown, such as "Visa •••• 4242" or a masked e-mail address.
    """

    reference: str
    label: str


class NoReport:
    """A genuine notification about nothing we act on; it is acknowledged and stored."""

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
    """What a settlement line is about."""

    PAYMENT = "payment"
    REFUND = "refund"
    REFUND_REVERSAL = "refund_reversal"  # a refund's money that came back to us
    DISPUTE = "dispute"  # taken from us
    DISPUTE_REVERSAL = "dispute_reversal"  # given back to us
    OTHER = "other"  # anything else that moves money; a person has to look


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementLine:
    """One movement in a provider's settlement of a day.

    `amount_minor` is never negative: the kind gives the direction (OTHER: positive is ours).
    `fee_minor`: the provider's fee for it; negative if a fee is returned with a refund. Our own
    numbers are empty if the provider does not report them.
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


# Waits until the key has arrived, at most this many seconds.
Waiting = Callable[[float], object]


class NotificationRefusedError(Exception):
    """A notification that is not genuine, not fresh or not for us. `reason` is what it is counted
    under.

    `awaited`: the key that it names is being fetched; call it to wait, at most so many seconds, and
    then verify the notification again.
    """

    def __init__(self, reason: str, *, awaited: Waiting | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.awaited = awaited
