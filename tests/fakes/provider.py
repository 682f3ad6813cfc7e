"""A payment provider in memory, which a test pays at, and whose statement it reads."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from limosa.domain.payments.port import (
    NotificationRefusedError,
    PaymentFact,
    PaymentRequest,
    ProviderNotification,
    ProviderState,
    RefundFact,
    RefundOutcome,
)
from limosa.foundation.money import Money

MERCHANT = "1900000001"


@dataclass
class FakeProvider:
    """Takes yuan. The registry keeps one instance, which the test fetches there."""

    code: str = "fake"
    merchant: str = MERCHANT
    currencies: frozenset[str] = frozenset({"CNY"})
    payments: dict[str, PaymentFact] = field(default_factory=dict)
    refunds: dict[str, RefundFact] = field(default_factory=dict)

    @property
    def net_minor(self) -> int:
        """What it took, less what it gave back."""
        taken = sum(
            fact.amount_minor
            for fact in self.payments.values()
            if fact.state is ProviderState.SUCCEEDED
        )
        return taken - sum(fact.amount_minor for fact in self.refunds.values())

    def pay(self, number: str, *, at: datetime, amount_minor: int | None = None) -> PaymentFact:
        """Pay as the person does; another amount than asked for is a fault of the provider."""
        asked = self.payments[number]
        paid = PaymentFact(
            payment_number=number,
            state=ProviderState.SUCCEEDED,
            transaction_id=f"T{number[:20]}",
            amount_minor=asked.amount_minor if amount_minor is None else amount_minor,
            currency="CNY",
            merchant=MERCHANT,
            paid_at=at,
        )
        self.payments[number] = paid
        return paid

    def create(self, request: PaymentRequest) -> str:
        self.payments.setdefault(
            request.number,
            PaymentFact(
                payment_number=request.number,
                state=ProviderState.PENDING,
                amount_minor=request.amount.amount_minor,
                currency=request.amount.currency,
                merchant=MERCHANT,
            ),
        )
        return f"fake://{request.number}"

    def query(self, payment_number: str) -> PaymentFact:
        unknown = PaymentFact(payment_number=payment_number, state=ProviderState.UNKNOWN)
        return self.payments.get(payment_number, unknown)

    def close(self, payment_number: str) -> None:
        if self.payments[payment_number].state is ProviderState.PENDING:
            self.payments[payment_number] = PaymentFact(
                payment_number=payment_number, state=ProviderState.CLOSED
            )

    def refund(
        self, *, refund_number: str, payment_number: str, amount: Money, total: Money, reason: str
    ) -> RefundFact:
        return self.refunds.setdefault(
            refund_number,
            RefundFact(
                refund_number=refund_number,
                payment_number=payment_number,
                outcome=RefundOutcome.SUCCEEDED,
                amount_minor=amount.amount_minor,
                currency=amount.currency,
            ),
        )

    def query_refund(self, refund_number: str) -> RefundFact:
        return self.refunds[refund_number]

    def parse_notification(
        self, *, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> ProviderNotification:
        if headers.get("signature") != "good":
            raise NotificationRefusedError("signature")
        fields: dict[str, Any] = json.loads(body)
        message_id = fields.pop("message_id")
        if "refund_number" in fields:
            fields["outcome"] = RefundOutcome(fields["outcome"])
            return ProviderNotification(message_id=message_id, fact=RefundFact(**fields))
        return ProviderNotification(message_id=message_id, fact=PaymentFact.from_json(fields))

    def acknowledge(self, *, accepted: bool) -> tuple[int, str, bytes]:
        return (204 if accepted else 400), "application/json", b""
