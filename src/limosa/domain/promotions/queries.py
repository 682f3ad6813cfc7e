"""Reads: which promotions run, and which is the best for a plan."""

from collections.abc import Iterable
from datetime import datetime

from limosa.domain.catalog.models import Plan
from limosa.domain.promotions.engine.discount import worth_minor
from limosa.domain.promotions.models import Promotion


def running_promotions(*, now: datetime) -> list[Promotion]:
    """Return the promotions whose time includes `now` (the end itself is over), in no order. One
    statement."""
    return list(Promotion.objects.filter(starts_at__lte=now, ends_at__gt=now))


def best_promotion(*, plan: Plan, price_minor: int, now: datetime) -> Promotion | None:
    """Return the one promotion that goes into the price; None when none is worth anything.

    One statement. For many plans at once: `running_promotions`, then `best_among` for each.
    """
    return best_among(running_promotions(now=now), plan=plan, price_minor=price_minor)


def best_among(
    promotions: Iterable[Promotion], *, plan: Plan, price_minor: int
) -> Promotion | None:
    """Return the promotion that is worth most on a plan; no statement.

    Of two with the same worth, money off comes before bonus data, then the code decides.
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
