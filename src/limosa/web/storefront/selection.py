"""What is chosen on the checkout page, and what follows from it: the sum, the time, the notes."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from limosa.domain.catalog.queries import ExchangeQuote
from limosa.domain.esims.engine.lifecycle import BundlePeriod
from limosa.domain.ordering.models import StartRule
from limosa.foundation.money import Money
from limosa.web.storefront.choices import Checkout, Choice
from limosa.web.storefront.payment_options import Option


@dataclass(frozen=True, slots=True)
class Selection:
    """A plan, a start and a way to pay. `start`: the wanted one, which a top-up has no use for."""

    checkout: Checkout
    choice: Choice
    start: StartRule
    option: Option

    @property
    def start_rule(self) -> StartRule:
        """The start that the plan has."""
        return self.choice.start_for(self.start)

    @property
    def period(self) -> BundlePeriod:
        """When it begins and ends."""
        return self.choice.period_for(self.start)

    @property
    def charge(self) -> Money:
        """What is taken, in the currency of the way to pay."""
        return self.option.amount(self.choice.total)

    @property
    def exchange(self) -> ExchangeQuote | None:
        """The rate that is used; None: the way to pay takes the buyer's own currency."""
        return self.checkout.exchange.get(self.option.currency)

    @property
    def is_wallet_enough(self) -> bool:
        """Whether the wallet holds the price."""
        return self.checkout.is_wallet_enough(self.choice)

    @property
    def is_wallet_short(self) -> bool:
        """Whether it is to be paid from a wallet that does not hold the price."""
        return self.option.is_wallet and not self.is_wallet_enough

    @property
    def query(self) -> str:
        """What the page's address says of it, so that reloading and coming back keep it."""
        chosen = {
            "plan": self.choice.plan.code,
            "start": self.start.value,
            "method": self.option.key,
        }
        return urlencode(chosen)


def selected(checkout: Checkout, asked: Mapping[str, str]) -> Selection | None:
    """Return what is asked for, or what is best; None when nothing is on offer."""
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
