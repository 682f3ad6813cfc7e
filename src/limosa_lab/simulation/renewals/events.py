"""What may happen in a run about renewals: to people, to prices, at banks, to the mail."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from random import Random
from typing import ClassVar

from limosa.domain.accounts.models import Subscriber
from limosa.domain.catalog.models import Plan, Price
from limosa.domain.payments.requests import PaymentMethodChoice
from limosa.domain.payments.status_reports import Decline, DisputeOutcome
from limosa.foundation.money import Money
from limosa_lab.simulation import actions
from limosa_lab.simulation.configuration import draw
from limosa_lab.simulation.course import Course
from limosa_lab.simulation.frequencies import STEPS
from limosa_lab.simulation.renewal_choices import CARDS, METHODS, RENEWALS, TERMS
from limosa_lab.simulation.renewals import shop
from limosa_lab.simulation.renewals.deeds import Deeds
from limosa_lab.simulation.renewals.gaps import Gaps
from limosa_lab.simulation.renewals.postbox import Postbox, Service
from limosa_lab.simulation.renewals.record import Agreement, Offer, Record
from limosa_lab.simulation.renewals.shop import CURRENCIES, REFERENCES, Bank
from limosa_lab.simulation.renewals.watching import RenewalInvariants
from limosa_lab.simulation.world import PEOPLE

# What banks say, beside "yes": soft, hard, and that the person has to come.
REFUSALS = (
    Decline.INSUFFICIENT_FUNDS,
    Decline.LIMIT_EXCEEDED,
    Decline.CARD_EXPIRED,
    Decline.NOT_AUTHENTICATED,
)
_BY_HAND = (
    PaymentMethodChoice(provider="wallet", method="wallet"),
    PaymentMethodChoice(provider="wallet", method="wallet"),
    PaymentMethodChoice(provider="cards", method="card"),
    PaymentMethodChoice(provider="atonce", method="native"),
)
WEIGHTS = {
    "agree": 1.0,
    "stop": 0.7,
    "skip": 0.7,
    "undo": 2.0,
    "renew": 2.5,
    "forget": 0.3,
    "bank_says": 4.0,
    "reprice": 2.0,
    "sell": 0.5,
    "change_currency": 0.7,
    "serve_mail": 3.0,
    "give": 3.0,
    "spend": 0.7,
    "notify": 2.0,
    "pay": 1.5,
    "dispute": 0.4,
    "decide": 1.0,
    "end_refund": 0.5,
    "refund": 0.3,
    "refund_part": 0.0,
}
# A person changes their mind while a worker is at it, or somebody else does something.
SUDDENLY = (
    *("stop", "stop", "stop", "skip", "renew", "renew"),
    *("agree", "undo", "reprice", "forget"),
)
_ALWAYS = ("notify", "pay", "give", "decide")


@dataclass(slots=True, kw_only=True)
class RenewalEvents(Course):
    """See `Course`; what begins, and what the witness is told of it."""

    space: ClassVar[str] = RENEWALS
    base_weights: ClassVar[dict[str, float]] = WEIGHTS
    record: Record = field(init=False)
    postbox: Postbox = field(init=False)
    bank: Bank = field(init=False)
    deeds: Deeds = field(init=False)
    gaps: Gaps = field(init=False)
    watch: RenewalInvariants = field(init=False)
    list_minor: int = field(init=False)
    on_sale: bool = True

    def __post_init__(self) -> None:
        self.configuration = draw(self.seed, self.space)
        self.random = Random(f"{self.seed}")
        self.weights = {
            kind: weight * self.random.choice((1, 2) if kind in _ALWAYS else (0, 0.5, 1, 3))
            for kind, weight in self.base_weights.items()
        }
        self.steps = self.random.choice(STEPS)
        self.world = shop.begin(
            unreliable=self.random.choice((0.0, 0.1, 0.3)),
            waits=self.random.choice((0.0, 0.5)),
            configuration=self.configuration,
            random=Random(f"{self.seed} codes"),
            gone=lambda: self.random.choice((0.0, 0.3, 0.6, 0.8)),
        )
        self.record, self.bank, self.postbox = Record(), Bank(), Postbox(self.world)
        self.record.letters = self.postbox.letters
        self.deeds = Deeds(self.record, self.postbox)
        self.watch = RenewalInvariants(self.monitor, self.world, record=self.record)
        self.invariants, self.gaps = self.watch, Gaps(self.watch)
        self.list_minor = TERMS[self.configuration.term][1]
        shop.give_cards(self.bank)
        for person in PEOPLE:
            self._offer(person)

    # People.

    def _agree(self) -> bool:
        """Somebody switches it on, or changes it: mostly as the configuration says."""
        return self._agree_for(self._somebody())

    def _agree_for(self, person: int) -> bool:
        names = METHODS[self.configuration.methods]
        if self.random.random() < 0.15:
            names = self.random.choice(list(METHODS.values()))
        days, least = TERMS[self.configuration.term]
        until = None
        if self.configuration.until == "near" and self.random.random() < 0.8:
            ends = [one.ends_at for one in self.watch.bundles if one.person == person]
            before = timedelta(days=min(4, days / 4)) * self.random.choice((0, 0.1, 0.5, 0.9, 1.1))
            until = max([*ends, self.world.now + timedelta(days=days)]) - before
        agreement = Agreement(
            person=person,
            cap_minor=least if self.configuration.cap == "just" else least * 3 // 2,
            currency=self._currency(person),
            until=until,
            methods=names,
            at=self.world.now,
        )
        return self._enter(f"{person} agrees", partial(self.deeds.agree, agreement=agreement))

    def _stop(self) -> bool:
        return self._lessen("stop", self.deeds.stop)

    def _skip(self) -> bool:
        return self._lessen("skip", self.deeds.skip)

    def _undo(self) -> bool:
        return self._lessen("undo", self.deeds.undo)

    def _lessen(self, name: str, act: Callable[..., object]) -> bool:
        person, by_link = self._somebody(), self.random.random() < 0.5
        how = "by link" if by_link else "on the page"
        return self._enter(f"{person}: {name} {how}", partial(act, person=person, by_link=by_link))

    def _renew(self) -> bool:
        """A person renews by hand, or a stranger does it for them."""
        if len(self.world.orders) >= 6:
            return False
        person, choice = self._somebody(), self.random.choice(_BY_HAND)
        if choice.provider == "wallet" and self.random.random() < 0.7:
            self._give_to(person, 1)
        link = self.random.choice(("", "", f"stranger{person}"))
        act = partial(self.deeds.renew, person=person, choice=choice, link=link)
        return self._enter(f"renew {person} {choice.provider} {link}", act)

    def _forget(self) -> bool:
        person, card = self._somebody(), self.random.choice(CARDS)
        return self._enter(
            f"{person} removes {card}", partial(self.deeds.forget, person=person, card=card)
        )

    def _give(self) -> bool:
        return self._give_to(self._somebody(), self.random.choice((1, 2, 4)))

    def _give_to(self, person: int, times: int) -> bool:
        """A person's wallet is filled for so many renewals."""
        amount = Money(self.list_minor * times, self._currency(person))
        return self._enter(
            f"{person} gets {amount}", partial(self.deeds.give, person=person, amount=amount)
        )

    def _spend(self) -> bool:
        """Somebody spends what is in their wallet on another eSIM."""
        if len(self.world.orders) >= 6:
            return False
        act = partial(
            actions.place, person=self._somebody(), plan=0, choice=_BY_HAND[0], renews=False
        )
        return self._enter("spend", act)

    # The world.

    def _bank_says(self) -> bool:
        person, card = self._somebody(), self.random.choice(CARDS)
        says = None if self.random.random() < 0.4 else self.random.choice(REFUSALS)
        self.bank.says[REFERENCES[person, card]] = says
        return self._say(f"the bank of {card} of {person} says {says or 'yes'}")

    def _reprice(self) -> bool:
        """The plan's price moves: within the cap, to the cap, above it, or back."""
        least = TERMS[self.configuration.term][1]
        self.list_minor = least * self.random.choice((8, 10, 10, 11, 13, 15, 16)) // 10
        Price.objects.filter(plan_id=self.configuration.term).update(amount_minor=self.list_minor)
        for person in PEOPLE:
            self._offer(person)
        return self._say(f"the price is {self.list_minor}")

    def _sell(self) -> bool:
        self.on_sale = not self.on_sale
        Plan.objects.filter(code=self.configuration.term).update(on_sale=self.on_sale)
        for person in PEOPLE:
            self._offer(person)
        return self._say(f"the plan is on sale: {self.on_sale}")

    def _change_currency(self) -> bool:
        """A person pays in another currency from now on, or in the first one again."""
        person, own = self._somebody(), self.configuration.currency
        others = [one for one in CURRENCIES if one != own]
        currency = self.random.choice(others) if self._currency(person) == own else own
        Subscriber.objects.filter(pk=person).update(currency=currency)
        self._offer(person, currency)
        return self._say(f"{person} pays in {currency}")

    def _serve_mail(self) -> bool:
        """The mail server fails, or works again."""
        if self.configuration.mail != "fails":
            return False
        is_working = self.postbox.service is not Service.WORKS or self.random.random() < 0.3
        failing = self.random.choice((Service.REFUSES, Service.IS_AWAY))
        self.postbox.service = Service.WORKS if is_working else failing
        return self._say(f"the mail server {self.postbox.service}")

    def _dispute(self) -> bool:
        return self.configuration.goes_back_by == "disputes" and Course._dispute(self)

    def _currency(self, person: int) -> str:
        offers = self.record.offers[person]
        return offers[-1].currency if offers else self.configuration.currency

    def _offer(self, person: int, currency: str = "") -> None:
        """Tell the witness what renewing costs from now on."""
        offer = Offer(
            at=self.world.now,
            list_minor=self.list_minor,
            currency=currency or self._currency(person),
            on_sale=self.on_sale,
        )
        self.record.offers[person].append(offer)

    def _note_world(self) -> None:
        """Tell the witness what keeps renewals from being charged, and which methods would pay."""
        now = self.world.now
        held = [one for provider in self.world.providers for one in provider.held.values()]
        disputes = [dispute for one in held for dispute in one.disputes.values()]
        troubles = {
            "undecided": bool(self.world.undecided),
            "disputed": any(one.outcome is DisputeOutcome.OPEN for one in disputes),
            "lost": any(one.outcome is DisputeOutcome.LOST for one in disputes),
            "mail": self.postbox.service is not Service.WORKS,
        }
        for what, is_so in troubles.items():
            (self.record.begin if is_so else self.record.end)(what, at=now)
        wallets = {row[1]: row[3] for row in self.watch.rows.get("accounts", ())}
        kept = shop.kept_cards()
        for person in PEOPLE:
            offer = self.record.offers[person][-1]
            has_minor = wallets.get(f"wallet:{person}:{offer.currency}", 0)
            self.record.note_able(person, "wallet", is_able=has_minor >= offer.list_minor, at=now)
            for card in CARDS:
                reference = REFERENCES[person, card]
                is_able = reference in kept and self.bank(reference) is None
                self.record.note_able(person, card, is_able=is_able, at=now)
