"""Change the pricing rules and the endings of prices."""

from collections.abc import Callable, Mapping, Sequence

from django.db import connection, transaction

from limosa.domain.wholesale.engine.pricing import Ending, Rule
from limosa.domain.wholesale.models import PriceEnding, PricingRule


@transaction.atomic
def set_pricing(
    *,
    edit: Callable[[list[Rule], dict[str, Ending]], tuple[Sequence[Rule], Mapping[str, Ending]]],
) -> bool:
    """Replace the rules, in order, and the endings, by what `edit` makes of them; return whether
    that changed anything.

    Prices change only by proposals, which are made afterwards.
    Locks:  the table of rules against other changes, before `edit` is called.
    Raises: what `edit` raises; nothing changed.
    """
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE wholesale_pricingrule IN SHARE ROW EXCLUSIVE MODE")
    now_rules = [row.as_rule for row in PricingRule.objects.order_by("position")]
    now_endings = {row.currency: row.as_ending for row in PriceEnding.objects.all()}
    rules, endings = edit(list(now_rules), dict(now_endings))
    if now_rules == list(rules) and now_endings == dict(endings):
        return False
    PricingRule.objects.all().delete()
    PricingRule.objects.bulk_create([_row(rule, position) for position, rule in enumerate(rules)])
    PriceEnding.objects.all().delete()
    PriceEnding.objects.bulk_create(
        [
            PriceEnding(
                currency=currency,
                step_minor=ending.step_minor,
                ending_minor=ending.ending_minor,
            )
            for currency, ending in endings.items()
        ]
    )
    return True


def _row(rule: Rule, position: int) -> PricingRule:
    return PricingRule(
        code=rule.code,
        position=position,
        supplier=rule.supplier,
        countries=sorted(rule.countries),
        least_bytes=rule.least_bytes,
        below_bytes=rule.below_bytes,
        margin_basis_points=rule.margin_basis_points,
        least_margin_minor=rule.least_margin.amount_minor,
        least_margin_currency=rule.least_margin.currency,
        up_basis_points=rule.up_basis_points,
        down_basis_points=rule.down_basis_points,
    )
