"""What the checkout page offers: plans with their prices, and payment methods."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings

from limosa.domain.accounts.models import Subscriber
from limosa.domain.catalog.models import Plan, PlanKind
from limosa.domain.catalog.queries import ExchangeQuote, RateMissingError, exchange_rate
from limosa.domain.connectivity.engine.renewing import RenewalWay
from limosa.domain.esims.engine.lifecycle import BundlePeriod
from limosa.domain.esims.models import Bundle, Esim
from limosa.domain.esims.queries import EsimView
from limosa.domain.ledger.queries import spendable_in
from limosa.domain.ordering.models import StartRule
from limosa.domain.payments.requests import Device
from limosa.domain.promotions.models import Promotion, PromotionCode
from limosa.domain.renewals.queries import Offer, offers_for, offers_for_new_esim
from limosa.foundation.money import Money
from limosa.web.storefront.payment_options import Option, channel_options, own_options, usual_key
from limosa.web.storefront.supply_facts import is_start_open

CHANNEL_CURRENCY = "CNY"


@dataclass(frozen=True, slots=True)
class Choice:
    """A plan on offer."""

    offer: Offer

    @property
    def plan(self) -> Plan:
        """The plan that is bought."""
        return self.offer.price.plan

    @property
    def promotion(self) -> Promotion | None:
        """The promotion applied to the price."""
        return self.offer.promotion

    @property
    def listed(self) -> Money:
        """The price without promotion."""
        return Money(self.offer.price.amount_minor, self.offer.price.currency)

    @property
    def total(self) -> Money:
        """The price that is paid, tax included."""
        return Money(self.offer.total_minor, self.offer.price.currency)

    @property
    def discount(self) -> Money:
        """What is taken off."""
        return self.listed - self.total

    @property
    def uses_code(self) -> bool:
        """Whether the code that was entered is what counts for its price."""
        return self.promotion is not None and self.promotion.needs_code

    @property
    def is_top_up(self) -> bool:
        """Whether it joins the running plan."""
        return self.plan.kind == PlanKind.TOP_UP

    def start_for(self, wanted: StartRule) -> StartRule:
        """Return the desired start if the plan allows it, or else the plan's own."""
        rules = self.offer.start_rules
        return wanted if wanted in rules else rules[0]

    def period_for(self, wanted: StartRule) -> BundlePeriod:
        """Return when it begins and ends."""
        return self.offer.period(self.start_for(wanted))


@dataclass(frozen=True, slots=True)
class Visit:
    """Who looks at a checkout page: on which device, and whether through another person's link, or
    by the number of an eSIM, which is no secret. `code`: what they entered, if they may use it."""

    device: Device
    now: datetime
    code: PromotionCode | None = None
    is_guest: bool = False
    is_by_number: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """Everything that the page shows and against which a submission is checked.

    `choices`: first those for the eSIM that is renewed. `esim` None: a first eSIM. `exchange`: by
    currency, for channels that don't take the buyer's own. `wallet` None: the wallet may not be
    used (another person's link); `bonus`: what of it is bonus. `usual`: the key of the option that
    the buyer last paid with. `is_for_owner`: there is something to buy, and none of it for this
    guest.
    """

    buyer: Subscriber
    view: EsimView | None
    choices: list[Choice]
    exchange: Mapping[str, ExchangeQuote]
    options: list[Option]
    wallet: Money | None
    bonus: Money | None
    usual: str
    is_for_owner: bool = False
    code: PromotionCode | None = None

    @property
    def esim(self) -> Esim | None:
        """The eSIM that is renewed."""
        return self.view.esim if self.view else None

    @property
    def is_guest(self) -> bool:
        """Whether somebody else than the buyer may look at it."""
        return self.wallet is None

    @property
    def renewing(self) -> list[Choice]:
        """The choices that need no other eSIM than the page is about."""
        return [one for one in self.choices if not self._takes_new_esim(one)]

    @property
    def on_new_esim(self) -> list[Choice]:
        """The choices that the eSIM can't be renewed with: the person gets a new one."""
        return [one for one in self.choices if self._takes_new_esim(one)]

    def _takes_new_esim(self, choice: Choice) -> bool:
        return self.view is not None and choice.offer.is_new_esim

    @property
    def lost_bytes(self) -> int | None:
        """What is left on the eSIM that is renewed; None: unlimited."""
        return _left_on(self.view) if self.view else 0

    @property
    def waiting(self) -> list[Bundle]:
        """The bundles bought for this eSIM that have not begun."""
        return self.view.queued if self.view else []

    @property
    def time_zone(self) -> str:
        """The time zone where the eSIM is used."""
        return self.esim.time_zone if self.esim else str(settings.SERVICE_TIME_ZONE)

    @property
    def starts(self) -> list[StartRule]:
        """The starts that any plan allows, the preselected one first."""
        rules = (one.offer.start_rules for one in self.renewing or self.choices)
        return max(rules, key=len, default=[])

    @property
    def waiting_until(self) -> datetime | None:
        """When the last waiting bundle ends; None if it depends on a first use."""
        ends = [bundle.ends_at for bundle in self.waiting if bundle.ends_at]
        return max(ends) if ends and len(ends) == len(self.waiting) else None

    @property
    def is_start_open(self) -> bool:
        """Whether it is up to the supplier when the waiting bundles begin."""
        return is_start_open(self.esim)

    @property
    def follows_at(self) -> datetime | None:
        """When a bundle begins that follows all those bought; None if that is not known yet."""
        after = StartRule.AFTER_CURRENT
        offers = [one.offer for one in self.choices if after in one.offer.start_rules]
        begins = (offer.period(after).starts_at for offer in offers)
        return next((at for at in begins if at), None)

    @property
    def least_total(self) -> Money:
        """The lowest price on the page."""
        return min((choice.total for choice in self.choices), key=_minor)

    def option(self, key: str) -> Option | None:
        """Return the option with a key."""
        return next((option for option in self.options if option.key == key), None)

    def first_option(self, choice: Choice) -> Option:
        """Return the preselected option: the one last paid with, if it can take the price."""
        usual = self.option(self.usual)
        if usual is not None and self._holds(usual, choice):
            return usual
        return next((one for one in self.options if self._holds(one, choice)), self.options[0])

    def _holds(self, option: Option, choice: Choice) -> bool:
        if option.is_wallet:
            return self.is_wallet_enough(choice)
        return option.takes(choice.total)

    def is_wallet_enough(self, choice: Choice) -> bool:
        """Whether the wallet covers the price."""
        return self._wallet_holds(choice.total)

    @property
    def is_wallet_useful(self) -> bool:
        """Whether the wallet covers the price of any plan."""
        return self._wallet_holds(self.least_total)

    def _wallet_holds(self, price: Money) -> bool:
        return self.wallet is not None and self.wallet.amount_minor >= price.amount_minor


def renewal_checkout(view: EsimView, *, visit: Visit) -> Checkout:
    """Return what an eSIM can be renewed with, the best choice first."""
    buyer = view.esim.subscriber
    offers = offers_for(view=view, subscriber=buyer, now=visit.now, code=visit.code)
    shown = [offer for offer in offers if not _is_for_owner(offer, view, visit)]
    checkout = _checkout(buyer, view, shown, visit=visit)
    return replace(checkout, is_for_owner=bool(offers) and not shown)


def _is_for_owner(offer: Offer, view: EsimView, visit: Visit) -> bool:
    """Whether a visitor may not buy it: a guest no new eSIM, which its owner installs signed in;
    and whoever has just the number nothing by which the owner loses what is left."""
    loses = offer.way is RenewalWay.REPLACES and _left_on(view) != 0
    return visit.is_guest and (offer.is_new_esim or (visit.is_by_number and loses))


def _left_on(view: EsimView) -> int | None:
    """Return what is left on an eSIM, of what runs and what waits; None: unlimited."""
    lefts = [one.remaining_bytes for one in (*view.in_use, *view.queued, *view.on_hold)]
    return None if None in lefts else sum(left for left in lefts if left is not None)


def purchase_checkout(buyer: Subscriber, plan_code: str, *, visit: Visit) -> Checkout | None:
    """Return a plan's checkout for a first eSIM; None if the plan can't be bought this way."""
    offers = offers_for_new_esim(
        plan_code=plan_code,
        subscriber_currency=buyer.currency,
        now=visit.now,
        code=visit.code,
    )
    return _checkout(buyer, None, offers, visit=visit) if offers else None


def _checkout(
    buyer: Subscriber, view: EsimView | None, offers: list[Offer], *, visit: Visit
) -> Checkout:
    choices = [Choice(offer) for offer in offers]
    exchange = _exchange(buyer.currency, visit.now)
    channels = channel_options(
        buyer,
        currency=buyer.currency,
        device=visit.device,
        rates={currency: quote.rate for currency, quote in exchange.items()},
    )
    if choices:
        most = max((choice.total for choice in choices), key=_minor)
        channels = [one for one in channels if one.takes(most)]
    is_own = not visit.is_guest
    held = spendable_in(subscriber_id=buyer.pk, currency=buyer.currency) if is_own else None
    return Checkout(
        buyer=buyer,
        view=view,
        choices=choices,
        exchange=exchange,
        options=own_options(buyer, channels) if is_own else channels,
        wallet=held.total if held else None,
        bonus=held.bonus if held else None,
        usual=usual_key(buyer) if is_own else "",
        code=visit.code,
    )


def _minor(amount: Money) -> int:
    return amount.amount_minor


def _exchange(currency: str, now: datetime) -> dict[str, ExchangeQuote]:
    """Return the current rates, the same that a quote stores (ordering/operations/make_quote)."""
    if currency == CHANNEL_CURRENCY:
        return {}
    try:
        quote = exchange_rate(from_currency=currency, to_currency=CHANNEL_CURRENCY, day=now.date())
    except RateMissingError:
        return {}
    return {CHANNEL_CURRENCY: quote}
