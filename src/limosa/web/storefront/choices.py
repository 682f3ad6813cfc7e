"""What the checkout page offers: plans with their prices and times, and the ways to pay."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from limosa.domain.accounts.models import Subscriber
from limosa.domain.catalog.models import Plan, PlanKind
from limosa.domain.catalog.queries import ExchangeQuote, RateMissingError, exchange_rate
from limosa.domain.esims.engine.lifecycle import BundlePeriod
from limosa.domain.esims.models import Esim
from limosa.domain.ledger.queries import wallet_in
from limosa.domain.ordering.models import StartRule
from limosa.domain.promotions.models import Promotion
from limosa.domain.renewals.queries import Offer, offers_for, offers_for_new_esim
from limosa.foundation.money import Money, convert

WECHATPAY, WALLET = "wechatpay", "wallet"
CHANNEL_CURRENCY = "CNY"
# The style sheet knows so many (styles/checkout.css).
CHOICES_MAX = 40


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
        """The promotion that is in the price."""
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
    def is_top_up(self) -> bool:
        """Whether it joins the running plan."""
        return self.plan.kind == PlanKind.TOP_UP

    def start_for(self, wanted: StartRule) -> StartRule:
        """Return the wanted start where the plan allows it, else its own."""
        return wanted if wanted in self.offer.start_rules else self.offer.start_rule

    def period_for(self, wanted: StartRule) -> BundlePeriod:
        """Return when it begins and ends."""
        return self.offer.periods[self.start_for(wanted)]


@dataclass(frozen=True, slots=True)
class Checkout:
    """Everything that the page shows and that a press of "Pay" is held against.

    `esim` None: a first eSIM. `wallet` None: the wallet may not be used (another person's link).
    """

    buyer: Subscriber
    esim: Esim | None
    choices: list[Choice]
    exchange: ExchangeQuote | None
    wallet: Money | None

    @property
    def time_zone(self) -> str:
        """Where the eSIM is used."""
        return self.esim.time_zone if self.esim else str(settings.SERVICE_TIME_ZONE)

    @property
    def starts(self) -> list[StartRule]:
        """The starts that any plan allows, the usual one first."""
        allowed = {rule for choice in self.choices for rule in choice.offer.start_rules}
        return [rule for rule in (StartRule.AFTER_CURRENT, StartRule.NOW) if rule in allowed]

    @property
    def methods(self) -> list[str]:
        """The payment methods on the page, the usual one first."""
        known = WECHATPAY in settings.PAYMENT_PROVIDERS
        has_rate = self.exchange is not None or self.buyer.currency == CHANNEL_CURRENCY
        offered = [WECHATPAY] if known and has_rate else []
        return offered if self.wallet is None else [*offered, WALLET]

    def charged(self, choice: Choice, method: str) -> Money:
        """Return what a method takes for a choice, in the method's own currency."""
        if method == WALLET or self.exchange is None:
            return choice.total
        return convert(choice.total, to_currency=CHANNEL_CURRENCY, rate=self.exchange.rate)

    def is_wallet_enough(self, choice: Choice) -> bool:
        """Whether the wallet holds the price."""
        return self.wallet is not None and self.wallet.amount_minor >= choice.total.amount_minor


def renewal_checkout(esim: Esim, *, now: datetime, with_wallet: bool = True) -> Checkout:
    """Return what an eSIM can be renewed with, the best choice first."""
    offers = offers_for(esim=esim, subscriber=esim.subscriber, now=now)
    return _checkout(esim.subscriber, esim, offers, now=now, with_wallet=with_wallet)


def purchase_checkout(buyer: Subscriber, plan_code: str, *, now: datetime) -> Checkout | None:
    """Return what a first eSIM with a plan costs; None when the plan can't be bought so."""
    offers = [
        offer
        for offer in offers_for_new_esim(
            subscriber_currency=buyer.currency, time_zone=settings.SERVICE_TIME_ZONE, now=now
        )
        if offer.price.plan_id == plan_code
    ]
    return _checkout(buyer, None, offers, now=now, with_wallet=True) if offers else None


def _checkout(
    buyer: Subscriber, esim: Esim | None, offers: list[Offer], *, now: datetime, with_wallet: bool
) -> Checkout:
    return Checkout(
        buyer,
        esim,
        [Choice(offer) for offer in offers[:CHOICES_MAX]],
        _exchange(buyer.currency, now),
        wallet_in(subscriber_id=buyer.pk, currency=buyer.currency) if with_wallet else None,
    )


def _exchange(currency: str, now: datetime) -> ExchangeQuote | None:
    if currency == CHANNEL_CURRENCY:
        return None
    try:
        return exchange_rate(from_currency=currency, to_currency=CHANNEL_CURRENCY, day=now.date())
    except RateMissingError:
        return None
