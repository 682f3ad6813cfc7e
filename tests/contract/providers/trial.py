"""One payment at a sandbox: created, paid, told, given back. What the contract suite plays with."""

import secrets
import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from limosa.domain.payments.requests import (
    PaymentHandle,
    PaymentRequest,
    RefundHandle,
    RefundRequest,
)
from limosa.domain.payments.status_reports import (
    NoReport,
    PaymentStatusReport,
    ProviderNotification,
    ProviderState,
    RefundOutcome,
    RefundStatusReport,
    StatusReport,
)
from limosa.foundation.money import Money
from limosa.simulators.loopback_http import Request
from tests.contract.providers.harness import Harness

UNEVENTFUL = {ProviderState.PENDING, ProviderState.APPROVED}


def payment_request(harness: Harness, **changed: Any) -> PaymentRequest:
    now = timezone.now()
    request = PaymentRequest(
        number="P" + secrets.token_hex(10),
        amount=Money(2599, harness.currency),
        description="日本 30 天 10 GB · Japan",
        method=harness.methods[0],
        created_at=now,
        expires_at=now + timedelta(minutes=15),
        notify_url=f"{harness.base_url}/payments/{harness.provider.code}/notify",
        return_url=f"{harness.base_url}/orders/L1/",
        payer_ip="203.0.113.7",
        payer_reference=harness.payer_reference,
        customer_reference="c0ffee" * 4,
    )
    return replace(request, **changed)


@dataclass
class Trial:
    """A payment that was created; `handle` finds it again."""

    harness: Harness
    request: PaymentRequest
    handle: PaymentHandle

    @property
    def number(self) -> str:
        return self.request.number

    def query(self) -> PaymentStatusReport:
        return self.harness.provider.query(self.handle)

    def pay(self, **how: Any) -> None:
        """Pay as the payer does; where the channel wants it, take what they agreed to."""
        self.harness.pay(self.number, **how)
        if self.harness.needs_capture:
            assert self.query().state is ProviderState.APPROVED
            self.harness.provider.capture(self.handle)

    def paid(self, **how: Any) -> PaymentStatusReport:
        """Pay, and return what the notification of it says.

        Others are passed over: of payments before, and where a channel tells of a close, of that.
        """
        self.pay(**how)
        report = next_payment(self.harness)
        while (report.payment_number, report.state) != (self.number, ProviderState.SUCCEEDED):
            report = next_payment(self.harness)
        self.handle = self.paid_handle(report)
        return report

    def paid_handle(self, report: PaymentStatusReport) -> PaymentHandle:
        """Return by what the payment is found now that it is paid."""
        return replace(self.handle, transaction_id=report.transaction_id)

    def refund(self, **changed: Any) -> RefundStatusReport:
        """Ask for the money, all of it unless said otherwise."""
        return self.harness.provider.refund(self.refund_request(**changed))

    def refund_request(self, **changed: Any) -> RefundRequest:
        words: dict[str, Any] = {
            "number": "R" + secrets.token_hex(10),
            "payment": self.handle,
            "amount": self.request.amount,
            "total": self.request.amount,
            "reason": "not delivered",
        }
        return RefundRequest(**words | changed)

    def query_refund(self, report: RefundStatusReport) -> RefundStatusReport:
        return self.harness.provider.query_refund(
            RefundHandle(
                number=report.refund_number, payment=self.handle, reference=report.reference
            )
        )

    def ended(self, report: RefundStatusReport) -> RefundStatusReport:
        """Return what the provider says of a refund once it has ended."""
        deadline = time.monotonic() + 10
        while (said := self.query_refund(report)).outcome is RefundOutcome.PENDING:
            assert time.monotonic() < deadline, "the refund does not end"
            time.sleep(0.02)
        return said


def create(harness: Harness, request: PaymentRequest) -> Trial:
    """Make a payment known to the provider."""
    started = harness.provider.create(request)
    return Trial(harness, request, handle_of(request, started.reference))


def handle_of(request: PaymentRequest, reference: str = "") -> PaymentHandle:
    return PaymentHandle(
        number=request.number,
        method=request.method,
        amount=request.amount,
        reference=reference,
        saved_reference=request.saved_reference,
    )


def created(harness: Harness, **changed: Any) -> Trial:
    return create(harness, payment_request(harness, **changed))


def paid(harness: Harness) -> tuple[Trial, PaymentStatusReport]:
    """Create a payment and pay it; return both, with what its notification says."""
    trial = created(harness)
    return trial, trial.paid()


def parse(harness: Harness, sent: Request, *, at: datetime | None = None) -> ProviderNotification:
    return harness.provider.verify_webhook(
        headers=sent.headers, body=sent.body, now=at or timezone.now()
    )


def next_eventful(harness: Harness) -> tuple[Request, StatusReport]:
    """Return the next notification that changes something, with what it says."""
    while True:
        sent = harness.next_notification()
        report = parse(harness, sent).report
        if isinstance(report, NoReport):
            continue
        if isinstance(report, PaymentStatusReport) and report.state in UNEVENTFUL:
            continue
        return sent, report


def next_payment(harness: Harness) -> PaymentStatusReport:
    """Return what the next notification of a payment says; others are passed over."""
    while True:
        _, report = next_eventful(harness)
        if isinstance(report, PaymentStatusReport):
            return report


def next_refund(harness: Harness) -> RefundStatusReport:
    """Return what the next notification of a refund's end says; others are passed over."""
    while True:
        _, report = next_eventful(harness)
        if isinstance(report, RefundStatusReport) and report.outcome is not RefundOutcome.PENDING:
            return report
