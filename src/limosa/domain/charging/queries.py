"""Reads of usage."""

from dataclasses import dataclass
from datetime import date

from django.db.models import F, Sum
from django.db.models.functions import Coalesce

from limosa.domain.charging.models import DailyUsage, UsageWatch
from limosa.domain.esims.models import Bundle


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageDrift:
    """A bundle whose counter differs from the sum of its deductions; there should be none."""

    bundle_id: int
    counted_bytes: int
    deducted_bytes: int


def daily_usage(*, esim_id: int, since: date) -> list[DailyUsage]:
    """Return the days with usage since a day, oldest first; days without usage are absent."""
    return list(DailyUsage.objects.filter(esim_id=esim_id, day__gte=since).order_by("day"))


def usage_drifts() -> list[UsageDrift]:
    """Return the bundles whose counter differs from the sum of their deductions."""
    rows = (
        Bundle.objects.annotate(drawn=Coalesce(Sum("deductions__deducted_bytes"), 0))
        .exclude(used_bytes=F("drawn"))
        .values_list("id", "used_bytes", "drawn")
    )
    return [
        UsageDrift(bundle_id=bundle_id, counted_bytes=counted, deducted_bytes=drawn)
        for bundle_id, counted, drawn in rows
    ]


def watches_of(*, esim_ids: list[int]) -> list[UsageWatch]:
    """Return the watches of eSIMs, in any order; those that no supplier counts for have none."""
    return list(UsageWatch.objects.filter(esim__in=esim_ids))
