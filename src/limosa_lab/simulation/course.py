"""One run: what happens, in which order, and what is checked. All of it follows from the seed."""

import hashlib
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from random import Random
from typing import ClassVar

from django.db import OperationalError

from limosa.domain.payments.status_reports import ProviderState, RefundOutcome
from limosa.foundation.errors import DomainRefusal, ProviderError
from limosa.foundation.money import Money
from limosa_lab.simulation import actions, rest, world
from limosa_lab.simulation.broken import InvariantBrokenError
from limosa_lab.simulation.configuration import PAYMENTS, Configuration, draw
from limosa_lab.simulation.frequencies import ALWAYS, BY_WAY, JUMPS, STEPS, WEIGHTS
from limosa_lab.simulation.held import MERCHANT, OTHER_MERCHANT, Message
from limosa_lab.simulation.invariants import Invariants
from limosa_lab.simulation.monitor import Monitor
from limosa_lab.simulation.stage import Actor, Stage
from limosa_lab.simulation.world import PEOPLE, World, played

# Nobody pays one of these any more.
_ENDED = {
    ProviderState.SUCCEEDED,
    ProviderState.FAILED,
    ProviderState.APPROVED,
    ProviderState.PROCESSING,
}
EXPECTED = (DomainRefusal, ProviderError)


@dataclass(slots=True, kw_only=True)
class Course:
    """A run in progress, and its log. `polls`: the worker polls providers on schedule."""

    space: ClassVar[str] = PAYMENTS
    base_weights: ClassVar[dict[str, float]] = WEIGHTS
    actions: ClassVar[tuple[int, int]] = (8, 18)
    seed: int
    polls: bool
    stage: Stage
    monitor: Monitor
    log: list[str] = field(default_factory=list)
    crashes: int = 0
    deadlocks: int = 0
    events: int = 0
    configuration: Configuration = field(init=False)
    random: Random = field(init=False)
    weights: dict[str, float] = field(init=False)
    steps: tuple[int, ...] = field(init=False)
    world: World = field(init=False)
    invariants: Invariants = field(init=False)

    def __post_init__(self) -> None:
        self.configuration = draw(self.seed, self.space)
        self.random = Random(f"{self.seed}")
        self.weights = {
            kind: weight * self.random.choice((1, 2) if kind in ALWAYS else (0, 0.5, 1, 3))
            for kind, weight in self.base_weights.items()
        }
        for kind in BY_WAY[self.configuration.goes_back_by]:
            self.weights[kind] = 4 + 2 * self.weights[kind]
        self.steps = self.random.choice(STEPS)
        self.world = world.begin(
            unreliable=self.random.choice((0.0, 0.1, 0.3)),
            waits=self.random.choice((0.0, 0.5)),
            configuration=self.configuration,
            random=Random(f"{self.seed} codes"),
        )
        if self.space == PAYMENTS and self.world.suppliers:
            self.weights |= {"call_back": 3, "pay": 12, "notify": 12, "work": 12}
        self.invariants = Invariants(self.monitor, self.world)

    @property
    def digest(self) -> str:
        """Return a digest that distinguishes this run from any other."""
        return hashlib.sha256("\n".join(self.log).encode()).hexdigest()[:16]

    def run(self) -> None:
        """Run to the end. Raises InvariantBrokenError; the log shows how it came about."""
        self._say(str(self.configuration))
        self._open()
        actions_left = self.random.randint(*self.actions)
        crashes_left = self.random.choice((0, 1, 2, 4))
        while actions_left or self.stage.actors:
            movable = self.stage.movable
            if actions_left and self.stage.has_room and (not movable or self.random.random() < 0.3):
                actions_left -= 1
                self._begin_something()
            elif movable:
                dies = crashes_left > 0 and self.random.random() < 0.04
                crashes_left -= dies
                self._move(self.random.choice(movable), dies=dies)
        self._say("now all comes to rest")
        self._rest()

    def _rest(self) -> None:
        try:
            rest.bring_to_rest(self.world, polls=self.polls, random=self.random, look=self._look_at)
        except InvariantBrokenError as broken:
            self._say(str(broken))
            raise
        except Exception as error:
            self._say(traceback.format_exc(limit=-4))
            raise InvariantBrokenError("E0", f"at rest: {error!r}") from error

    def _open(self) -> None:
        for _ in range(self.random.choice((1, 1, 2))):
            self._enter("place", self._some_order())

    def _begin_something(self) -> None:
        kinds = list(self.weights)
        for kind in self.random.choices(kinds, [self.weights[k] for k in kinds], k=9):
            if getattr(self, f"_{kind}")():
                return

    # Events that may begin.

    def _some_order(self) -> Callable[[World], object]:
        return partial(
            actions.place,
            person=self._somebody(),
            plan=self.random.choice((0, 1)),
            choice=self.random.choice(actions.CHOICES),
            renews=self.random.random() < 0.6,
        )

    def _somebody(self) -> int:
        return self.random.choice((PEOPLE[0], *PEOPLE))

    def _place(self) -> bool:
        return len(self.world.orders) < 3 and self._enter("place", self._some_order())

    def _press(self) -> bool:
        if not self.world.orders:
            return False
        number, choice = self.random.choice(self.world.orders), self.random.choice(actions.CHOICES)
        kept = " and keep it" if choice.save else ""
        name = f"press {number} {choice.provider} {choice.method}{kept}"
        return self._enter(name, partial(actions.press, number=number, choice=choice))

    def _notify(self) -> bool:
        waiting = self.world.messages
        if self.random.random() < 0.15:  # Providers do resend acknowledged notifications.
            waiting = [m for provider in self.world.providers for m in provider.messages]
        if not waiting:
            return False
        message = self.random.choice(waiting)
        luck = self.random.random()
        if luck < 0.1:
            return self._say(f"{message.name} is lost on its way; it will be sent again")
        if luck < 0.3:
            self._deliver(message)
        return self._deliver(message)

    def _deliver(self, message: Message) -> bool:
        return self._enter(f"deliver {message.name}", partial(actions.deliver, message=message))

    def _pay(self) -> bool:
        payable = [number for number, code in self.world.payable.items() if self._can_pay(number)]
        if not payable:
            return False
        number = self.random.choice(payable)
        luck = self.random.random()
        provider = played(self.world.payable[number])
        amount, merchant = None, MERCHANT
        if self.polls and luck < 0.12:
            asked = provider.held[number].request.amount
            other = Money(asked.amount_minor - 1, asked.currency)
            amount = self.random.choice((other, Money(asked.amount_minor, "EUR")))
        elif self.polls and luck < 0.2:
            merchant = OTHER_MERCHANT
        provider.pay(number, amount=amount, merchant=merchant)
        self._say(f"somebody pays {number}: {amount or 'as asked'}, {merchant}")
        if self.random.random() < 0.4:
            self._return(number)
        return True

    def _can_pay(self, number: str) -> bool:
        held = played(self.world.payable[number]).held.get(number)
        return held is not None and held.state not in _ENDED

    def _come_back(self) -> bool:
        numbers = list(self.world.payable)
        return bool(numbers) and self._return(self.random.choice(numbers))

    def _return(self, number: str) -> bool:
        return self._enter(f"come back {number}", partial(actions.come_back, number=number))

    def _work(self) -> bool:
        name = self.random.choice(actions.jobs_of(self.world, polls=self.polls))
        return self._enter(f"job {name}", partial(actions.job, name=name))

    def _call_back(self) -> bool:
        heard = {code: one for code, one in self.world.suppliers.items() if one.orders}
        if not heard:
            return False
        code = self.random.choice(list(heard)) if len(heard) > 1 else next(iter(heard))
        self._say(f"at the supplier: {heard[code].go_on()}")
        number = self.random.randrange(len(heard[code].orders))
        act = partial(actions.call_back, code=code, body=heard[code].callback(number))
        return self._enter(f"callback {number}", act)

    def _cancel(self) -> bool:
        return self._to_an_order("cancel", actions.cancel)

    def _refund(self) -> bool:
        return self._to_an_order("refund", actions.refund)

    def _refund_part(self) -> bool:
        if self.configuration.goes_back_by == "disputes":
            return False
        part_minor = self.random.choice((1, 333, 898))
        return self._to_an_order("part", partial(actions.refund_part, part_minor=part_minor))

    def _to_an_order(self, name: str, act: Callable[..., object]) -> bool:
        if not self.world.orders:
            return False
        number = self.random.choice(self.world.orders)
        return self._enter(f"{name} {number}", partial(act, number=number))

    def _give(self) -> bool:
        person, amount = self._somebody(), self.random.choice((2500, 3000, 999))
        return self._enter("give", partial(actions.give, person=person, amount_minor=amount))

    def _choose(self) -> bool:
        person, keeps = self._somebody(), self.random.random() < 0.7
        return self._enter("choose", partial(actions.choose, person=person, keeps=keeps))

    def _forget(self) -> bool:
        return self._enter("forget", partial(actions.forget, person=self._somebody()))

    def _pause_supplier(self) -> bool:
        is_paused = self.random.random() < 0.6
        return self._enter("pause", partial(actions.pause_supplier, is_paused=is_paused))

    def _use(self) -> bool:
        person, gigabytes = self._somebody(), self.random.choice((1, 21))
        return self._enter("use", partial(actions.use, person=person, gigabytes=gigabytes))

    def _end_refund(self) -> bool:
        if not (waiting := self.world.refunds(RefundOutcome.PENDING)):
            return False
        provider, number, refund = self.random.choice(waiting)
        outcome = self.random.choice((RefundOutcome.SUCCEEDED, RefundOutcome.FAILED))
        provider.end_refund(number, refund, outcome)
        return self._say(f"the refund {refund} ends: {outcome}")

    def _bring_back(self) -> bool:
        if not (arrived := self.world.refunds(RefundOutcome.SUCCEEDED)):
            return False
        provider, number, refund = self.random.choice(arrived)
        provider.bring_back(number, refund)
        return self._say(f"the money of {refund} comes back")

    def _dispute(self) -> bool:
        """A payer asks their bank for what they paid, or for part of it; some do so twice.

        The bank may take more than was paid.
        """
        if self.configuration.goes_back_by == "refunds":
            return False
        disputable = [
            (provider, held)
            for provider in self.world.providers
            for held in provider.held.values()
            if held.is_ours and held.open_dispute is None and len(held.disputes) < 2
        ]
        if not disputable:
            return False
        provider, held = self.random.choice(disputable)
        taken = held.taken.amount_minor if held.taken else 0
        amount_minor = self.random.choice((taken, taken + 7, max(taken - 500, 1), 333))
        reference = provider.dispute(held.number, amount_minor)
        # This payer also asks us for the money, and the dispute's notification is on its way.
        for kind in ("notify", "refund", "refund_part"):
            self.weights[kind] += 4
        return self._say(f"the payer disputes {amount_minor}: {reference}")

    def _decide(self) -> bool:
        if self.configuration.decides_late and (undecided := self.world.undecided):
            provider, payment = self.random.choice(undecided)
            comes = self.random.random() < 0.7
            provider.decide_payment(payment, comes=comes)
            return self._say(f"{payment.number} {'comes' if comes else 'is declined'}")
        open_ones = self.world.open_disputes
        if not open_ones:
            return False
        return self._say(world.decide(*self.random.choice(open_ones), random=self.random))

    def _settle(self) -> bool:
        if not self.world.settles or not (days := self.world.settled_days):
            return False
        day, provider = self.random.choice(days)
        act = partial(actions.settle, provider=provider, day=day)
        return self._enter(f"reconcile {provider} {day}", act)

    def _wait(self) -> bool:
        jump = self.random.choice(JUMPS)
        self.world.now += jump
        self._say(f"{jump} pass")
        if jump >= timedelta(days=1):
            # The worker recognizes revenue hourly; dissatisfied people ask for a refund by now.
            self._enter("job earn", partial(actions.job, name="earn"))
            self._settle()
            self.weights["refund"] += 3
            self.weights["refund_part"] += 3
            self.weights["dispute"] += 2
        return True

    # How events continue.

    def _enter(self, name: str, work: Callable[[World], object]) -> bool:
        if not self.stage.has_room:
            return False
        number = self.events
        actor = Actor(
            number=number,
            name=name,
            work=partial(work, self.world),
            random=Random(f"{self.seed} actor {number}"),
        )
        self._say(f"{name} begins")
        self.stage.enter(actor)
        return True

    def _move(self, actor: Actor, *, dies: bool) -> None:
        moved = self.stage.move(actor, steps=self.random.choice(self.steps), dies=dies)
        for other in moved:
            self._tell(other)
        if any(other.changed for other in moved):
            for other in moved:
                other.changed = False
            self._look()

    def _tell(self, actor: Actor) -> None:
        end = f" -> {actor.outcome}" if actor.is_done else ""
        self._say(f"{actor.name} (#{actor.number}): {'; '.join(actor.trace)}{end}")
        actor.trace = []
        self.crashes += actor.outcome == "crashed"
        if actor.error is None or isinstance(actor.error, EXPECTED):
            return
        if isinstance(actor.error, OperationalError):
            self.deadlocks += 1
            return
        self._say("".join(traceback.format_exception(actor.error, limit=-4)))
        raise InvariantBrokenError("E0", f"{actor.name}: {actor.error!r}") from actor.error

    def _look(self) -> None:
        try:
            self.invariants.look()
        except InvariantBrokenError as broken:
            self._say(str(broken))
            raise

    def _look_at(self, text: str) -> None:
        self._say(text)
        self._look()

    def _say(self, text: str) -> bool:
        self.events += 1
        at = self.world.now.strftime("%d %H:%M:%S")
        self.log.append(f"{self.events:>4}  {at}  {text}")
        return True
