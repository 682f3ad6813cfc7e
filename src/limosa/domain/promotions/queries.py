"""Reads: which promotions are running, and which is best for a plan."""

from collections.abc import Iterable
from datetime import datetime

from limosa.domain.catalog.models import Plan
from limosa.domain.promotions.engine.discount import discount_minor, worth_minor
from limosa.domain.promotions.models import Promotion


def running_promotions(*, now: datetime) -> list[Promotion]:
    """Return the promotions running at `now` (their end is exclusive), in no order. One
    statement."""
    return list(Promotion.objects.filter(starts_at__lte=now, ends_at__gt=now))


def discount_of(promotion: Promotion | None, *, price_minor: int) -> int:
    """Return what a promotion, if there is one, takes off a price; in the price's minor units."""
    return discount_minor(price_minor, promotion.percent_off) if promotion else 0


def best_promotion(*, plan: Plan, price_minor: int, now: datetime) -> Promotion | None:
    """Return the promotion that applies to the price; None if none is worth anything.

    One statement. For many plans at once: `running_promotions`, then `best_among` for each.
    """
    return best_among(running_promotions(now=now), plan=plan, price_minor=price_minor)


def best_among(
    promotions: Iterable[Promotion], *, plan: Plan, price_minor: int
) -> Promotion | None:
    """Return the promotion that is worth most on a plan; no statement.

    Between two of equal worth, a discount wins over bonus data, then the code decides.
    """

    def worth(promotion: Promotion) -> int:
        return worth_minor(
            price_minor=price_minor,
            volume_bytes=plan.volume_bytes,
            percent_off=promotion.percent_off,
            bonus_bytes=promotion.bonus_bytes,
        )

    fitting = [
        promotion
        for promotion in promotions
        if (not promotion.plan_codes or plan.code in promotion.plan_codes) and worth(promotion)
    ]
    return min(
        fitting,
        key=lambda promotion: (-worth(promotion), not promotion.percent_off, promotion.code),
        default=None,
    )
