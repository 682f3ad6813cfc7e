"""Reads of what suppliers list."""

from limosa.domain.catalog.models import PlanSource
from limosa.domain.wholesale.models import ListedPlan


def day_zone_of(*, supplier_code: str, plan_code: str) -> str:
    """Return where a day of a plan begins by its supplier's newest list, an IANA time zone; empty:
    not told, or it is not on the list. `plan_code`: ours. One statement."""
    codes = PlanSource.objects.filter(plan=plan_code, supplier=supplier_code)
    zones = ListedPlan.objects.filter(
        supplier=supplier_code, code__in=codes.values("code"), until__isnull=True
    )
    return zones.values_list("day_zone", flat=True).first() or ""


def listed_currencies(*, supplier_code: str) -> set[str]:
    """Return the currencies of a supplier's newest list. One statement."""
    listed = ListedPlan.objects.filter(supplier=supplier_code, until__isnull=True)
    return set(listed.values_list("cost_currency", flat=True).distinct())
