"""A payment provider in memory whose money comes by a capture, and which goes by keys alone."""

from limosa.domain.payments.requests import PaymentHandle
from limosa.domain.payments.status_reports import Decline, PaymentStatusReport, ProviderState
from limosa.foundation.errors import ProviderError
from tests.factories import MOMENT
from tests.fakes.provider import MERCHANT, FakeProvider


class CapturingProvider(FakeProvider):
    """Answers a key that it knows as it did before; by a new one it takes the money, again if need
    be. `query` goes on saying "approved" while `is_slow`: what it shows may be behind.

    `declines`: what it says to the next captures. `on_its_way`: captures whose sender gave up.
    """

    def __init__(self) -> None:
        super().__init__()
        self.declines: Decline | None = None
        self.is_slow = False
        self.keys: list[int] = []
        self.taken: list[PaymentStatusReport] = []
        self.on_its_way: list[PaymentHandle] = []
        self._answers: dict[tuple[str, int], PaymentStatusReport] = {}

    def approve(self, number: str) -> None:
        """Have the payer agree."""
        report = PaymentStatusReport(
            payment_number=number, state=ProviderState.APPROVED, merchant=MERCHANT
        )
        self._payments[number] = report

    def query(self, payment: PaymentHandle) -> PaymentStatusReport:
        """Return what it shows."""
        report = super().query(payment)
        if self.is_slow and report.state is ProviderState.SUCCEEDED:
            return PaymentStatusReport(payment_number=payment.number, state=ProviderState.APPROVED)
        return report

    def capture(self, payment: PaymentHandle) -> PaymentStatusReport:
        """Take the money, once by each key."""
        return self._answered(payment)

    def capture_later(self, payment: PaymentHandle) -> PaymentStatusReport:
        """Leave who asks without an answer, and act when it has arrived."""
        self.on_its_way.append(payment)
        raise ProviderError("no answer", retryable=True)

    def capture_silently(self, payment: PaymentHandle) -> PaymentStatusReport:
        """Act, and have the answer get lost."""
        self._answered(payment)
        raise ProviderError("no answer", retryable=True)

    def arrive(self) -> None:
        """Have arrive what was on its way."""
        for payment in self.on_its_way:
            self._answered(payment)
        self.on_its_way = []

    def statement(self) -> dict[str, int]:
        """Return what it holds for us: all that it took."""
        held = super().statement()
        for report in self.taken[1:]:
            held[report.currency] += report.amount_minor
        return held

    def _answered(self, payment: PaymentHandle) -> PaymentStatusReport:
        key = payment.captures_refused
        self.keys.append(key)
        if (payment.number, key) not in self._answers:
            self._answers[payment.number, key] = self._act(payment)
        return self._answers[payment.number, key]

    def _act(self, payment: PaymentHandle) -> PaymentStatusReport:
        if self.declines is not None:
            return self.decline(payment.number, self.declines, stays_open=True)
        self.taken.append(self.pay(payment.number, at=MOMENT))
        return self.taken[-1]
