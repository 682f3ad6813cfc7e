"""The list of plans, as its page shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict

from limosa.domain.catalog.models import Carrier
from limosa.domain.catalog.queries import currencies_on_sale
from limosa.domain.shelf.engine.ordering import read_place
from limosa.domain.shelf.listing import Shelved, carriers_on_sale, countries_on_sale, shelved
from limosa.web.storefront.plan_filters import (
    COMPARED_MAX,
    Chip,
    Filters,
    chips,
    options,
    read_filters,
)
from limosa.web.storefront.plan_rows import RowsPage, count_rows, rows_page

_places: dict[int, tuple[str, ...]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanList:
    """`count`: how many plans fit; `is_counted`: False if there may be more. `ticked`: plans
    to compare that this page does not show. `less`: for an empty list, which filters to drop, and
    how many plans that would bring. `is_elsewhere`: plans are sold, but in no currency of the
    visitor's."""

    filters: Filters
    page: RowsPage
    count: int
    is_counted: bool
    is_first: bool
    chips: list[Chip]
    carriers: list[Carrier]
    options: Mapping[str, list[tuple[str, str]]]
    ticked: list[Shelved]
    less: list[tuple[Chip, int]]
    is_elsewhere: bool
    compared_max: int = COMPARED_MAX


def plan_list(asked: QueryDict, *, currency: str, now: datetime) -> PlanList:
    """Return the part of the list that an address asks for."""
    filters = read_filters(asked)
    after = read_place(asked.get("after", ""))
    page = rows_page(filters, currency=currency, after=after, now=now)
    if filters.asks_for_facts and after is None:
        count, is_counted = len(page.rows), page.after is None
    else:
        count, is_counted = count_rows(filters, currency=currency, now=now)
    carriers = carriers_on_sale(country=filters.country)
    shown = {row.shelved.plan.code for row in page.rows}
    others = [code for code in filters.plans if code not in shown]
    set_filters = chips(filters, carriers)
    return PlanList(
        filters=filters,
        page=page,
        count=count,
        is_counted=is_counted,
        is_first=after is None,
        chips=set_filters,
        carriers=carriers,
        options=options(filters, sold_in(now)),
        ticked=shelved(others, currency=currency, now=now) if others else [],
        less=[] if count else _less(filters, set_filters, currency=currency, now=now),
        is_elsewhere=not count and not set_filters and bool(currencies_on_sale()),
    )


def _less(
    filters: Filters, found: list[Chip], *, currency: str, now: datetime
) -> list[tuple[Chip, int]]:
    counted = []
    for chip in found:
        count, _is_all = count_rows(filters.without(chip.name), currency=currency, now=now)
        counted.append((chip, count))
    return [(chip, count) for chip, count in counted if count]


def sold_in(now: datetime) -> tuple[str, ...]:
    """Return where plans are sold, as this process last read it, at most a minute ago: that goes
    through all plans."""
    minute = int(now.timestamp()) // 60
    found = _places.get(minute)
    if found is None:
        found = tuple(countries_on_sale())
        # Another thread may do the same: each returns what it has read.
        _places.clear()
        _places[minute] = found
    return found
