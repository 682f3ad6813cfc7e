"""A simulated provider's own books: payments, refunds and disputes, and what it sends."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from limosa.domain.payments.requests import PaymentRequest
from limosa.domain.payments.status_reports import (
    Decline,
    DisputeOutcome,
    DisputeStatusReport,
    PaymentStatusReport,
    ProviderState,
    RefundOutcome,
    RefundStatusReport,
)
from limosa.foundation.money import Money

MERCHANT = "ours"
OTHER_MERCHANT = "theirs"
SIGNATURE = "genuine"
FIRST_CARD = "card-1"  # Already saved when a run begins.


@dataclass(slots=True)
class HeldRefund:
    """A refund at the provider.

    `done_at`: when its money left. `came_back_at`: when it came back, for good.
    """

    number: str
    amount: Money
    outcome: RefundOutcome
    done_at: datetime | None = None
    came_back_at: datetime | None = None


@dataclass(slots=True)
class HeldDispute:
    """A dispute at the provider. `lost_minor`: how much was lost, possibly beyond what was
    withheld."""

    reference: str
    amount: Money
    opened_at: datetime
    outcome: DisputeOutcome = DisputeOutcome.OPEN
    decided_at: datetime | None = None
    lost_minor: int | None = None

    @property
    def withheld_minor(self) -> int:
        """What it withholds from us, for now or for good."""
        if self.outcome is DisputeOutcome.WON:
            return 0
        return self.amount.amount_minor if self.lost_minor is None else self.lost_minor


@dataclass(slots=True)
class Held:
    """A payment at the provider.

    `taken`: None until money was taken. `undecided`: what was paid, while it may still be declined.
    `answers`: the answer to a capture, by its key; `on_their_way`: the keys of captures whose
    sender has given up, and which arrive all the same. `is_unwanted`: the order does not need it
    any more; `told`: whether that was already so when each actor last asked about it.
    """

    request: PaymentRequest
    state: ProviderState = ProviderState.PENDING
    taken: Money | None = None
    undecided: Money | None = None
    decline: Decline | None = None
    merchant: str = MERCHANT
    paid_at: datetime | None = None
    refunds: dict[str, HeldRefund] = field(default_factory=dict)
    disputes: dict[str, HeldDispute] = field(default_factory=dict)
    answers: dict[int, PaymentStatusReport] = field(default_factory=dict)
    on_their_way: list[int] = field(default_factory=list)
    is_unwanted: bool = False
    told: dict[int | None, bool] = field(default_factory=dict)
    is_captured_in_vain: bool = False

    @property
    def number(self) -> str:
        return self.request.number

    @property
    def transaction_id(self) -> str:
        return f"T-{self.number}"

    @property
    def is_ours(self) -> bool:
        """Whether money was taken, and for us."""
        return self.taken is not None and self.merchant == MERCHANT

    def given_back(self, *, promised: bool) -> int:
        """Return what went back, including what is in progress if `promised`."""
        counted = {RefundOutcome.SUCCEEDED} | ({RefundOutcome.PENDING} if promised else set())
        return sum(r.amount.amount_minor for r in self.refunds.values() if r.outcome in counted)

    def withheld(self) -> int:
        """Return what disputes withhold from us, for now or for good."""
        return sum(dispute.withheld_minor for dispute in self.disputes.values())

    def can_finish(self, refund: HeldRefund) -> bool:
        """Whether a failed refund could still succeed: it never left, and the money is there."""
        if refund.outcome is not RefundOutcome.FAILED or refund.came_back_at is not None:
            return False
        assert self.taken is not None  # noqa: S101 -- there is no refund of nothing.
        gone = self.given_back(promised=True) + self.withheld() + refund.amount.amount_minor
        return gone <= self.taken.amount_minor

    @property
    def open_dispute(self) -> str | None:
        """The name of the undecided dispute."""
        for reference, dispute in self.disputes.items():
            if dispute.outcome is DisputeOutcome.OPEN:
                return reference
        return None

    def report(self) -> PaymentStatusReport:
        """Return its true state."""
        if self.taken is None:
            return PaymentStatusReport(
                payment_number=self.number, state=self.state, decline=self.decline
            )
        return PaymentStatusReport(
            payment_number=self.number,
            state=self.state,
            transaction_id=self.transaction_id,
            amount_minor=self.taken.amount_minor,
            currency=self.taken.currency,
            merchant=self.merchant,
            paid_at=self.paid_at,
        )

    def refund_report(self, number: str) -> RefundStatusReport:
        """Return a refund's true state."""
        refund = self.refunds[number]
        return RefundStatusReport(
            refund_number=number,
            payment_number=self.number,
            outcome=refund.outcome,
            reference=f"RR-{number}",
            amount_minor=refund.amount.amount_minor,
            currency=refund.amount.currency,
        )

    def dispute_report(self, reference: str, *, by_number: bool) -> DisputeStatusReport:
        """Return a dispute's true state; not every provider includes our number."""
        dispute = self.disputes[reference]
        report = DisputeStatusReport(
            reference=reference,
            outcome=dispute.outcome,
            transaction_id=self.transaction_id,
            amount_minor=dispute.amount.amount_minor,
            currency=dispute.amount.currency,
            reason="fraudulent",
            lost_minor=dispute.lost_minor,
        )
        return replace(report, payment_number=self.number) if by_number else report


@dataclass(slots=True)
class Message:
    """A notification that the provider sends until it is acknowledged or superseded."""

    provider: str
    name: str
    body: bytes
    subject: str = ""
    deliveries: int = 0
    is_acknowledged: bool = False
    is_under_way: bool = False
    is_given_up: bool = False

    headers: Mapping[str, str] = field(default_factory=lambda: {"signature": SIGNATURE})
