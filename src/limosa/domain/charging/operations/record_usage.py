from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from limosa.domain.charging.buckets import bucket_of, store_bucket
from limosa.domain.charging.engine.deduction import (
    BucketState,
    Deduction,
    FinalUnitAction,
    deduct,
)
from limosa.domain.charging.engine.reserve_life import ReserveState
from limosa.domain.charging.models import Reserve, UsageDeduction, UsageRecord
from limosa.domain.charging.operations.add_to_day import add_to_day
from limosa.domain.charging.operations.grant_reserve import grant_reserve
from limosa.domain.charging.operations.use_reserve import use_reserve
from limosa.domain.charging.thresholds import tell_thresholds
from limosa.domain.esims.models import OPEN_STATES, Bundle, Esim
from limosa.domain.esims.operations.note_esim_seen import note_esim_seen


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageReport:
    """A usage report from the network. Without any bytes it is a query and is not stored."""

    record_id: str
    iccid: str
    started_at: datetime
    ended_at: datetime
    uplink_bytes: int
    downlink_bytes: int

    @property
    def used_bytes(self) -> int:
        """Both directions."""
        return self.uplink_bytes + self.downlink_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageResult:
    """The result of a report. `remaining_bytes` None: unlimited, or an unknown eSIM."""

    record_id: str
    status: str
    remaining_bytes: int | None = None
    final_unit_action: FinalUnitAction = FinalUnitAction.NONE


def record_usage(*, feed: str, reports: Sequence[UsageReport], now: datetime) -> list[UsageResult]:
    """Count each report once, in its own transaction; return the results in the order given.

    A report received before changes nothing and is answered with the current state. What no bundle
    gives is taken from an open reserve; the report that uses up the last bundle brings one, where
    it is offered.
    Locks: the eSIM's row, then its open bundles, then its reserve. An unknown eSIM raises nothing:
    its result says so.
    """
    return [_record_one(feed, report, now) for report in reports]


@transaction.atomic
def _record_one(feed: str, report: UsageReport, now: datetime) -> UsageResult:
    esim = (
        Esim.objects.select_for_update(of=("self",))
        .select_related("subscriber")
        .filter(iccid=report.iccid)
        .order_by("id")
        .last()
    )
    if esim is None:
        return UsageResult(record_id=report.record_id, status="unknown_esim")
    record = _store(feed, report, esim, now) if report.used_bytes else None
    used_bytes = report.used_bytes if record else 0
    # A refund locks only the bundle: without that lock here, a refunded bundle would be overwritten
    # with its earlier state.
    bundles = list(
        esim.bundles.select_for_update()
        .filter(state__in=OPEN_STATES, suspended_at__isnull=True)
        .order_by("id")
    )
    deduction = deduct(
        [bucket_of(bundle) for bundle in bundles],
        used_bytes=used_bytes,
        at=min(report.ended_at, now),
        time_zone=esim.time_zone,
    )
    is_over = deduction.remaining_bytes == 0
    reserve = _hold_reserve(esim, now) if is_over else None
    if record:
        reserve = _apply(record, esim, bundles, deduction, reserve)
    result = UsageResult(
        record_id=report.record_id,
        status=_status(report, is_new=record is not None),
        remaining_bytes=deduction.remaining_bytes,
        final_unit_action=deduction.final_unit_action,
    )
    return _with_reserve(result, reserve) if is_over and reserve else result


def _hold_reserve(esim: Esim, now: datetime) -> Reserve | None:
    """Return the reserve that can be used, held against the worker that ends it by its time."""
    held = Reserve.objects.select_for_update(of=("self",))
    return held.filter(esim=esim, state=ReserveState.OPEN.value, ends_at__gt=now).first()


def _with_reserve(result: UsageResult, reserve: Reserve) -> UsageResult:
    """Return the result of a report for an eSIM that has nothing left but its reserve."""
    left = reserve.remaining_bytes
    action = FinalUnitAction.NONE if left else FinalUnitAction.REDIRECT
    return replace(result, remaining_bytes=left, final_unit_action=action)


def _status(report: UsageReport, *, is_new: bool) -> str:
    if not report.used_bytes:
        return "answered"
    return "recorded" if is_new else "duplicate"


def _store(feed: str, report: UsageReport, esim: Esim, now: datetime) -> UsageRecord | None:
    """Return the stored record; None if it had been stored before."""
    record, is_new = UsageRecord.objects.get_or_create(
        feed=feed,
        record_id=report.record_id,
        defaults={
            "esim": esim,
            "subscriber_id": esim.subscriber_id,
            "started_at": report.started_at,
            "ended_at": report.ended_at,
            "uplink_bytes": report.uplink_bytes,
            "downlink_bytes": report.downlink_bytes,
            "received_at": now,
        },
    )
    return record if is_new else None


def _apply(
    record: UsageRecord,
    esim: Esim,
    bundles: list[Bundle],
    deduction: Deduction,
    reserve: Reserve | None,
) -> Reserve | None:
    """Store what a report did to bundles, or to the reserve; return the reserve, perhaps new."""
    now = record.received_at
    by_id = {bundle.pk: bundle for bundle in bundles}
    changed: list[tuple[Bundle, int]] = []
    for bucket in deduction.buckets:
        bundle = by_id[bucket.id]
        if bucket != bucket_of(bundle):
            changed.append((bundle, bundle.used_bytes))
            store_bucket(bundle, bucket, now=now)
    UsageDeduction.objects.bulk_create(
        UsageDeduction(record=record, bundle_id=bundle_id, deducted_bytes=deducted_bytes)
        for bundle_id, deducted_bytes in deduction.deductions.items()
    )
    _store_rest(record, deduction.overrun_bytes, reserve)
    if reserve is None and deduction.remaining_bytes == 0:
        reserve = grant_reserve(esim=esim, now=now)
    if not any(bucket.state is BucketState.QUEUED for bucket in deduction.buckets):
        for bundle, before_bytes in changed:
            tell_thresholds(
                esim=esim, bundle=bundle, before_bytes=before_bytes, now=now, reserve=reserve
            )
    day = record.ended_at.astimezone(ZoneInfo(esim.time_zone)).date()
    of_plans = record.uplink_bytes + record.downlink_bytes - record.reserve_bytes
    if of_plans:
        add_to_day(esim=esim, day=day, used_bytes=of_plans)
    note_esim_seen(esim=esim, now=now)
    return reserve


def _store_rest(record: UsageRecord, rest_bytes: int, reserve: Reserve | None) -> None:
    """Take from the reserve what no bundle gave; what it has not is an overrun."""
    if not rest_bytes:
        return
    if reserve is not None:
        record.reserve = reserve
        record.reserve_bytes = use_reserve(
            reserve=reserve, wanted_bytes=rest_bytes, now=record.received_at
        )
    record.overrun_bytes = rest_bytes - record.reserve_bytes
    record.save(update_fields=["overrun_bytes", "reserve", "reserve_bytes"])
