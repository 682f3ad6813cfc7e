"""Where a plan is bought, as it is stored."""

from limosa.domain.catalog.engine.sources import Source
from limosa.domain.catalog.models import Plan, PlanSource
from limosa.foundation.money import Money


def sources_of(plan: Plan) -> tuple[Source, ...]:
    """Return where a plan is bought, the first choice first; never none. One statement, unless its
    `sources` were prefetched."""
    known = tuple(stored_source(row) for row in plan.sources.all())
    return known or (Source(supplier=plan.supplier_id, code=plan.code, renewal_code=plan.code),)


def stored_source(row: PlanSource) -> Source:
    """Return a row in the terms of the rules."""
    cost = None if row.cost_minor is None else Money(row.cost_minor, row.cost_currency)
    return Source(
        supplier=row.supplier_id,
        code=row.code,
        renewal_code=row.renewal_code,
        cost=cost,
        day_zone=row.day_zone,
        exit_country=row.exit_country,
    )
