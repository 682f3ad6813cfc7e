"""What a plan costs at this moment, promotion included; for lists, without a quote."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from limosa.domain.catalog.models import Plan, Price
from limosa.domain.catalog.queries import offered_prices
from limosa.domain.promotions.engine.discount import discount_minor
from limosa.domain.promotions.models import Promotion
from limosa.domain.promotions.queries import best_among, running_promotions
from limosa.foundation.money import Money


@dataclass(frozen=True, slots=True)
class PriceNow:
    """A plan's price as it would be quoted now, tax included."""

    price: Price
    promotion: Promotion | None

    @property
    def plan(self) -> Plan:
        """The plan that it is the price of."""
        return self.price.plan

    @property
    def listed(self) -> Money:
        """The price without promotion."""
        return Money(self.price.amount_minor, self.price.currency)

    @property
    def total(self) -> Money:
        """The price that is paid."""
        percent = self.promotion.percent_off if self.promotion else 0
        off = discount_minor(self.price.amount_minor, percent) if percent else 0
        return Money(self.price.amount_minor - off, self.price.currency)

    @property
    def volume_bytes(self) -> int | None:
        """The volume bought, bonus included; None for unlimited."""
        if self.plan.volume_bytes is None:
            return None
        return self.plan.volume_bytes + (self.promotion.bonus_bytes if self.promotion else 0)


def with_promotions(prices: Iterable[Price], *, now: datetime) -> list[PriceNow]:
    """Return the prices with the best promotion of each. One statement."""
    running = running_promotions(now=now)
    return [
        PriceNow(price, best_among(running, plan=price.plan, price_minor=price.amount_minor))
        for price in prices
    ]


def prices_of(plan_codes: Iterable[str], *, currency: str, now: datetime) -> dict[str, PriceNow]:
    """Return the current prices of the plans offered in a currency. Two statements."""
    rows = (
        offered_prices()
        .filter(plan_id__in=set(plan_codes), currency=currency)
        .select_related("plan")
    )
    return {priced.price.plan_id: priced for priced in with_promotions(rows, now=now)}
