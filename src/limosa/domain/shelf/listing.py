"""Reads: plans that a first eSIM can be bought with, in the order of what they cost now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from limosa.domain.catalog.engine.rates import minor_of
from limosa.domain.catalog.models import Carrier, Plan, PlanKind, Price
from limosa.domain.catalog.queries import offered_prices
from limosa.domain.promotions.models import Promotion
from limosa.domain.promotions.queries import (
    best_among,
    discount_of,
    give_sources,
    running_promotions,
)
from limosa.domain.shelf.engine.ordering import Cost, Order, Place, begins_at
from limosa.domain.shelf.engine.suiting import Suits, suits
from limosa.domain.shelf.reduced import COLUMNS, in_order_now, may_change
from limosa.domain.shelf.wanted import Wanted
from limosa.foundation.money import Money

PAGE_LENGTH = 20
# Beyond that a count is no help, and would have to go through all plans.
COUNTED_MAX = 1_000
_COUNTRIES = "SELECT DISTINCT unnest(countries) FROM catalog_plan WHERE on_sale ORDER BY 1"
_COUNTRIES_OF = """
    SELECT DISTINCT unnest(countries) FROM catalog_plan WHERE on_sale AND carrier_id = %s ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Shelved:
    """A plan with its price at this moment."""

    price: Price
    promotion: Promotion | None
    cost: Cost

    @property
    def plan(self) -> Plan:
        """The plan itself."""
        return self.price.plan

    @property
    def listed(self) -> Money:
        """The price without promotion, tax included."""
        return Money(self.price.amount_minor, self.price.currency)

    @property
    def total(self) -> Money:
        """The price that is paid, tax included."""
        return Money(self.cost.now(Order.PRICE), self.price.currency)

    @property
    def volume_bytes(self) -> int | None:
        """The data bought, bonus included; None for unlimited."""
        volume = self.plan.volume_bytes
        return None if volume is None else volume + self.cost.bonus_bytes

    @property
    def suits(self) -> Suits | None:
        """For whom it is; None: a top-up."""
        validity = self.plan.validity
        if validity is None:
            return None
        return suits(volume_bytes=self.volume_bytes, validity=validity)

    @property
    def per_gb(self) -> Money:
        """What a gigabyte at full speed costs."""
        return self._rate(Order.PER_GB)

    @property
    def per_day(self) -> Money:
        """What a day costs."""
        return self._rate(Order.PER_DAY)

    def place(self, order: Order) -> Place:
        """Where it stands in an order."""
        return Place(self.cost.now(order), self.cost.listed(order), self.plan.code)

    def _rate(self, order: Order) -> Money:
        return Money(minor_of(self.cost.now(order)), self.price.currency)


@dataclass(frozen=True, slots=True)
class ShelfPage:
    """`after`: where the next page begins; None at the end."""

    rows: list[Shelved]
    after: Place | None


def shelf_page(
    wanted: Wanted, *, currency: str, order: Order, after: Place | None, now: datetime
) -> ShelfPage:
    """Return the plans wanted that stand after a place, promotions included in what they cost.

    One statement for promotions and at most two for plans, which read a page by index, or sort
    what only some plans have; one for sources where data is added.
    """
    running = running_promotions(now=now)
    streams = _streams(_wanted_prices(wanted, currency), running, order=order, after=after)
    prices = [price for rows in streams for price in rows]
    give_sources(prices, running)
    found = [shelve(price, running) for price in prices]
    found.sort(key=lambda one: one.place(order))
    rest = [one for one in found if after is None or one.place(order) > after]
    shown = rest[:PAGE_LENGTH]
    return ShelfPage(shown, shown[-1].place(order) if len(rest) > PAGE_LENGTH else None)


def shelved(plan_codes: Sequence[str], *, currency: str, now: datetime) -> list[Shelved]:
    """Return those of the plans that are offered, in the order asked for, with their sources. Three
    statements."""
    offered = _wanted_prices(Wanted(), currency).filter(plan_id__in=plan_codes)
    rows = offered.prefetch_related("plan__sources")
    running = running_promotions(now=now)
    by_code = {row.plan_id: shelve(row, running) for row in rows}
    return [by_code[code] for code in plan_codes if code in by_code]


def count_wanted(wanted: Wanted, *, currency: str) -> tuple[int, bool]:
    """Return how many plans are wanted, and whether that is all: COUNTED_MAX at most."""
    count = _wanted_prices(wanted, currency)[: COUNTED_MAX + 1].count()
    return min(count, COUNTED_MAX), count <= COUNTED_MAX


def countries_on_sale(*, carrier: str = "") -> list[str]:
    """Return where plans on sale can be used, of a carrier or of all, by code."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTRIES_OF if carrier else _COUNTRIES, [carrier] if carrier else [])
        return [code for (code,) in cursor.fetchall()]


def codes_on_sale(*, currency: str, after: str = "", limit: int | None = None) -> list[str]:
    """Return the codes of the plans that have a page, in their order, after a code."""
    prices = _wanted_prices(Wanted(), currency).filter(plan_id__gt=after).select_related(None)
    return list(prices.order_by("plan_id").values_list("plan_id", flat=True)[:limit])


def carriers_on_sale(*, country: str = "") -> list[Carrier]:
    """Return the carriers of plans on sale, of a country or of all, by name."""
    plans = Plan.objects.filter(carrier=OuterRef("pk"), on_sale=True)
    if country:
        plans = plans.filter(countries__contains=[country])
    return list(Carrier.objects.filter(Exists(plans)).order_by("name", "code"))


def _wanted_prices(wanted: Wanted, currency: str) -> QuerySet[Price]:
    first_plans = offered_prices().filter(currency=currency).exclude(plan__kind=PlanKind.TOP_UP)
    return first_plans.filter(wanted.conditions()).select_related("plan__carrier")


def shelve(price: Price, running: Sequence[Promotion]) -> Shelved:
    """Return a plan with its price, and with what is best for it of the promotions that run."""
    plan = price.plan
    promotion = best_among(running, price=price)
    cost = Cost(
        amount_minor=price.amount_minor,
        rate_per_gb=price.rate_per_gb,
        rate_per_day=price.rate_per_day or 0,
        volume_bytes=plan.volume_bytes,
        percent_off=promotion.percent_off if promotion else 0,
        amount_off_minor=_amount_off(promotion, price),
        bonus_bytes=promotion.bonus_bytes if promotion else 0,
    )
    return Shelved(price, promotion, cost)


def _amount_off(promotion: Promotion | None, price: Price) -> int:
    if promotion is None or not promotion.amount_off_minor:
        return 0
    return discount_of(promotion, price_minor=price.amount_minor)


def _streams(
    prices: QuerySet[Price], running: Sequence[Promotion], *, order: Order, after: Place | None
) -> Iterator[QuerySet[Price]]:
    """Yield plans that together hold the page, each stream in the order of what it costs now.

    Plans that anything but a percentage for every plan may change are sorted; all others have the
    highest of those percentages.
    """
    touching = [one for one in running if one.bonus_bytes or not one.scope.is_everything]
    if touching:
        touched = reduce(or_, map(may_change, touching))
        yield _first(in_order_now(prices.filter(touched), running, order=order, after=after))
        prices = prices.exclude(touched)
    percents = (one.percent_off for one in running if one.scope.is_everything)
    yield _page(prices, order, percent=max(percents, default=0), after=after)


def _first(prices: QuerySet[Price]) -> QuerySet[Price]:
    return prices[: PAGE_LENGTH + 1]


def _page(
    prices: QuerySet[Price], order: Order, *, percent: int, after: Place | None
) -> QuerySet[Price]:
    column = COLUMNS[order]
    if after is not None:
        value, code = begins_at(after, percent)
        # The first condition alone is what an index is entered by.
        prices = prices.filter(
            Q(**{f"{column}__gte": value}) & (Q(**{f"{column}__gt": value}) | Q(plan_id__gt=code))
        )
    return _first(prices.order_by(column, "plan_id"))
