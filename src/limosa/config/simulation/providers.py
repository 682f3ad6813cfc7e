"""Payment providers in memory. Each keeps its own books, which are the truth of a simulation.

They do what the real ones do at their worst: they answer late or never although they acted, they
send what they have to say twice, late and in any order, and they take money for what was closed.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from random import Random
from typing import BinaryIO, TypeVar

from limosa.config.simulation.stage import current_actor, pause
from limosa.domain.payments.facts import (
    DisputeFact,
    DisputeOutcome,
    NotificationRefusedError,
    PaymentFact,
    ProviderNotification,
    ProviderState,
    RefundFact,
    RefundOutcome,
    SavedMethodFact,
    SettlementLine,
)
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
from limosa.foundation.money import Money
from limosa.foundation.problem import ProviderError

_Answer = TypeVar("_Answer")
MERCHANT = "ours"
OTHER_MERCHANT = "theirs"
SIGNATURE = "genuine"
_BEGINNING = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class HeldRefund:
    """A refund as the provider has it."""

    number: str
    amount: Money
    outcome: RefundOutcome


@dataclass(slots=True)
class Held:
    """A payment as the provider has it. `taken`: None until money came."""

    request: PaymentRequest
    state: ProviderState = ProviderState.PENDING
    taken: Money | None = None
    merchant: str = MERCHANT
    paid_at: datetime | None = None
    refunds: dict[str, HeldRefund] = field(default_factory=dict)
    disputes: dict[str, DisputeFact] = field(default_factory=dict)

    @property
    def number(self) -> str:
        return self.request.number

    @property
    def transaction_id(self) -> str:
        return f"T-{self.number}"

    def given_back(self, *, promised: bool) -> int:
        """Return what went back, with what is still under way when `promised`."""
        counted = {RefundOutcome.SUCCEEDED} | ({RefundOutcome.PENDING} if promised else set())
        return sum(r.amount.amount_minor for r in self.refunds.values() if r.outcome in counted)

    def withheld(self) -> int:
        """Return what disputes keep from us, for now or for good."""
        return sum(
            d.amount_minor for d in self.disputes.values() if d.outcome is not DisputeOutcome.WON
        )


@dataclass(slots=True)
class Message:
    """A notification that the provider sends until it is acknowledged."""

    provider: str
    name: str
    body: bytes
    deliveries: int = 0
    is_acknowledged: bool = False
    is_under_way: bool = False

    headers: Mapping[str, str] = field(default_factory=lambda: {"signature": SIGNATURE})


class PlayedProvider:
    """What all flavours have in common: the money is there as soon as the payer pays."""

    code = "atonce"
    merchant = MERCHANT
    currencies = frozenset({"CNY"})
    methods: Mapping[str, Method] = {
        "native": Method(shape=Shape.QR, devices=frozenset({Device.DESKTOP})),
        "h5": Method(shape=Shape.OPEN, devices=frozenset({Device.PHONE})),
    }
    saves_methods = False
    settlement_zone = "UTC"
    captures = False
    names_payments = False

    def __init__(self) -> None:
        self.clock: Callable[[], datetime] = lambda: _BEGINNING
        self.held: dict[str, Held] = {}
        self.messages: list[Message] = []
        self.random = Random(0)
        self.unreliable = 0.0
        self.refunds_wait = 0.0

    def begin(
        self, *, clock: Callable[[], datetime], random: Random, unreliable: float, waits: float
    ) -> None:
        """Forget everything. `unreliable`, `waits`: how often of 1 it fails, and a refund waits."""
        self.clock, self.random = clock, random
        self.held, self.messages = {}, []
        self.unreliable, self.refunds_wait = unreliable, waits

    # What the shop calls.

    def create(self, request: PaymentRequest) -> Started:
        """Make the payment known."""

        def act() -> Started:
            held = self.held.setdefault(request.number, Held(request))
            if held.request.amount != request.amount:
                raise ProviderError("the number stands for another amount", retryable=False)
            reference = f"R-{request.number}" if self.names_payments else ""
            return Started(f"pay://{request.number}", reference)

        return self._call("create", act)

    def query(self, payment: PaymentHandle) -> PaymentFact:
        """Return what is known."""
        return self._call("query", lambda: self.fact(payment.number, self._find(payment)))

    def capture(self, payment: PaymentHandle) -> PaymentFact:
        """Take what was agreed to, once."""

        def act() -> PaymentFact:
            held = self._find(payment)
            if held is not None and held.state is ProviderState.APPROVED:
                self._take(held, held.request.amount)
            elif held is not None and held.request.method == SAVED:
                self._charge(held)
            return self.fact(payment.number, held)

        return self._call("capture", act)

    def close(self, payment: PaymentHandle) -> None:
        """Close one that is not paid."""

        def act() -> None:
            held = self._find(payment)
            if held is None or held.taken is not None:
                raise ProviderError("there is nothing to close", retryable=False)
            if held.state is not ProviderState.FAILED:
                held.state = ProviderState.CLOSED

        self._call("close", act)

    def refund(self, request: RefundRequest) -> RefundFact:
        """Give back: once per number, and never more than was taken."""

        def act() -> RefundFact:
            held = self._find(request.payment)
            if held is None or held.taken is None:
                raise ProviderError("nothing was taken", retryable=False)
            if request.number not in held.refunds:
                self._promise(held, request)
            return self.refund_fact(held, request.number)

        return self._call("refund", act)

    def query_refund(self, refund: RefundHandle) -> RefundFact:
        """Return what is known."""

        def act() -> RefundFact:
            held = self._find(refund.payment)
            if held is None or refund.number not in held.refunds:
                return RefundFact(
                    refund_number=refund.number,
                    payment_number=refund.payment.number,
                    outcome=RefundOutcome.UNKNOWN,
                )
            return self.refund_fact(held, refund.number)

        return self._call("query_refund", act)

    def saved_method(self, payment: PaymentHandle) -> SavedMethodFact | None:
        """Return nothing: no payment leaves a method."""
        del payment
        return None

    def forget(self, saved_reference: str) -> None:
        """Delete a saved method."""

    def parse_notification(
        self, *, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> ProviderNotification:
        """Believe what carries the signature."""
        del now
        if headers.get("signature") != SIGNATURE:
            raise NotificationRefusedError("signature_wrong")
        members = json.loads(body)
        kind, fields = members["kind"], members["fact"]
        fact: PaymentFact | RefundFact | DisputeFact
        if kind == "payment":
            fact = PaymentFact.from_json(fields)
        elif kind == "refund":
            fact = RefundFact(**fields | {"outcome": RefundOutcome(fields["outcome"])})
        else:
            fact = DisputeFact(**fields | {"outcome": DisputeOutcome(fields["outcome"])})
        return ProviderNotification(message_id=members["id"], fact=fact)

    def acknowledge(self, *, accepted: bool) -> tuple[int, str, bytes]:
        """Return 204 or 400."""
        return (204 if accepted else 400), "text/plain", b""

    def fetch_settlement(self, day: date, into: BinaryIO) -> None:
        """Write nothing yet."""
        del day, into

    def read_settlement(self, file: BinaryIO) -> Iterator[SettlementLine]:
        """Yield nothing yet."""
        del file
        yield from ()

    # What people and time do at the provider.

    def pay(self, number: str, *, amount: Money | None = None, merchant: str = MERCHANT) -> None:
        """Pay as a person does, even what was closed; `amount`: other than was asked for."""
        held = self.held[number]
        held.merchant = merchant
        if self.captures and amount is None:
            if held.state is ProviderState.PENDING:
                held.state = ProviderState.APPROVED
                self.tell(self.fact(number, held))
            return
        self._take(held, amount or held.request.amount)

    def end_refund(self, number: str, refund_number: str, outcome: RefundOutcome) -> None:
        """Have a refund come to its end."""
        held = self.held[number]
        held.refunds[refund_number].outcome = outcome
        self.tell(self.refund_fact(held, refund_number))

    def tell(self, fact: PaymentFact | RefundFact | DisputeFact) -> Message:
        """Put a notification on its way."""
        kinds = {PaymentFact: "payment", RefundFact: "refund", DisputeFact: "dispute"}
        name = f"{self.code}-{len(self.messages) + 1}"
        members = {"id": name, "kind": kinds[type(fact)], "fact": fact.to_json()}
        message = Message(self.code, name, json.dumps(members).encode())
        self.messages.append(message)
        return message

    def fact(self, number: str, held: Held | None) -> PaymentFact:
        """Return what is true of a payment."""
        if held is None or held.taken is None:
            state = held.state if held else ProviderState.UNKNOWN
            return PaymentFact(payment_number=number, state=state)
        return PaymentFact(
            payment_number=number,
            state=held.state,
            transaction_id=held.transaction_id,
            amount_minor=held.taken.amount_minor,
            currency=held.taken.currency,
            merchant=held.merchant,
            paid_at=held.paid_at,
        )

    def refund_fact(self, held: Held, number: str) -> RefundFact:
        """Return what is true of a refund."""
        refund = held.refunds[number]
        return RefundFact(
            refund_number=number,
            payment_number=held.number,
            outcome=refund.outcome,
            reference=f"RR-{number}",
            amount_minor=refund.amount.amount_minor,
            currency=refund.amount.currency,
        )

    def statement(self) -> dict[str, int]:
        """Return what it holds for us by currency."""
        sums: Counter[str] = Counter()
        for held in self.held.values():
            if held.taken is not None and held.merchant == MERCHANT:
                kept = held.given_back(promised=False) + held.withheld()
                sums[held.taken.currency] += held.taken.amount_minor - kept
        return {currency: amount for currency, amount in sums.items() if amount}

    def _find(self, payment: PaymentHandle) -> Held | None:
        if self.names_payments and not payment.reference:
            return None
        return self.held.get(payment.number)

    def _take(self, held: Held, amount: Money) -> None:
        if held.taken is None:
            held.taken, held.paid_at = amount, self.clock()
            held.state = ProviderState.SUCCEEDED
            self.tell(self.fact(held.number, held))

    def _charge(self, held: Held) -> None:
        """Charge a saved method; the payment's number decides what its bank says."""
        if held.state is not ProviderState.PENDING:
            return
        verdict = sum(held.number.encode()) % 5
        if verdict == 0:
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
        held.refunds[request.number] = HeldRefund(request.number, request.amount, outcome)
        if not waits:
            self.tell(self.refund_fact(held, request.number))

    def _call(self, name: str, act: Callable[[], _Answer]) -> _Answer:
        """Act, or not, and answer, or not: the caller can't tell which it was."""
        pause(f"{self.code}.{name}")
        actor = current_actor()
        luck = self.random.random()
        if luck < self.unreliable / 2:
            pause("lost on the way there")
            raise ProviderError("no answer", retryable=True)
        answer = act()
        if actor is not None and not name.startswith("query"):
            actor.changed = True
        if luck < self.unreliable:
            pause("lost on the way back")
            raise ProviderError("no answer", retryable=True)
        pause("answered")
        return answer


class AtOnce(PlayedProvider):
    """Takes yuan as soon as the payer pays; goes by our numbers."""


class Captured(PlayedProvider):
    """Takes dollars when we capture what the payer agreed to; goes by its own references."""

    code = "captured"
    currencies = frozenset[str]()
    methods: Mapping[str, Method] = {
        "redirect": Method(shape=Shape.OPEN, devices=frozenset(Device)),
    }
    captures = True
    names_payments = True


class Cards(PlayedProvider):
    """Takes any currency, keeps cards for later, goes by its own references."""

    code = "cards"
    currencies = frozenset[str]()
    methods: Mapping[str, Method] = {"card": Method(shape=Shape.OPEN, devices=frozenset(Device))}
    saves_methods = True
    names_payments = True
