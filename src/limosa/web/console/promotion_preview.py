"""What each plan will cost on which day, with a promotion that may not be stored yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.core.paginator import Page, Paginator

from limosa.domain.catalog.models import Price
from limosa.domain.catalog.queries import offered_prices
from limosa.domain.promotions.engine.course import Stretch
from limosa.domain.promotions.engine.promotions_file import midnight
from limosa.domain.promotions.engine.stacking import discount_minor
from limosa.domain.promotions.models import Promotion
from limosa.domain.promotions.queries import not_over, price_course, prices_it_fits
from limosa.foundation.money import Money
from limosa.web.console.service_zone import day_zone

ROWS_PER_PAGE = 30


@dataclass(frozen=True, slots=True)
class PreviewStretch:
    """From when until before when a price holds. `promotion` None: the listed price."""

    stretch: Stretch
    promotion: Promotion | None
    total: Money

    @property
    def days(self) -> tuple[date, date] | None:
        """Its first and its last day in the console's zone; None: it is not whole days."""
        begins = self.stretch.starts_at.astimezone(day_zone())
        ends = self.stretch.ends_at.astimezone(day_zone())
        if begins.time() != time(0) or ends.time() != time(0):
            return None
        return begins.date(), ends.date() - timedelta(days=1)

    @property
    def bonus_bytes(self) -> int:
        """The data that comes with it."""
        return self.promotion.bonus_bytes if self.promotion else 0


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A plan. `cost`: what its first supplier charges, if that is in the same currency."""

    price: Price
    stretches: list[PreviewStretch]
    cost: Money | None

    @property
    def listed(self) -> Money:
        """The price without promotion."""
        return Money(self.price.amount_minor, self.price.currency)

    @property
    def is_below_cost(self) -> bool:
        """Whether it is sold for less than its cost on some day."""
        cost = self.cost
        return cost is not None and any(
            one.total.amount_minor < cost.amount_minor for one in self.stretches
        )


@dataclass(frozen=True, slots=True)
class Preview:
    """`count`: of the plans that it is for, on sale in the currency."""

    rows: list[PreviewRow]
    page: Page[Price]
    currency: str

    @property
    def count(self) -> int:
        """How many plans there are on all pages."""
        return self.page.paginator.count


def preview_of(promotion: Promotion, *, currency: str, page: str | None, now: datetime) -> Preview:
    """Return a page of the plans that a promotion is for, with their prices from today on.

    One that needs a code is shown with the code. Statements: promotions, a count, prices, sources.
    """
    today = midnight(now.astimezone(day_zone()).date(), day_zone())
    starts_at = max(promotion.starts_at, today)
    others = not_over(now=now).filter(needs_code=False, starts_at__lt=promotion.ends_at)
    promotions = [promotion, *others.exclude(pk=promotion.pk)]
    rows = (
        offered_prices()
        .filter(prices_it_fits(promotion), currency=currency)
        .select_related("plan__carrier")
        .prefetch_related("plan__sources")
        .order_by("plan__position", "plan_id")
    )
    shown = Paginator(rows, ROWS_PER_PAGE).get_page(page)
    found = [
        _row(price, promotions, starts_at=starts_at, ends_at=max(promotion.over_at, starts_at))
        for price in shown.object_list
    ]
    return Preview(found, shown, currency)


def _row(
    price: Price, promotions: Sequence[Promotion], *, starts_at: datetime, ends_at: datetime
) -> PreviewRow:
    by_code = {one.code: one for one in promotions}
    course = price_course(price, promotions, starts_at=starts_at, ends_at=ends_at)
    stretches = []
    for stretch in course:
        off = discount_minor(stretch.gift, price_minor=price.amount_minor) if stretch.gift else 0
        stretches.append(
            PreviewStretch(
                stretch,
                by_code[stretch.gift.code] if stretch.gift else None,
                Money(price.amount_minor - off, price.currency),
            )
        )
    return PreviewRow(price, stretches, _cost(price))


def _cost(price: Price) -> Money | None:
    for source in price.plan.sources.all():
        if source.cost_minor is not None and source.cost_currency == price.currency:
            return Money(source.cost_minor, source.cost_currency)
        return None
    return None
