"""The rows of the list of plans: what they cost, and what is known of them where they are used.

What is known is put together from several origins when it is read, so no index finds it: a filter
on it looks at plans in their order, page by page, until a page is full. After LOOKED_AT_MAX plans
it stops, and the next page goes on there.
"""

from dataclasses import dataclass
from datetime import datetime

from limosa.domain.coverage.engine.facts import PlanFacts
from limosa.domain.coverage.queries import plan_facts
from limosa.domain.shelf.engine.ordering import Place
from limosa.domain.shelf.listing import PAGE_LENGTH, ShelfPage, Shelved, count_wanted, shelf_page
from limosa.web.storefront.plan_filters import Filters
from limosa.web.storefront.plan_networks import fastest

LOOKED_AT_MAX = 500
_FASTEST = "5G"


@dataclass(frozen=True, slots=True)
class ListRow:
    """A plan of the list, and what is known of it where it is used. `generation`: the fastest in
    the country that is asked for, or anywhere; empty: not stated."""

    shelved: Shelved
    known: PlanFacts
    generation: str

    def fits(self, filters: Filters) -> bool:
        """Whether what is known of it is what was asked for; not stated is not enough."""
        return (
            (not filters.fiveg or self.generation == _FASTEST)
            and (not filters.tethering or self.known.tethering is True)
            and (not filters.number or self.known.has_number is True)
        )


@dataclass(frozen=True, slots=True)
class RowsPage:
    """`after`: where the next page begins; None at the end."""

    rows: list[ListRow]
    after: Place | None


def rows_page(filters: Filters, *, currency: str, after: Place | None, now: datetime) -> RowsPage:
    """Return the plans that fit and stand after a place."""
    kept: list[ListRow] = []
    looked_at = 0
    while True:
        page = shelf_page(
            filters.wanted, currency=currency, order=filters.order, after=after, now=now
        )
        found = _rows(page, filters)
        kept += [row for row in found if row.fits(filters)]
        looked_at, after = looked_at + len(found), page.after
        is_full = not filters.asks_for_facts or len(kept) > PAGE_LENGTH
        if after is None or is_full or looked_at >= LOOKED_AT_MAX:
            break
    if len(kept) <= PAGE_LENGTH:
        return RowsPage(kept, after)
    shown = kept[:PAGE_LENGTH]
    return RowsPage(shown, shown[-1].shelved.place(filters.order))


def count_rows(filters: Filters, *, currency: str, now: datetime) -> tuple[int, bool]:
    """Return how many plans fit, and whether that is all; of a filter on what is known, no more
    than a page is counted."""
    if not filters.asks_for_facts:
        return count_wanted(filters.wanted, currency=currency)
    page = rows_page(filters, currency=currency, after=None, now=now)
    return len(page.rows), page.after is None


def _rows(page: ShelfPage, filters: Filters) -> list[ListRow]:
    known = plan_facts(row.plan.code for row in page.rows)
    return [
        ListRow(row, facts, fastest(facts, country=filters.country))
        for row in page.rows
        for facts in (known[row.plan.code],)
    ]
