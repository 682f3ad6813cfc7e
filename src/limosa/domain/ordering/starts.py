"""When a plan begins that is bought for an eSIM: what its supplier can do of what a person wants.

The same rule for what pages offer, what a quote promises, and what a bundle gets.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings

from limosa.domain.catalog.engine.sources import places_of
from limosa.domain.catalog.models import Plan, PlanKind, ValidFrom
from limosa.domain.catalog.sources import sources_of
from limosa.domain.connectivity.engine.renewing import (
    NOW_WAYS,
    WAITING_WAYS,
    RenewalWay,
    renewal_way,
    waits,
)
from limosa.domain.connectivity.registry import capabilities_of
from limosa.domain.esims.engine.lifecycle import (
    BundlePeriod,
    RunningBundle,
    added_period,
    first_use_after,
    first_use_with,
)
from limosa.domain.esims.models import Esim
from limosa.domain.esims.promise import period_for
from limosa.domain.ordering.models import StartRule


def way_for(
    plan: Plan, esim: Esim, running: Sequence[RunningBundle], *, is_renewable: bool
) -> RenewalWay:
    """Return what a plan is for an eSIM. One statement, unless the plan's sources were
    prefetched. `is_renewable`: see shared_esims.py."""
    there = (source for source in sources_of(plan) if source.supplier == esim.supplier_id)
    return renewal_way(
        next(there, None),
        capabilities_of(esim.supplier_id),
        is_in_service=is_renewable,
        is_running=bool(running),
    )


def zone_of_new_esim(plan: Plan) -> str:
    """Return the time zone of a new eSIM with a plan: where a day begins at each of its suppliers;
    the service's, if they don't agree or don't say. One statement, unless the plan's sources were
    prefetched."""
    return places_of(sources_of(plan)).day_zone or str(settings.SERVICE_TIME_ZONE)


def possible_starts(plan: Plan, way: RenewalWay) -> list[StartRule]:
    """Return the starts that a plan allows, the usual one first. A top-up joins what runs."""
    if plan.kind == PlanKind.TOP_UP:
        return [StartRule.NOW]
    after = [StartRule.AFTER_CURRENT] if way in WAITING_WAYS else []
    return [*after, *([StartRule.NOW] if way in NOW_WAYS else [])]


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A bundle that begins: by its plan, the way in which it comes, what the person wanted, and
    what runs on the eSIM."""

    plan: Plan
    way: RenewalWay
    wanted: StartRule
    running: Sequence[RunningBundle]
    time_zone: str

    @property
    def rule(self) -> StartRule:
        """What is wanted if that is possible, otherwise the usual start. While nothing runs, both
        come to the same, and what is wanted is kept: something may run once it is paid."""
        if self.way is RenewalWay.AT_ONCE:
            return self.wanted
        possible = possible_starts(self.plan, self.way)
        return self.wanted if self.wanted in possible else possible[0]

    @property
    def is_alone(self) -> bool:
        """Whether it begins without regard to what runs: on another eSIM, or in its place. A top-up
        always joins what runs."""
        is_alone = self.way in {RenewalWay.NEW_ESIM, RenewalWay.REPLACES}
        return is_alone and self.plan.kind != PlanKind.TOP_UP

    def period(self, now: datetime) -> BundlePeriod:
        """Return when a bundle bought now begins and ends in our books: where the supplier doesn't
        say, at the latest. Raises TopUpNeedsBundleError."""
        validity = self.plan.validity
        if self.way is RenewalWay.ADDED and validity and self._waits_for_use:
            period = added_period(
                validity=validity, running=self.running, time_zone=self.time_zone, now=now
            )
        else:
            period = period_for(
                plan=self.plan,
                running=[] if self.is_alone else self.running,
                after_current=waits(self.way, is_wanted=self.rule is StartRule.AFTER_CURRENT),
                time_zone=self.time_zone,
                now=now,
            )
        return period if period.starts_at else self._with_deadline(period, now)

    def promise(self, now: datetime) -> BundlePeriod:
        """Return what a person is promised: nothing, where the supplier doesn't say when it begins.

        Raises TopUpNeedsBundleError.
        """
        if self.way is RenewalWay.NOT_SAID and self.plan.kind != PlanKind.TOP_UP:
            nothing = BundlePeriod(starts_at=None, ends_at=None)
            return self._with_deadline(nothing, now) if self._waits_for_use else nothing
        return self.period(now)

    @property
    def _waits_for_use(self) -> bool:
        return self.plan.valid_from == ValidFrom.FIRST_USE

    def _with_deadline(self, period: BundlePeriod, now: datetime) -> BundlePeriod:
        """Return a period with the time by which the first use must come: after what it follows, as
        early as what it joins, and from now on where its supplier doesn't say what it does."""
        within = timedelta(days=self.plan.first_use_within_days)
        is_open = self.way is RenewalWay.NOT_SAID and self._waits_for_use
        if self.way is RenewalWay.ADDED or is_open:
            before = first_use_with([] if is_open else self.running, within=within, now=now)
        else:
            follows = [] if self.is_alone else self.running
            before = first_use_after(follows, within=within, time_zone=self.time_zone, now=now)
        if is_open:  # It may well follow what runs.
            before = max([before, *(one.ends_at for one in self.running if one.ends_at)])
        return replace(period, first_use_before=before)
