"""The list of plans, as its page shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict

from limosa.domain.catalog.models import Carrier
from limosa.domain.catalog.queries import currencies_on_sale
from limosa.domain.coverage.engine.facts import PlanFacts
from limosa.domain.coverage.queries import plan_facts
from limosa.domain.shelf.engine.ordering import read_place
from limosa.domain.shelf.listing import (
    COUNTED_MAX,
    ShelfPage,
    Shelved,
    carriers_on_sale,
    count_wanted,
    countries_on_sale,
    shelf_page,
    shelved,
)
from limosa.web.storefront.plan_filters import (
    COMPARED_MAX,
    Chip,
    Filters,
    chips,
    options,
    read_filters,
)
from limosa.web.storefront.plan_networks import fastest


@dataclass(frozen=True, slots=True)
class ListRow:
    """A plan of the list, and what is known of it where it is used. `generation`: the fastest in
    the country that is asked for, or anywhere; empty: not stated."""

    shelved: Shelved
    known: PlanFacts
    generation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanList:
    """`count`: how many plans fit; `is_counted`: False if there are more than that. `ticked`: plans
    to compare that this page does not show. `less`: for an empty list, which filters to drop, and
    how many plans that would bring. `is_elsewhere`: plans are sold, but in no currency of the
    visitor's."""

    filters: Filters
    page: ShelfPage
    rows: list[ListRow]
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
    page = shelf_page(filters.wanted, currency=currency, order=filters.order, after=after, now=now)
    count = count_wanted(filters.wanted, currency=currency)
    carriers = carriers_on_sale(country=filters.country)
    shown = {row.plan.code for row in page.rows}
    others = [code for code in filters.plans if code not in shown]
    set_filters = chips(filters, carriers)
    return PlanList(
        filters=filters,
        page=page,
        rows=_rows(page, filters),
        count=min(count, COUNTED_MAX),
        is_counted=count <= COUNTED_MAX,
        is_first=after is None,
        chips=set_filters,
        carriers=carriers,
        options=options(filters, countries_on_sale()),
        ticked=shelved(others, currency=currency, now=now) if others else [],
        less=[] if count else _less(filters, set_filters, currency=currency),
        is_elsewhere=not count and not set_filters and bool(currencies_on_sale()),
    )


def _rows(page: ShelfPage, filters: Filters) -> list[ListRow]:
    known = plan_facts(row.plan.code for row in page.rows)
    return [
        ListRow(row, facts, fastest(facts, country=filters.country))
        for row in page.rows
        for facts in (known[row.plan.code],)
    ]


def _less(filters: Filters, found: list[Chip], *, currency: str) -> list[tuple[Chip, int]]:
    counted = [
        (chip, count_wanted(filters.without(chip.name).wanted, currency=currency)) for chip in found
    ]
    return [(chip, count) for chip, count in counted if count]
