"""The current selection on the checkout page, and what follows from it: sum, period, notes."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from limosa.domain.catalog.models import ValidFrom
from limosa.domain.catalog.queries import ExchangeQuote
from limosa.domain.connectivity.engine.renewing import RenewalWay
from limosa.domain.esims.engine.lifecycle import BundlePeriod
from limosa.domain.esims.models import Esim
from limosa.domain.ordering.models import StartRule
from limosa.foundation.money import Money
from limosa.web.storefront.choices import Checkout, Choice
from limosa.web.storefront.payment_options import Option
from limosa.web.storefront.supply_facts import SupplyFacts, supply_facts


@dataclass(frozen=True, slots=True)
class Selection:
    """A plan, a start and a payment option. `start`: the desired one, which a top-up ignores."""

    checkout: Checkout
    choice: Choice
    start: StartRule
    option: Option

    @property
    def start_rule(self) -> StartRule:
        """The start that applies to the plan."""
        return self.choice.start_for(self.start)

    @property
    def period(self) -> BundlePeriod:
        """When it begins and ends."""
        return self.choice.period_for(self.start)

    @property
    def way(self) -> RenewalWay:
        """How it comes to the person."""
        return self.choice.offer.way

    @property
    def esim(self) -> Esim | None:
        """The eSIM that it is for; None: a new one."""
        return None if self.choice.offer.is_new_esim else self.checkout.esim

    @property
    def takes_new_esim(self) -> bool:
        """Whether the person has an eSIM and gets another one."""
        return self.checkout.esim is not None and self.esim is None

    @property
    def loses(self) -> bool:
        """Whether data is lost that the person has."""
        return self.way is RenewalWay.REPLACES and self.checkout.lost_bytes != 0

    @property
    def is_start_open(self) -> bool:
        """Whether it is up to the supplier when its validity begins."""
        plan = self.choice.plan
        waits_for_use = plan.valid_from == ValidFrom.FIRST_USE or self.choice.is_top_up
        return self.way is RenewalWay.NOT_SAID and not waits_for_use

    @property
    def time_zone(self) -> str:
        """The time zone of the eSIM that it is for."""
        return self.choice.offer.situation.time_zone

    @property
    def facts(self) -> SupplyFacts:
        """What is known of where its data comes from."""
        return supply_facts(self.choice.plan, esim=self.esim)

    @property
    def charge(self) -> Money:
        """What is charged, in the payment option's currency."""
        return self.option.amount(self.choice.total)

    @property
    def exchange(self) -> ExchangeQuote | None:
        """The exchange rate used; None: the option takes the buyer's own currency."""
        return self.checkout.exchange.get(self.option.currency)

    @property
    def is_wallet_enough(self) -> bool:
        """Whether the wallet covers the price."""
        return self.checkout.is_wallet_enough(self.choice)

    @property
    def is_wallet_short(self) -> bool:
        """Whether the wallet is to pay but does not cover the price."""
        return self.option.is_wallet and not self.is_wallet_enough

    @property
    def query(self) -> str:
        """The query string that keeps the selection when reloading and coming back."""
        chosen = {
            "plan": self.choice.plan.code,
            "start": self.start.value,
            "method": self.option.key,
        }
        return urlencode(chosen)


def selected(checkout: Checkout, asked: Mapping[str, str]) -> Selection | None:
    """Return the requested selection, or the best; None if nothing is on offer."""
    if not checkout.choices or not checkout.options:
        return None
    by_code = {choice.plan.code: choice for choice in checkout.choices}
    choice = by_code.get(asked.get("plan", ""), checkout.choices[0])
    wanted = [start for start in checkout.starts if start.value == asked.get("start", "")]
    return Selection(
        checkout,
        choice,
        wanted[0] if wanted else checkout.starts[0],
        checkout.option(asked.get("method", "")) or checkout.first_option(choice),
    )
