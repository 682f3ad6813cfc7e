"""Reads: the plans that come into question, those first that may cost least."""

from collections.abc import Collection
from typing import NamedTuple

from django.db.models import Case, DecimalField, F, Func, PositiveIntegerField, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Greatest

from limosa.domain.advice.engine.choosing import DAYS_OF_A_MONTH_MAX
from limosa.domain.advice.engine.replaying import Terms
from limosa.domain.catalog.models import Plan, PlanKind, Price
from limosa.domain.catalog.queries import offered_prices
from limosa.foundation.money import Money
from limosa.foundation.period import ValidityUnit

CANDIDATES_MAX = 200
_WHOLE = DecimalField(max_digits=60, decimal_places=0)


class Candidates(NamedTuple):
    """`beyond_minor`: what each plan left out costs at least; None: none was left out."""

    terms: list[Terms]
    beyond_minor: int | None


def candidates(
    *, countries: Collection[str], currency: str, total_bytes: int, days: int
) -> Candidates:
    """Return plans that are offered for all of some countries, with the least that each would cost
    over so many days with use, in that order. One statement.

    The order is that of `engine.choosing.least_minor`, reckoned by the database.
    """
    offered = offered_prices().filter(currency=currency, plan__countries__contains=[*countries])
    rows = list(
        offered.exclude(plan__kind=PlanKind.TOP_UP)
        .annotate(least=_least(total_bytes=total_bytes, days=days))
        .select_related("plan")
        .order_by("least", "plan_id")[: CANDIDATES_MAX + 1]
    )
    beyond = rows[CANDIDATES_MAX].least if len(rows) > CANDIDATES_MAX else None
    return Candidates(
        [terms for row in rows[:CANDIDATES_MAX] if (terms := terms_of(row, row.plan))],
        None if beyond is None else int(beyond),
    )


def terms_of(price: Price, plan: Plan) -> Terms | None:
    """Return a plan as the engine sees it, at its listed price; None: a top-up."""
    validity = plan.validity
    if validity is None:
        return None
    return Terms(
        code=plan.code,
        price=Money(price.amount_minor, price.currency),
        validity=validity,
        volume_bytes=plan.volume_bytes,
        fast_bytes=plan.fair_use_bytes or 0,
    )


def _least(*, total_bytes: int, days: int) -> Combinable:
    days_of_one = Case(
        When(
            plan__validity_unit=ValidityUnit.MONTH,
            then=F("plan__validity_count") * DAYS_OF_A_MONTH_MAX,
        ),
        default=F("plan__validity_count"),
        output_field=PositiveIntegerField(),
    )
    # Of unlimited data the second is NULL, which PostgreSQL's GREATEST passes over.
    times = Greatest(
        _times(days, days_of_one),
        _times(total_bytes, F("plan__volume_bytes")),
        output_field=_WHOLE,
    )
    return Cast(F("amount_minor"), _WHOLE) * times


def _times(wanted: int, size: Combinable) -> Func:
    """Return how often `size` is needed for what is wanted, once at least."""
    size = Cast(size, _WHOLE)
    product = Value(max(wanted, 1) - 1, output_field=_WHOLE) + size
    return Func(product, size, function="div", output_field=_WHOLE)
