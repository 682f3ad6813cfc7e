"""Reads: which promotions are running, which is best for a price, and what a price will be."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, prefetch_related_objects

from limosa.domain.catalog.engine.units import read_validity
from limosa.domain.catalog.models import Plan, PlanSource, Price
from limosa.domain.connectivity.registry import capabilities_of
from limosa.domain.promotions.engine.course import Run, Stretch, course_of
from limosa.domain.promotions.engine.stacking import best, discount_minor
from limosa.domain.promotions.models import Promotion


def running_promotions(*, now: datetime) -> list[Promotion]:
    """Return the promotions running at `now` for everybody (their end is exclusive), in no order.
    One statement."""
    return list(not_over(now=now).filter(starts_at__lte=now, needs_code=False))


def not_over(*, now: datetime) -> QuerySet[Promotion]:
    """Return the promotions that run at `now` or later."""
    return Promotion.objects.filter(Q(ended_at=None) | Q(ended_at__gt=now), ends_at__gt=now)


def discount_of(promotion: Promotion | None, *, price_minor: int) -> int:
    """Return what a promotion, if there is one, takes off a price; in the price's minor units."""
    return discount_minor(promotion.gift, price_minor=price_minor) if promotion else 0


def best_promotion(*, price: Price, now: datetime) -> Promotion | None:
    """Return the promotion that applies to the price; None if none is worth anything.

    `price`: with its plan. One statement. For many prices at once: `running_promotions`, then
    `best_among` for each.
    """
    return best_among(running_promotions(now=now), price=price)


def best_among(promotions: Iterable[Promotion], *, price: Price) -> Promotion | None:
    """Return the promotion that counts for a price, by engine.stacking; no statement.

    `price`: with its plan.
    """
    fitting = {one.code: one for one in promotions if fits(one, price=price)}
    gift = best(
        (one.gift for one in fitting.values()),
        price_minor=price.amount_minor,
        volume_bytes=price.plan.volume_bytes,
    )
    return fitting[gift.code] if gift else None


def fits(promotion: Promotion, *, price: Price) -> bool:
    """Return whether a promotion is for a price, whatever it is worth on it. No statement; one for
    bonus data, unless the plan has its sources."""
    plan = price.plan
    if promotion.bonus_bytes and not _can_have_more(plan):
        return False
    return promotion.scope.fits(
        plan_code=plan.code,
        carrier_code=plan.carrier_id,
        duration=str(plan.validity or ""),
        currency=price.currency,
    )


def own_suppliers() -> list[str]:
    """Return who delivers from our own database: only there can a bundle have more data than its
    plan, since others deliver what they sell."""
    return [code for code in settings.SUPPLIER_ADAPTERS if capabilities_of(code).in_own_database]


def _can_have_more(plan: Plan) -> bool:
    sources = {plan.supplier_id, *(source.supplier_id for source in plan.sources.all())}
    return sources <= set(own_suppliers())


def give_sources(prices: Iterable[Price], running: Iterable[Promotion]) -> None:
    """Read the sources of all plans in one statement, if a promotion asks for them."""
    if any(one.bonus_bytes for one in running):
        prefetch_related_objects([price.plan for price in prices], "sources")


def prices_it_fits(promotion: Promotion) -> Q:
    """Return the condition on prices that says the same as `fits`."""
    scope = promotion.scope
    found = Q(pk__isnull=False)
    if scope.plan_codes:
        found &= Q(plan_id__in=scope.plan_codes)
    if scope.carrier_codes:
        found &= Q(plan__carrier_id__in=scope.carrier_codes)
    if scope.durations:
        found &= prices_of_durations(scope.durations)
    if promotion.bonus_bytes:
        elsewhere = PlanSource.objects.filter(plan=OuterRef("plan"))
        found &= Q(plan__supplier_id__in=own_suppliers())
        found &= Q(~Exists(elsewhere.exclude(supplier__in=own_suppliers())))
    return found & Q(currency=scope.currency) if scope.currency else found


def prices_of_durations(durations: Collection[str]) -> Q:
    """Return the condition on prices that their plans are valid for one of these."""
    found = Q()
    for validity in map(read_validity, durations):
        found |= Q(plan__validity_count=validity.count, plan__validity_unit=validity.unit)
    return found


def price_course(
    price: Price, promotions: Sequence[Promotion], *, starts_at: datetime, ends_at: datetime
) -> list[Stretch]:
    """Return what applies to a price of these promotions, as they begin and end; no statement."""
    return course_of(
        [Run(one.gift, one.starts_at, one.over_at) for one in promotions if fits(one, price=price)],
        price_minor=price.amount_minor,
        volume_bytes=price.plan.volume_bytes,
        starts_at=starts_at,
        ends_at=ends_at,
    )
