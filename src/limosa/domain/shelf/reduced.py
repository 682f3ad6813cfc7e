"""The order of what plans cost now, where it is not the order of their listed prices.

A percentage for every plan keeps the listed order, which an index has. What is for some plans only,
an amount, or data added to a rate does not: the database computes those prices by the rule of
promotions.engine.stacking, and sorts them.
"""

from collections.abc import Sequence

from django.db.models import BigIntegerField, Case, DecimalField, F, Func, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Greatest, Least

from limosa.domain.catalog.engine.rates import RATE_MAX, THOUSANDTHS
from limosa.domain.catalog.engine.units import PERCENT_OFF_MAX
from limosa.domain.catalog.models import Price
from limosa.domain.promotions.engine.stacking import PERCENT
from limosa.domain.promotions.models import Promotion
from limosa.domain.promotions.queries import own_suppliers, prices_it_fits, prices_of_durations
from limosa.domain.shelf.engine.ordering import Order, Place
from limosa.foundation.volume import GB

COLUMNS = {
    Order.PRICE: "amount_minor",
    Order.PER_GB: "rate_per_gb",
    Order.PER_DAY: "rate_per_day",
}
_WHOLE = DecimalField(max_digits=60, decimal_places=0)


def in_order_now(
    prices: QuerySet[Price],
    running: Sequence[Promotion],
    *,
    order: Order,
    after: Place | None,
) -> QuerySet[Price]:
    """Return the prices that stand after a place, in the order of what they come to.

    `running`: all promotions that run.
    """
    column = COLUMNS[order]
    prices = _with_discounts(prices, running)
    listed = F(column)
    now = Case(
        When(gained__gt=Greatest(F("off"), F("amount_off")), then=_with_data(order, column)),
        When(
            off__gte=F("amount_off"),
            off__gt=0,
            then=listed - quotient(listed, F("percent"), number(PERCENT)),
        ),
        When(amount_off__gt=0, then=listed - quotient(listed, F("amount_off"), F("amount_minor"))),
        default=listed,
        output_field=_WHOLE,
    )
    prices = prices.annotate(now=Cast(now, BigIntegerField()))
    if after is not None:
        same = Q(now=after.now)
        prices = prices.filter(
            Q(now__gt=after.now)
            | same & Q(**{f"{column}__gt": after.listed})
            | same & Q(**{column: after.listed}, plan_id__gt=after.code)
        )
    return prices.order_by("now", column, "plan_id")


def number(value: int) -> Value:
    """Return a number in a statement. Without its type it would be sent as one of 32 bits."""
    return Value(value, output_field=BigIntegerField())


def may_change(promotion: Promotion) -> Q:
    """Return a condition, as simple as can be for an index, that holds for every price which a
    promotion changes; it may hold for others, too."""
    scope = promotion.scope
    if scope.plan_codes:
        return Q(plan_id__in=scope.plan_codes)
    if scope.carrier_codes:
        return Q(plan__carrier_id__in=scope.carrier_codes)
    if scope.durations:
        return prices_of_durations(scope.durations)
    if promotion.bonus_bytes:
        return Q(plan__supplier_id__in=own_suppliers())
    return Q(pk__isnull=False)


def quotient(amount: Combinable, factor: Combinable, divisor: Combinable) -> Func:
    """Return amount * factor / divisor, rounded down; numbers as large as need be."""
    product = Cast(amount, _WHOLE) * Cast(factor, _WHOLE)
    return Func(product, Cast(divisor, _WHOLE), function="div", output_field=_WHOLE)


def _with_discounts(prices: QuerySet[Price], running: Sequence[Promotion]) -> QuerySet[Price]:
    """Annotate the most that fits of each kind, and what it is worth on the price."""
    amount = F("amount_minor")
    return prices.annotate(
        percent=_most(running, "percent_off"),
        most_off=_most(running, "amount_off_minor"),
        bonus=_most(running, "bonus_bytes"),
    ).annotate(
        off=quotient(amount, F("percent"), number(PERCENT)),
        amount_off=Least(
            Cast(F("most_off"), _WHOLE), quotient(amount, number(PERCENT_OFF_MAX), number(PERCENT))
        ),
        gained=Coalesce(
            quotient(amount, F("bonus"), F("plan__volume_bytes")), Cast(number(0), _WHOLE)
        ),
    )


def _most(running: Sequence[Promotion], field: str) -> Combinable:
    """Return the most that a promotion gives of something to the plans that it fits."""
    parts = [
        Case(When(prices_it_fits(one), then=number(getattr(one, field))), default=number(0))
        for one in running
        if getattr(one, field)
    ]
    return Greatest(*parts, number(0)) if parts else number(0)


def _with_data(order: Order, column: str) -> Combinable:
    """Return the value with bonus data: the price stays, the rate per gigabyte doesn't."""
    if order is not Order.PER_GB:
        return F(column)
    volume = F("plan__volume_bytes") + F("bonus")
    return Least(
        quotient(F("amount_minor"), number(THOUSANDTHS * GB), volume),
        Cast(number(RATE_MAX), _WHOLE),
    )
