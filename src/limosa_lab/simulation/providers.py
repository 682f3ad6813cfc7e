"""Payment providers in memory. Each keeps its own books, which are the truth of a simulation.

They do what real ones do at their worst: they answer late or never although they acted, they send
notifications twice, late and in any order, and they take money for closed payments.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from functools import partial
from random import Random
from typing import BinaryIO, TypeVar

from limosa.domain.payments.requests import (
    SAVED,
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
    NotificationRefusedError,
    PaymentStatusReport,
    ProviderNotification,
    ProviderState,
    RefundOutcome,
    RefundStatusReport,
    SavedMethodReport,
    SettlementLine,
)
from limosa.foundation.errors import ProviderError
from limosa.foundation.money import Money
from limosa_lab.simulation import settling
from limosa_lab.simulation.capturing import arrives_later, captured, note_capture, tell
from limosa_lab.simulation.configuration import Configuration
from limosa_lab.simulation.held import (
    FIRST_CARD,
    MERCHANT,
    SIGNATURE,
    Held,
    HeldDispute,
    HeldRefund,
    Message,
)
from limosa_lab.simulation.stage import current_actor, pause
from limosa_lab.simulation.telling import Report, read, written

_Answer = TypeVar("_Answer")
_BEGINNING = datetime.min.replace(tzinfo=UTC)


class PlayedProvider:
    """What all flavours have in common: the money is taken as soon as the payer pays."""

    code = "atonce"
    merchant = MERCHANT
    currencies = frozenset({"CNY"})
    methods: Mapping[str, Method] = {
        "native": Method(shape=Shape.QR, devices=frozenset({Device.DESKTOP})),
        "h5": Method(shape=Shape.OPEN, devices=frozenset({Device.PHONE})),
    }
    saves_methods = False
    least_minor: Mapping[str, int] = {}
    settlement_zone = "UTC"
    unknown_reference = ""
    api_url = ""
    captures = False
    names_payments = False
    fee = 7  # of each payment, as its settlements say

    def __init__(self) -> None:
        self.clock: Callable[[], datetime] = lambda: _BEGINNING
        self.held: dict[str, Held] = {}
        self.messages: list[Message] = []
        self.told = 0
        self.kept: set[str] = set()
        self.random = Random(0)
        self.unreliable = 0.0
        self.refunds_wait = 0.0
        self.fee_minor = 0
        self.decides_late = False

    def begin(
        self,
        *,
        clock: Callable[[], datetime],
        random: Random,
        unreliable: float,
        waits: float,
        configuration: Configuration,
    ) -> None:
        """Reset. `unreliable`, `waits`: the probability of a failure, and of a refund that
        waits."""
        fee_minor = self.fee if configuration.has_fees else 0
        takes_yuan_only = configuration.taken_in == "other"
        self.currencies = frozenset({"CNY"}) if takes_yuan_only else type(self).currencies
        self.clock, self.random = clock, random
        self.decides_late = configuration.decides_late
        self.held, self.messages, self.told = {}, [], 0
        self.kept = {FIRST_CARD} if self.saves_methods else set()
        self.unreliable, self.refunds_wait, self.fee_minor = unreliable, waits, fee_minor

    # Methods that the shop calls.

    def create(self, request: PaymentRequest) -> Started:
        """Create the payment."""

        def act() -> Started:
            held = self.held.setdefault(request.number, Held(request))
            if held.request.amount != request.amount:
                raise ProviderError("the number stands for another amount", retryable=False)
            reference = f"R-{request.number}" if self.names_payments else ""
            return Started(f"pay://{request.number}", reference)

        return self._call("create", act)

    def query(self, payment: PaymentHandle) -> PaymentStatusReport:
        """Return what is known."""
        return self._call("query", lambda: _known(payment, self._find(payment)))

    def capture(self, payment: PaymentHandle) -> PaymentStatusReport:
        """Capture what was approved: once for each key, which always gets the same answer."""
        held, key = self._find(payment), payment.captures_refused
        if held is not None:
            note_capture(held)

        def act() -> PaymentStatusReport:
            if held is not None and held.request.method == SAVED:
                self._charge(held)
            elif held is not None:
                return captured(held, key, self._take)
            return _known(payment, held)

        late = partial(arrives_later, held, key) if self.captures else None
        return self._call("capture", act, late=late)

    def close(self, payment: PaymentHandle) -> None:
        """Close an unpaid payment."""

        def act() -> None:
            held = self._find(payment)
            if held is None or held.taken is not None or held.undecided is not None:
                raise ProviderError("there is nothing to close", retryable=False)
            if held.state is not ProviderState.FAILED:
                held.state = ProviderState.CLOSED

        self._call("close", act)

    def refund(self, request: RefundRequest) -> RefundStatusReport:
        """Refund: once per number, and never more than was taken."""

        def act() -> RefundStatusReport:
            held = self._find(request.payment)
            if held is None or held.taken is None:
                raise ProviderError("nothing was taken", retryable=False)
            if request.number not in held.refunds:
                self._promise(held, request)
            return held.refund_report(request.number)

        return self._call("refund", act)

    def query_refund(self, refund: RefundHandle) -> RefundStatusReport:
        """Return what is known."""

        def act() -> RefundStatusReport:
            held = self._find(refund.payment)
            if held is None or refund.number not in held.refunds:
                return RefundStatusReport(
                    refund_number=refund.number,
                    payment_number=refund.payment.number,
                    outcome=RefundOutcome.UNKNOWN,
                )
            return held.refund_report(refund.number)

        return self._call("query_refund", act)

    def saved_method(self, payment: PaymentHandle) -> SavedMethodReport | None:
        """Return the saved method, if the payer agreed to save one."""

        def act() -> SavedMethodReport | None:
            held = self._find(payment)
            if held is None or held.taken is None or not held.request.save_method:
                return None
            reference = f"card-{held.number}"
            self.kept.add(reference)
            return SavedMethodReport(reference=reference, label="Card •••• 1111")

        return self._call("saved_method", act)

    def forget(self, saved_reference: str) -> None:
        """Delete a saved method."""
        self._call("forget", lambda: self.kept.discard(saved_reference))

    def verify_webhook(
        self, *, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> ProviderNotification:
        """Believe anything with the signature."""
        del now
        if headers.get("signature") != SIGNATURE:
            raise NotificationRefusedError("signature_wrong")
        members = json.loads(body)
        return ProviderNotification(message_id=members["id"], report=read(members))

    def acknowledge(self, *, accepted: bool) -> tuple[int, str, bytes]:
        """Return 204 or 400."""
        return (204 if accepted else 400), "text/plain", b""

    def fetch_settlement(self, day: date, into: BinaryIO) -> None:
        """Write the movements of a day that is over."""

        def act() -> None:
            if day >= self.clock().date():
                raise ProviderError("the day is not over", retryable=True)
            settling.write(self.lines(), day, into)

        self._call("query_settlement", act)

    def read_settlement(self, file: BinaryIO) -> Iterator[SettlementLine]:
        """Yield what was written."""
        return settling.read(file)

    def lines(self) -> Iterator[SettlementLine]:
        """Yield every movement of our money so far."""
        by_number = not self.names_payments
        return settling.lines_of(self.held.values(), by_number=by_number, fee_minor=self.fee_minor)

    # What people and time do at the provider.

    def pay(self, number: str, *, amount: Money | None = None, merchant: str = MERCHANT) -> None:
        """Pay as a person does, even a closed payment; `amount`: other than requested."""
        held = self.held[number]
        held.merchant = merchant
        if self.captures and amount is None:
            if held.state in {ProviderState.PENDING, ProviderState.CLOSED}:
                held.state = ProviderState.APPROVED
                self.tell(held.report())
            return
        self._take(held, amount or held.request.amount)

    def decide_payment(self, held: Held, *, comes: bool) -> None:
        """Complete or decline a payment that was being processed."""
        amount, held.undecided = held.undecided, None
        if comes:
            held.state, held.taken = ProviderState.SUCCEEDED, amount
        else:
            held.state, held.decline = ProviderState.FAILED, Decline.INSUFFICIENT_FUNDS
        self.tell(held.report())

    def end_refund(self, number: str, refund_number: str, outcome: RefundOutcome) -> None:
        """Bring a refund to its end."""
        held = self.held[number]
        refund = held.refunds[refund_number]
        refund.outcome, refund.done_at = outcome, self.clock()
        self.tell(held.refund_report(refund_number))

    def bring_back(self, number: str, refund_number: str) -> None:
        """Have the payer's bank return a refund."""
        held = self.held[number]
        refund = held.refunds[refund_number]
        refund.outcome, refund.came_back_at = RefundOutcome.FAILED, self.clock()
        self.tell(held.refund_report(refund_number))

    def dispute(self, number: str, amount_minor: int) -> str:
        """Have the payer dispute the payment, and return the dispute's name."""
        held = self.held[number]
        assert held.taken is not None  # noqa: S101 -- nobody disputes what was not paid.
        reference = f"D{len(held.disputes) + 1}-{number}"
        amount = Money(amount_minor, held.taken.currency)
        held.disputes[reference] = HeldDispute(reference, amount, self.clock())
        self._tell_of_dispute(held, reference)
        return reference

    def decide(
        self,
        number: str,
        reference: str,
        outcome: DisputeOutcome,
        *,
        lost_minor: int | None = None,
        is_latest: bool,
    ) -> None:
        """Decide a dispute. `is_latest`: earlier reports that were not delivered are dropped.

        `lost_minor`: an amount other than it was opened for.
        """
        held = self.held[number]
        dispute = held.disputes[reference]
        dispute.outcome, dispute.decided_at = outcome, self.clock()
        dispute.lost_minor = lost_minor
        if is_latest:
            self.messages = [
                m for m in self.messages if m.is_acknowledged or m.subject != reference
            ]
        self._tell_of_dispute(held, reference)

    def _tell_of_dispute(self, held: Held, reference: str) -> None:
        report = held.dispute_report(reference, by_number=not self.names_payments)
        self.tell(report).subject = reference

    def tell(self, report: Report) -> Message:
        """Send a notification."""
        self.told += 1
        name = f"{self.code}-{self.told}"
        members = {"id": name, **written(report)}
        message = Message(self.code, name, json.dumps(members).encode())
        self.messages.append(message)
        return message

    def statement(self) -> dict[str, int]:
        """Return what it holds for us by currency."""
        sums: Counter[str] = Counter()
        for held in self.held.values():
            if held.is_ours and held.taken is not None:
                kept = held.given_back(promised=False) + held.withheld() + self.fee_minor
                sums[held.taken.currency] += held.taken.amount_minor - kept
        return {currency: amount for currency, amount in sums.items() if amount}

    def _find(self, payment: PaymentHandle) -> Held | None:
        if self.names_payments and not payment.reference:
            return None
        return self.held.get(payment.number)

    def _take(self, held: Held, amount: Money) -> None:
        if held.taken is not None or held.undecided is not None:
            return
        held.paid_at = self.clock()
        if self.decides_late and sum(held.number.encode()) % 3 == 0:
            held.state, held.undecided = ProviderState.PROCESSING, amount
        else:
            held.state, held.taken = ProviderState.SUCCEEDED, amount
        self.tell(held.report())

    def _charge(self, held: Held) -> None:
        """Charge a saved method; the payment's number decides what its bank says."""
        if held.state is not ProviderState.PENDING:
            return
        verdict = sum(held.number.encode()) % 5
        if verdict == 0 or held.request.saved_reference not in self.kept:
            held.state = ProviderState.FAILED
        elif verdict == 1:
            held.state = ProviderState.PAYER_NEEDED
        else:
            self._take(held, held.request.amount)

    def _promise(self, held: Held, request: RefundRequest) -> None:
        assert held.taken is not None  # noqa: S101 -- refund() has looked.
        after = held.given_back(promised=True) + held.withheld() + request.amount.amount_minor
        is_wrong = request.amount.currency != held.taken.currency or request.total != held.taken
        if is_wrong or after > held.taken.amount_minor:
            raise ProviderError("more than was taken", retryable=False)
        waits = self.random.random() < self.refunds_wait
        outcome = RefundOutcome.PENDING if waits else RefundOutcome.SUCCEEDED
        done_at = None if waits else self.clock()
        held.refunds[request.number] = HeldRefund(request.number, request.amount, outcome, done_at)
        if not waits:
            self.tell(held.refund_report(request.number))

    def _call(
        self, name: str, act: Callable[[], _Answer], *, late: Callable[[], None] | None = None
    ) -> _Answer:
        """Act or not, and answer or not: the caller can't tell which.

        `late`: what a call does that is lost on its way there; there are three times as many of
        those.
        """
        pause(f"{self.code}.{name}")
        actor = current_actor()
        luck = self.random.random()
        unreliable = self.unreliable * (3 if late else 1)
        if luck < unreliable / 2:
            pause("lost on the way there")
            if late is not None:
                late()
            raise ProviderError("no answer", retryable=True)
        answer = act()
        if actor is not None and not name.startswith("query"):
            actor.changed = True
        if luck < unreliable:
            pause("lost on the way back")
            raise ProviderError("no answer", retryable=True)
        pause("answered")
        return answer


def _known(payment: PaymentHandle, held: Held | None) -> PaymentStatusReport:
    if held is None:
        return PaymentStatusReport(payment_number=payment.number, state=ProviderState.UNKNOWN)
    return tell(held)
