"""Change the prices of plans."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction

from limosa.domain.catalog.models import Plan, Price


@transaction.atomic
def set_prices(
    *, prices: Mapping[str, Mapping[str, int]], on_sale: Collection[str] = (), now: datetime
) -> None:
    """Set prices in minor units, by plan and currency; put the plans in `on_sale` on sale as well.

    Prices in other currencies stay. Existing quotes remain valid. Repeating it changes nothing.
    Locks:  the Plan rows, by code.
    Raises: Plan.DoesNotExist; nothing changed.
    """
    codes = sorted({*prices, *on_sale})
    held = Plan.objects.select_for_update().filter(code__in=codes).order_by("code")
    if len(found := set(held.values_list("code", flat=True))) < len(codes):
        raise Plan.DoesNotExist(", ".join(sorted({*codes} - found)))
    Price.objects.bulk_create(
        [
            Price(plan_id=code, currency=currency, amount_minor=amount_minor)
            for code, amounts in prices.items()
            for currency, amount_minor in amounts.items()
        ],
        batch_size=1_000,
        update_conflicts=True,
        unique_fields=["plan", "currency"],
        update_fields=["amount_minor"],
    )
    Plan.objects.filter(code__in=on_sale, on_sale=False).update(on_sale=True, back_on_sale_at=now)
