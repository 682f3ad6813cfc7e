"""A provider whose settlements are lines of text, for `limosa bench reconcile`."""

import csv
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import BinaryIO, NoReturn

from limosa.domain.payments.port import WithoutCapture
from limosa.domain.payments.requests import (
    Method,
    PaymentHandle,
    PaymentRequest,
    RefundHandle,
    RefundRequest,
    Started,
)
from limosa.domain.payments.status_reports import (
    PaymentStatusReport,
    ProviderNotification,
    ProviderState,
    RefundOutcome,
    RefundStatusReport,
    SettlementKind,
    SettlementLine,
)
from limosa.foundation.errors import LocalProtocolError, ProviderError, RemoteProtocolError

PROVIDER = "bench"
PATH = f"{__name__}.BenchProvider"
ZONE = "Asia/Shanghai"
COLUMNS = 9


class BenchProvider(WithoutCapture):
    """Answers every query as if the payer had never come."""

    code = PROVIDER
    merchant = "bench-merchant"
    currencies = frozenset({"CNY"})
    methods: Mapping[str, Method] = {}
    least_minor: Mapping[str, int] = {}
    settlement_zone = ZONE
    unknown_reference = ""
    api_url = ""

    def create(self, request: PaymentRequest) -> Started:
        """Refuse: nothing is sold here."""
        _refuse(request)

    def query(self, payment: PaymentHandle) -> PaymentStatusReport:
        """Report that the payer has not paid, whatever the settlement says."""
        return PaymentStatusReport(payment_number=payment.number, state=ProviderState.PENDING)

    def close(self, payment: PaymentHandle) -> None:
        """Refuse with a retryable error, so that the payment stays as it is."""
        raise ProviderError(f"{payment.number} is not closed now", retryable=True)

    def refund(self, request: RefundRequest) -> RefundStatusReport:
        """Refuse: nothing is refunded here."""
        _refuse(request)

    def query_refund(self, refund: RefundHandle) -> RefundStatusReport:
        """Report that it is not finished."""
        return RefundStatusReport(
            refund_number=refund.number,
            payment_number=refund.payment.number,
            outcome=RefundOutcome.PENDING,
        )

    def fetch_settlement(self, day: date, into: BinaryIO) -> None:
        """Refuse: the file is given."""
        del into
        _refuse(day)

    def read_settlement(self, file: BinaryIO) -> Iterator[SettlementLine]:
        """Yield the lines written by `as_text`."""
        for row in csv.reader(line.decode() for line in file):
            if len(row) != COLUMNS:
                raise RemoteProtocolError(f"a line of {len(row)} columns")
            kind, reference, minor, currency, fee, at, payment, refund, money = row
            yield SettlementLine(
                kind=SettlementKind(kind),
                reference=reference,
                amount_minor=int(minor),
                currency=currency,
                fee_minor=int(fee),
                at=datetime.fromisoformat(at),
                payment_number=payment,
                refund_number=refund,
                transaction_id=money,
            )

    def verify_webhook(
        self, *, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> ProviderNotification:
        """Refuse: there are no notifications."""
        del headers, body
        _refuse(now)

    def acknowledge(self, *, accepted: bool) -> tuple[int, str, bytes]:
        """Return the plainest answer."""
        return (204 if accepted else 400), "text/plain", b""


def as_text(line: SettlementLine) -> str:
    """Return a line of the file. No field holds a comma or a quotation mark."""
    return ",".join(
        (
            line.kind.value,
            line.reference,
            str(line.amount_minor),
            line.currency,
            str(line.fee_minor),
            line.at.isoformat(),
            line.payment_number,
            line.refund_number,
            line.transaction_id,
        )
    )


def _refuse(what: object) -> NoReturn:
    raise LocalProtocolError(f"the provider of a measurement can't do that: {what}")
