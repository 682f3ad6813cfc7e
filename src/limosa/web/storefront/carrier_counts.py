"""What a carrier's count says of an eSIM, how old it is, and what may be left since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from limosa.domain.charging.engine.asking import may_look_now
from limosa.domain.charging.engine.estimate import LeftEstimate, UsePace, left_now, untold_lag
from limosa.domain.charging.models import UsageWatch
from limosa.domain.charging.queries import watches_of
from limosa.domain.connectivity.registry import capabilities_of
from limosa.domain.esims.queries import EsimView
from limosa.domain.wholesale.queries import day_zone_of
from limosa.web.wording import formatting

# A count is not called old before, and no estimate is shown.
_FRESH = timedelta(minutes=15)
# An estimate that differs by less of the whole says nothing.
_SHOWN_FROM_PERCENT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierCount:
    """`as_of` None: the carrier has counted nothing yet. `asked_at`, `next_at`: when it was last
    asked, and is next. `may_be_asked`: now, if the person wishes. `usage_age`: how far its counts
    may lag; None: it does not say. `estimate`: of what is left now, where it says more than the
    count. `is_in_doubt`: it has said something since that contradicts what was sold."""

    as_of: datetime | None
    usage_age: timedelta | None
    estimate: LeftEstimate | None = None
    is_in_doubt: bool = False
    asked_at: datetime | None = None
    next_at: datetime | None = None
    may_be_asked: bool = False

    @property
    def range(self) -> tuple[str, str]:
        """The estimate's range, as a person reads it: ("2.9 GB", "3.6 GB")."""
        if self.estimate is None:
            return "", ""
        least, most = self.estimate.least_bytes, self.estimate.most_bytes
        return formatting.volume(least), formatting.volume(most)


def carrier_counts(views: Sequence[EsimView], *, now: datetime) -> dict[int, CarrierCount]:
    """Return the counts of the eSIMs whose suppliers count, by the eSIM's key.

    One statement, and none if all are on our own network.
    """
    counted = {
        view.esim.pk: view
        for view in views
        if not capabilities_of(view.esim.supplier_id).in_own_database
    }
    if not counted:
        return {}
    watches = watches_of(esim_ids=list(counted))
    return {watch.esim_id: _count(counted[watch.esim_id], watch, now) for watch in watches}


def day_begins_at(view: EsimView, *, now: datetime) -> datetime | None:
    """Return when the next day of an eSIM's plan begins at its supplier, if that is known and is
    not midnight where the eSIM is used. One statement, and none on our own network."""
    esim, bundle = view.esim, view.current
    if bundle is None or capabilities_of(esim.supplier_id).in_own_database:
        return None
    zone = day_zone_of(supplier_code=esim.supplier_id, plan_code=bundle.plan_id)
    if zone not in available_timezones():
        return None
    tomorrow = now.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    begins_at = datetime.combine(tomorrow, time(0), tzinfo=ZoneInfo(zone))
    return None if formatting.same_clock(begins_at, zone, esim.time_zone) else begins_at


def _count(view: EsimView, watch: UsageWatch, now: datetime) -> CarrierCount:
    age = capabilities_of(view.esim.supplier_id).usage_age
    return CarrierCount(
        as_of=watch.as_of,
        usage_age=age,
        estimate=_estimate(view, watch, age, now),
        is_in_doubt=watch.is_in_doubt,
        asked_at=watch.asked_at,
        next_at=watch.next_at,
        may_be_asked=may_look_now(next_at=watch.next_at, asked_at=watch.asked_at, now=now),
    )


def _estimate(
    view: EsimView, watch: UsageWatch, usage_age: timedelta | None, now: datetime
) -> LeftEstimate | None:
    if watch.as_of is None or watch.received_at is None or now - watch.as_of < _FRESH:
        return None
    found = left_now(
        left_bytes=view.remaining_bytes,
        pace=UsePace(usual=watch.usual_per_hour, most=watch.most_per_hour),
        age=now - watch.as_of,
        lag=untold_lag(as_of=watch.as_of, received_at=watch.received_at, usage_age=usage_age),
    )
    width = found.most_bytes - found.least_bytes
    return found if width * 100 >= _SHOWN_FROM_PERCENT * max(view.total_bytes, 1) else None
