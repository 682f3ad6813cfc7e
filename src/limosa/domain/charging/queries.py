"""Reads of usage."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Coalesce

from limosa.domain.charging.engine.reserve_life import ReserveState
from limosa.domain.charging.models import DailyUsage, Reserve, UsageWatch
from limosa.domain.esims.models import Bundle, Esim


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageDrift:
    """A bundle whose counter differs from the sum of its deductions; there should be none."""

    bundle_id: int
    counted_bytes: int
    deducted_bytes: int


def open_reserve(esim: Esim, *, now: datetime) -> Reserve | None:
    """Return an eSIM's reserve that can be used, even if the worker is late to end it."""
    return open_reserves(esim_ids=[esim.pk], now=now).get(esim.pk)


def open_reserves(*, esim_ids: Iterable[int], now: datetime) -> dict[int, Reserve]:
    """Return the reserves that can be used, by the eSIM's key. One statement."""
    rows = Reserve.objects.filter(
        esim__in=list(esim_ids), state=ReserveState.OPEN.value, ends_at__gt=now
    )
    return {reserve.esim_id: reserve for reserve in rows}


def reserve_drifts() -> list[UsageDrift]:
    """Return the reserves whose counter differs from the sum of what records took of them."""
    return _drifts(Reserve.objects.all(), taken="records__reserve_bytes", bundle="bundle_id")


def daily_usage(*, esim_id: int, since: date) -> list[DailyUsage]:
    """Return the days with usage since a day, oldest first; days without usage are absent."""
    return list(DailyUsage.objects.filter(esim_id=esim_id, day__gte=since).order_by("day"))


def usage_drifts() -> list[UsageDrift]:
    """Return the bundles whose counter differs from the sum of their deductions."""
    return _drifts(Bundle.objects.all(), taken="deductions__deducted_bytes", bundle="id")


def _drifts(
    rows: QuerySet[Bundle] | QuerySet[Reserve], *, taken: str, bundle: str
) -> list[UsageDrift]:
    differing = rows.annotate(drawn=Coalesce(Sum(taken), 0)).exclude(used_bytes=F("drawn"))
    return [
        UsageDrift(bundle_id=bundle_id, counted_bytes=counted, deducted_bytes=drawn)
        for bundle_id, counted, drawn in differing.values_list(bundle, "used_bytes", "drawn")
    ]


def watches_of(*, esim_ids: list[int]) -> list[UsageWatch]:
    """Return the watches of eSIMs, in any order; those that no supplier counts for have none."""
    return list(UsageWatch.objects.filter(esim__in=esim_ids))
