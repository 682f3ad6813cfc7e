"""A payment provider in memory, which keeps its own statement of what it took and gave back."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import BinaryIO
from zoneinfo import ZoneInfo

from limosa.domain.payments.port import WithoutCapture
from limosa.domain.payments.requests import (
    Device,
    Method,
    PaymentHandle,
    PaymentRequest,
    RefundHandle,
    RefundRequest,
    Shape,
    Started,
)
from limosa.domain.payments.status_reports import (
    Decline,
    DisputeOutcome,
    DisputeStatusReport,
    NotificationRefusedError,
    PaymentStatusReport,
    ProviderNotification,
    ProviderState,
    RefundOutcome,
    RefundStatusReport,
    SettlementKind,
    SettlementLine,
)
from limosa.foundation.errors import ProviderError, RemoteProtocolError
from limosa.foundation.money import Money
from limosa_lab.simulation.telling import Report, read, written

MERCHANT = "merchant-1"
SIGNATURE = "genuine"


@dataclass(frozen=True, slots=True)
class Message:
    """A notification on its way to us: sending it twice is sending the same one."""

    headers: Mapping[str, str]
    body: bytes


class FakeProvider(WithoutCapture):
    """Takes yuan. A refund ends at once, unless `refunds_wait`: then `end_refund` ends it."""

    code = "fake"
    merchant = MERCHANT
    currencies = frozenset({"CNY"})
    methods: Mapping[str, Method] = {
        "native": Method(shape=Shape.QR, devices=frozenset({Device.DESKTOP})),
        "h5": Method(shape=Shape.OPEN, devices=frozenset({Device.PHONE})),
    }
    least_minor: Mapping[str, int] = {}
    settlement_zone = "Asia/Shanghai"
    unknown_reference = ""
    api_url = ""

    def __init__(self) -> None:
        self.refunds_wait = False
        self.has_settlements = True
        self.fee_minor = 0  # kept of each payment
        self.left_out: set[str] = set()  # references that its settlements do not list
        self.made_up_lines: list[SettlementLine] = []
        self._payments: dict[str, PaymentStatusReport] = {}
        self._refunds: dict[str, RefundStatusReport] = {}
        self._came_back: set[str] = set()
        self._amounts: dict[str, Money] = {}
        self._disputes: dict[str, DisputeStatusReport] = {}
        self._messages = 0

    def create(self, request: PaymentRequest) -> Started:
        """Return the code to scan. The same number with another amount is refused."""
        amount = self._amounts.setdefault(request.number, request.amount)
        if amount != request.amount:
            raise ProviderError("the number stands for another amount", retryable=False)
        report = PaymentStatusReport(payment_number=request.number, state=ProviderState.PENDING)
        self._payments.setdefault(request.number, report)
        return Started(f"fake://pay/{request.number}")

    def query(self, payment: PaymentHandle) -> PaymentStatusReport:
        """Return what it knows."""
        unknown = PaymentStatusReport(payment_number=payment.number, state=ProviderState.UNKNOWN)
        return self._payments.get(payment.number, unknown)

    def close(self, payment: PaymentHandle) -> None:
        """Close one that is not paid."""
        report = self.query(payment)
        if report.state in {ProviderState.SUCCEEDED, ProviderState.PROCESSING}:
            raise ProviderError("paid", retryable=False)
        self._payments[payment.number] = replace(report, state=ProviderState.CLOSED)

    def refund(self, request: RefundRequest) -> RefundStatusReport:
        """Give money back: never more than was taken, and once for each number."""
        if request.number in self._refunds:
            return self._refunds[request.number]
        payment_number, amount = request.payment.number, request.amount
        paid = self.query(request.payment)
        taken = Money(paid.amount_minor, paid.currency)
        asked_before = sum(
            report.amount_minor
            for report in self._refunds.values()
            if report.payment_number == payment_number
        )
        if request.total != taken or asked_before + amount.amount_minor > taken.amount_minor:
            raise ProviderError("more than was taken", retryable=False)
        report = RefundStatusReport(
            refund_number=request.number,
            payment_number=payment_number,
            reference=f"refund-{request.number}",
            outcome=RefundOutcome.PENDING if self.refunds_wait else RefundOutcome.SUCCEEDED,
            amount_minor=amount.amount_minor,
            currency=amount.currency,
        )
        self._refunds[request.number] = report
        return report

    def query_refund(self, refund: RefundHandle) -> RefundStatusReport:
        """Return what it knows."""
        unknown = RefundStatusReport(
            refund_number=refund.number, payment_number="", outcome=RefundOutcome.UNKNOWN
        )
        by_hand = self._refunds.get(refund.reference, unknown)
        return self._refunds.get(refund.number, by_hand)

    def fetch_settlement(self, day: date, into: BinaryIO) -> None:
        """Write a JSON line for each movement of the day, and for those that are made up."""
        if not self.has_settlements:
            raise ProviderError("the settlement is not made yet", retryable=True)
        for line in (*self.lines(), *self.made_up_lines):
            is_of_day = line.at.astimezone(ZoneInfo(self.settlement_zone)).date() == day
            if is_of_day and line.reference not in self.left_out:
                fields = asdict(line) | {"at": line.at.isoformat()}
                into.write(json.dumps(fields).encode() + b"\n")

    def read_settlement(self, file: BinaryIO) -> Iterator[SettlementLine]:
        """Yield what `fetch_settlement` wrote."""
        for line in file:
            try:
                fields = json.loads(line)
            except ValueError as error:
                raise RemoteProtocolError("a line that is no JSON") from error
            at = datetime.fromisoformat(fields["at"])
            yield SettlementLine(**{**fields, "kind": SettlementKind(fields["kind"]), "at": at})

    def lines(self) -> Iterator[SettlementLine]:
        """Yield what it took and gave back, of all days; a refund at the time of its payment."""
        for payment in self._payments.values():
            if payment.state is ProviderState.SUCCEEDED and payment.paid_at:
                yield SettlementLine(
                    kind=SettlementKind.PAYMENT,
                    reference=payment.transaction_id,
                    amount_minor=payment.amount_minor,
                    currency=payment.currency,
                    at=payment.paid_at,
                    payment_number=payment.payment_number,
                    transaction_id=payment.transaction_id,
                    fee_minor=self.fee_minor,
                )
        for refund in self._refunds.values():
            yield from self._lines_of(refund)

    def _lines_of(self, refund: RefundStatusReport) -> Iterator[SettlementLine]:
        paid_at = self._payments[refund.payment_number].paid_at
        came_back = refund.refund_number in self._came_back
        if paid_at is None or not (came_back or refund.outcome is RefundOutcome.SUCCEEDED):
            return
        for kind in (SettlementKind.REFUND, SettlementKind.REFUND_REVERSAL)[: 1 + came_back]:
            yield SettlementLine(
                kind=kind,
                reference=refund.reference,
                amount_minor=refund.amount_minor,
                currency=refund.currency,
                at=paid_at,
                payment_number=refund.payment_number,
                refund_number=refund.refund_number,
            )

    def verify_webhook(
        self, *, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> ProviderNotification:
        """Believe what carries the signature."""
        if headers.get("fake-signature") != SIGNATURE:
            raise NotificationRefusedError("signature_wrong")
        members = json.loads(body)
        return ProviderNotification(message_id=members["id"], report=read(members))

    def acknowledge(self, *, accepted: bool) -> tuple[int, str, bytes]:
        """Return 204 or 400."""
        return (204 if accepted else 400), "application/json", b""

    def pay(self, number: str, *, at: datetime, amount: Money | None = None) -> PaymentStatusReport:
        """Pay as a person does, even after a close; `amount`: other than was asked for."""
        taken = amount or self._amounts[number]
        report = PaymentStatusReport(
            payment_number=number,
            state=ProviderState.SUCCEEDED,
            transaction_id=f"transaction-{number}",
            amount_minor=taken.amount_minor,
            currency=taken.currency,
            merchant=MERCHANT,
            paid_at=at,
        )
        self._payments[number] = report
        return report

    def process(self, number: str) -> PaymentStatusReport:
        """Have the payer pay, and leave open whether the money comes."""
        report = PaymentStatusReport(
            payment_number=number, state=ProviderState.PROCESSING, merchant=MERCHANT
        )
        self._payments[number] = report
        return report

    def decline(
        self, number: str, decline: Decline, *, stays_open: bool = False
    ) -> PaymentStatusReport:
        """Refuse what the payer tried. `stays_open`: they may try again."""
        state = ProviderState.PENDING if stays_open else ProviderState.FAILED
        report = PaymentStatusReport(
            payment_number=number, state=state, merchant=MERCHANT, decline=decline
        )
        self._payments[number] = report
        return report

    def refund_by_hand(
        self, number: str, amount_minor: int, *, name: str = "hand-1"
    ) -> RefundStatusReport:
        """Give money back as somebody does on the provider's own pages."""
        paid = self._payments[number]
        report = RefundStatusReport(
            refund_number="",
            payment_number="",
            outcome=RefundOutcome.SUCCEEDED,
            reference=name,
            transaction_id=paid.transaction_id,
            amount_minor=amount_minor,
            currency=paid.currency,
        )
        self._refunds[name] = replace(report, payment_number=number)
        return report

    @property
    def refunds(self) -> Mapping[str, RefundStatusReport]:
        """The refunds that it was asked for, by number."""
        return self._refunds

    def end_refund(
        self, number: str, outcome: RefundOutcome = RefundOutcome.SUCCEEDED
    ) -> RefundStatusReport:
        """Have the money of a refund arrive, or not, or come back after it had arrived."""
        arrived = self._refunds[number].outcome is RefundOutcome.SUCCEEDED
        if arrived and outcome is RefundOutcome.FAILED:
            self._came_back.add(number)
        self._refunds[number] = replace(self._refunds[number], outcome=outcome)
        return self._refunds[number]

    def dispute(
        self,
        number: str,
        outcome: DisputeOutcome = DisputeOutcome.OPEN,
        *,
        amount_minor: int | None = None,
        currency: str = "",
        lost_minor: int | None = None,
    ) -> DisputeStatusReport:
        """Have the payer dispute a payment (a part of it), or decide what they disputed."""
        paid = self._payments[number]
        report = DisputeStatusReport(
            reference=f"dispute-{number}",
            outcome=outcome,
            transaction_id=paid.transaction_id,
            amount_minor=paid.amount_minor if amount_minor is None else amount_minor,
            currency=currency or paid.currency,
            reason="fraudulent",
            lost_minor=lost_minor,
        )
        self._disputes[number] = report
        return report

    def message(self, report: Report) -> Message:
        """Return a new notification of a report, signed, whether the report is true or not."""
        self._messages += 1
        members = {"id": f"message-{self._messages}", **written(report)}
        return Message({"fake-signature": SIGNATURE}, json.dumps(members).encode())

    def statement(self) -> dict[str, int]:
        """Return what it holds for us by currency: takings less what was given back."""
        held: Counter[str] = Counter()
        for payment in self._payments.values():
            if payment.state is ProviderState.SUCCEEDED:
                held[payment.currency] += payment.amount_minor
        for refund in self._refunds.values():
            if refund.outcome is RefundOutcome.SUCCEEDED:
                held[refund.currency] -= refund.amount_minor
        for dispute in self._disputes.values():
            if dispute.outcome is not DisputeOutcome.WON:
                lost_minor = dispute.lost_minor
                held_minor = dispute.amount_minor if lost_minor is None else lost_minor
                held[dispute.currency] -= held_minor
        return {currency: amount for currency, amount in held.items() if amount}
