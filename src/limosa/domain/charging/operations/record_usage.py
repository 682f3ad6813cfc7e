from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from limosa.domain.charging.engine.deduction import (
    Bucket,
    BucketState,
    Deduction,
    FinalUnitAction,
    crossed,
    deduct,
)
from limosa.domain.charging.models import UsageDeduction, UsageRecord
from limosa.domain.esims.engine.lifecycle import BundlePeriod
from limosa.domain.esims.links import make_renew_token
from limosa.domain.esims.models import OPEN_STATES, Bundle, Esim
from limosa.domain.esims.operations.note_esim_seen import note_esim_seen
from limosa.domain.esims.operations.use_bundle import use_bundle
from limosa.domain.notifications.operations.notify import notify

_ADD_TO_DAY = """
INSERT INTO charging_dailyusage (esim_id, day, used_bytes) VALUES (%s, %s, %s)
ON CONFLICT (esim_id, day) DO UPDATE
SET used_bytes = charging_dailyusage.used_bytes + EXCLUDED.used_bytes
"""


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

    A report received before changes nothing and is answered with the current state.
    Locks: the eSIM's row, then its open bundles. An unknown eSIM raises nothing: its result says
    so.
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
        [_bucket(bundle) for bundle in bundles],
        used_bytes=used_bytes,
        at=min(report.ended_at, now),
        time_zone=esim.time_zone,
    )
    if record:
        _apply(record, esim, bundles, deduction)
    return UsageResult(
        record_id=report.record_id,
        status=_status(report, is_new=record is not None),
        remaining_bytes=deduction.remaining_bytes,
        final_unit_action=deduction.final_unit_action,
    )


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


def _bucket(bundle: Bundle) -> Bucket:
    return Bucket(
        id=bundle.pk,
        state=BucketState(bundle.state),
        volume_bytes=bundle.volume_bytes,
        fair_use_bytes=bundle.fair_use_bytes,
        used_bytes=bundle.used_bytes,
        starts_at=bundle.starts_at,
        ends_at=bundle.ends_at,
        first_use_validity=bundle.validity if bundle.starts_at is None else None,
        first_use_before=bundle.first_use_before,
    )


def _apply(record: UsageRecord, esim: Esim, bundles: list[Bundle], deduction: Deduction) -> None:
    now = record.received_at
    by_id = {bundle.pk: bundle for bundle in bundles}
    has_queue = any(bucket.state is BucketState.QUEUED for bucket in deduction.buckets)
    for bucket in deduction.buckets:
        bundle = by_id[bucket.id]
        if bucket == _bucket(bundle):
            continue
        before_bytes = bundle.used_bytes
        use_bundle(
            bundle=bundle,
            state=bucket.state.value,
            used_bytes=bucket.used_bytes,
            period=BundlePeriod(starts_at=bucket.starts_at, ends_at=bucket.ends_at),
            now=now,
        )
        if not has_queue:
            _tell_thresholds(esim, bundle, before_bytes, now)
    UsageDeduction.objects.bulk_create(
        UsageDeduction(record=record, bundle_id=bundle_id, deducted_bytes=deducted_bytes)
        for bundle_id, deducted_bytes in deduction.deductions.items()
    )
    if deduction.overrun_bytes:
        record.overrun_bytes = deduction.overrun_bytes
        record.save(update_fields=["overrun_bytes"])
    day = record.ended_at.astimezone(ZoneInfo(esim.time_zone)).date()
    with connection.cursor() as cursor:
        cursor.execute(_ADD_TO_DAY, [esim.pk, day, record.uplink_bytes + record.downlink_bytes])
    note_esim_seen(esim=esim, now=now)


def _tell_thresholds(esim: Esim, bundle: Bundle, before_bytes: int, now: datetime) -> None:
    whole_bytes = bundle.volume_bytes or bundle.fair_use_bytes or 0
    percents = crossed(
        before_bytes=before_bytes,
        after_bytes=bundle.used_bytes,
        whole_bytes=whole_bytes,
        thresholds=esim.subscriber.usage_thresholds,
    )
    if not percents:
        return
    # Two thresholds crossed at once make one message, for the higher one.
    percent = percents[-1]
    notify(
        subscriber_id=esim.subscriber_id,
        key=f"usage:{bundle.pk}:{percent}",
        kind="usage_threshold",
        parameters={
            "esim_label": esim.label,
            "iccid_tail": esim.iccid[-4:],
            "percent": percent,
            "is_unlimited": bundle.volume_bytes is None,
            "remaining_bytes": max(whole_bytes - bundle.used_bytes, 0),
            "renew_token": make_renew_token(esim_public_id=esim.public_id),
        },
        now=now,
    )
