"""A supplier's reading becomes use of bundles, once, and forward only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from limosa.domain.charging.buckets import bucket_of, has_queue, store_bucket
from limosa.domain.charging.engine.asking import Course, next_ask, spread_of
from limosa.domain.charging.engine.days import days_of_use
from limosa.domain.charging.engine.estimate import Counted, UsePace, untold_lag, use_pace
from limosa.domain.charging.engine.reading import (
    Judgement,
    LastReading,
    Reading,
    Sold,
    Verdict,
    judge,
)
from limosa.domain.charging.models import UsageDeduction, UsageReading, UsageWatch
from limosa.domain.charging.operations.add_to_day import add_to_day
from limosa.domain.charging.suppliers import counter_of
from limosa.domain.charging.thresholds import tell_thresholds, warn_at
from limosa.domain.connectivity.capabilities import Capabilities
from limosa.domain.connectivity.registry import capabilities_of
from limosa.domain.esims.models import OPEN_STATES, Bundle, BundleState, Esim, EsimState
from limosa.domain.esims.operations.note_esim_seen import note_esim_seen
from limosa.domain.esims.operations.take_over_end import take_over_end
from limosa.domain.rows import insert_row, insert_row_once, update_row

# Of an eSIM's bundles, the newest are enough: a counter covers those since the last one ended.
_BUNDLES = 12
# Of its readings, to see its pace by.
_POINTS = 6
# Its activation code would be decrypted each time.
_OF_ESIM = (
    "public_id",
    "supplier_id",
    "iccid",
    "label",
    "time_zone",
    "state",
    "installed_at",
    "subscriber__usage_thresholds",
)
_LATEST = ("as_of", "used_bytes", "total_bytes", "ends_at", "received_at", "bundle")
_PACE = ("usual_per_hour", "most_per_hour", "warn_at")
_PROBLEM = ("problem", "problem_at")


@dataclass(slots=True)
class _Held:
    """What is locked, and what came of the reading."""

    esim: Esim
    bundles: list[Bundle]
    watch: UsageWatch
    can: Capabilities
    reading: Reading
    now: datetime


@transaction.atomic
def apply_usage_reading(
    *, esim_id: int, reading: Reading, now: datetime, attempt: int | None = None
) -> Verdict:
    """Apply what a supplier's counter says of an eSIM, once; return what it came to.

    Kept unless it was before. Moves the bundles that it covers forward, or changes nothing; what of
    them runs ends when the supplier says, if it does. Warns as the network's own records do.
    `attempt`: the question that it answers, by whose answer the next one is planned; None: the
    supplier told it by itself.
    Locks: the eSIM, its bundles, its watch.
    """
    esim = (
        Esim.objects.select_for_update(of=("self",))
        .select_related("subscriber")
        .only(*_OF_ESIM)
        .get(pk=esim_id)
    )
    newest = (
        esim.bundles.select_for_update(of=("self",))
        .annotate(bought_bytes=F("plan__volume_bytes"))
        .order_by("-id")[:_BUNDLES]
    )
    bundles, watch = list(reversed(newest)), _watch(esim)
    held = _Held(
        esim=esim,
        bundles=_that_may_be_counted(bundles, watch),
        watch=watch,
        can=capabilities_of(esim.supplier_id),
        reading=reading,
        now=now,
    )
    judged = judge(
        reading,
        last=_last(held.watch),
        sold=[_sold(bundle) for bundle in held.bundles],
        counter=counter_of(held.can),
        time_zone=esim.time_zone,
        now=now,
    )
    changed = _keep(held, judged)
    if attempt is not None and attempt == held.watch.attempts:
        held.watch.next_at = _planned(held)
        changed = (*changed, "next_at")
    if changed:
        update_row(held.watch, *changed)
    return judged.verdict


def _watch(esim: Esim) -> UsageWatch:
    watch, _ = UsageWatch.objects.select_for_update().get_or_create(
        esim=esim, defaults={"supplier_id": esim.supplier_id}
    )
    return watch


def _that_may_be_counted(bundles: Sequence[Bundle], watch: UsageWatch) -> list[Bundle]:
    """Return the bundles without those that were refunded.

    But the one whose use was counted last stays while another is open: its supplier may have kept
    it, and what it still counts there is not the other's use.
    """
    is_one_open = any(bundle.state in OPEN_STATES for bundle in bundles)
    counted = watch.bundle_id if watch.used_bytes and is_one_open else None
    return [one for one in bundles if one.state != BundleState.REFUNDED or one.pk == counted]


def _last(watch: UsageWatch) -> LastReading | None:
    if watch.as_of is None or watch.used_bytes is None:
        return None
    reading = Reading(
        as_of=watch.as_of,
        used_bytes=watch.used_bytes,
        total_bytes=watch.total_bytes,
        ends_at=watch.ends_at,
    )
    return LastReading(reading=reading, bundle_id=watch.bundle_id)


def _sold(bundle: Bundle) -> Sold:
    return Sold(
        bucket=bucket_of(bundle),
        bought_bytes=vars(bundle)["bought_bytes"],
        number=bundle.order_number,
    )


def _keep(held: _Held, judged: Judgement) -> tuple[str, ...]:
    """Store what a reading came to; return the fields of the watch that it changed."""
    match judged.verdict:
        case Verdict.APPLIED:
            _move_bundles(held, judged)
            _take_over_ends(held, judged)
            return _set_latest(held, judged)
        case Verdict.UNCHANGED:
            _take_over_ends(held, judged)
            return _set_latest(held, judged)
        case Verdict.LATE:
            _store(held, judged)
            return ()
        case Verdict.ENDED:
            _store(held, judged)
            return _end_doubt(held.watch)
        case _:
            return _doubt(held, judged)


def _store(held: _Held, judged: Judgement) -> UsageReading:
    """Return the stored reading. One that was not believed at first keeps that verdict."""
    reading = held.reading
    row = UsageReading(
        esim=held.esim,
        as_of=reading.as_of,
        used_bytes=reading.used_bytes,
        total_bytes=reading.total_bytes,
        bundle_id=judged.bundle_id,
        ends_at=reading.ends_at,
        received_at=held.now,
        verdict=judged.verdict.value,
        overrun_bytes=judged.overrun_bytes,
    )
    if insert_row_once(row):
        return row
    return UsageReading.objects.get(
        esim=held.esim,
        as_of=reading.as_of,
        used_bytes=reading.used_bytes,
        total_bytes=reading.total_bytes,
    )


def _doubt(held: _Held, judged: Judgement) -> tuple[str, ...]:
    """Keep why a reading is not believed; the same said again and again is stored once."""
    watch, verdict = held.watch, judged.verdict.value
    newest = UsageReading.objects.filter(esim=held.esim).order_by("-id").first()
    said = (verdict, held.reading.used_bytes, held.reading.total_bytes)
    if newest is None or (newest.verdict, newest.used_bytes, newest.total_bytes) != said:
        _store(held, judged)
    if watch.problem == verdict:
        return ()
    watch.problem, watch.problem_at = verdict, held.now
    return _PROBLEM


def _end_doubt(watch: UsageWatch) -> tuple[str, ...]:
    """What it counts has ended, so nothing of it is in doubt any more."""
    watch.problem, watch.problem_at = "", None
    return _PROBLEM


def _move_bundles(held: _Held, judged: Judgement) -> None:
    kept = _store(held, judged)
    since = _counted_since(held, judged)
    by_id = {bundle.pk: bundle for bundle in held.bundles}
    is_followed = has_queue(held.bundles)
    for bucket in judged.changed:
        bundle = by_id[bucket.id]
        before_bytes = bundle.used_bytes
        store_bucket(bundle, bucket, now=held.now)
        if not is_followed:
            tell_thresholds(
                esim=held.esim,
                bundle=bundle,
                before_bytes=before_bytes,
                now=held.now,
                as_of=held.reading.as_of,
            )
    if not judged.deductions:
        return
    for bundle_id, deducted_bytes in judged.deductions.items():
        insert_row(UsageDeduction(reading=kept, bundle_id=bundle_id, deducted_bytes=deducted_bytes))
    days = days_of_use(
        used_bytes=sum(judged.deductions.values()),
        since=since,
        until=held.reading.as_of,
        time_zone=held.esim.time_zone,
    )
    for day, used_bytes in days.items():
        add_to_day(esim=held.esim, day=day, used_bytes=used_bytes)
    note_esim_seen(esim=held.esim, now=held.reading.as_of)


def _take_over_ends(held: _Held, judged: Judgement) -> None:
    """Let what runs end when the supplier says: it has one end for all that it counts together."""
    ends_at = held.reading.ends_at
    if ends_at is None:
        return
    for bundle in held.bundles:
        runs = bundle.state == BundleState.ACTIVE and bundle.pk in judged.covered
        if runs and bundle.starts_at and bundle.starts_at < ends_at != bundle.ends_at:
            take_over_end(bundle=bundle, ends_at=ends_at, others=held.bundles)


def _counted_since(held: _Held, judged: Judgement) -> datetime | None:
    """Return since when the use went on that a reading brings: since the last one, or since the
    bundle began, if that was later."""
    times = [held.watch.as_of]
    times += [bundle.starts_at for bundle in held.bundles if bundle.pk in judged.deductions]
    return max((time for time in times if time), default=None)


def _set_latest(held: _Held, judged: Judgement) -> tuple[str, ...]:
    watch, reading = held.watch, held.reading
    covered = next(bundle for bundle in held.bundles if bundle.pk == judged.bundle_id)
    pace = _pace(held, covered)
    watch.as_of, watch.used_bytes = reading.as_of, reading.used_bytes
    watch.total_bytes, watch.received_at = reading.total_bytes, held.now
    watch.ends_at = reading.ends_at or (
        watch.ends_at if watch.bundle_id == judged.bundle_id else None
    )
    watch.bundle = covered
    watch.usual_per_hour, watch.most_per_hour = pace.usual, pace.most
    watch.problem, watch.problem_at = "", None
    watch.warn_at = None
    if covered.state in OPEN_STATES and not has_queue(held.bundles):
        watch.warn_at = warn_at(
            covered,
            thresholds=held.esim.subscriber.usage_thresholds,
            pace=pace,
            as_of=reading.as_of,
            lag=_lag(held),
        )
    return (*_LATEST, *_PACE, *_PROBLEM)


def _lag(held: _Held) -> timedelta:
    return untold_lag(as_of=held.reading.as_of, received_at=held.now, usage_age=held.can.usage_age)


def _pace(held: _Held, covered: Bundle) -> UsePace:
    """Return the pace by the last readings; one that said nothing new counts by the watch."""
    watch, reading = held.watch, held.reading
    kept = (
        UsageReading.objects.filter(esim=held.esim, verdict=Verdict.APPLIED.value)
        .order_by("-as_of", "-used_bytes")
        .values_list("as_of", "used_bytes")[:_POINTS]
    )
    points = {as_of: Counted(as_of, used) for as_of, used in kept}
    if watch.as_of is not None and watch.used_bytes is not None:
        points.setdefault(watch.as_of, Counted(watch.as_of, watch.used_bytes))
    points[reading.as_of] = Counted(reading.as_of, reading.used_bytes)
    return use_pace([points[at] for at in sorted(points)], since=covered.starts_at)


def _planned(held: _Held) -> datetime | None:
    """Return when to ask next, by what the last believed reading says; None: nothing is open."""
    open_ones = [bundle for bundle in held.bundles if bundle.state in OPEN_STATES]
    is_watched = bool(open_ones) and held.esim.state != EsimState.DELETED
    return _next_at(held, open_ones) if is_watched else None


def _next_at(held: _Held, open_ones: list[Bundle]) -> datetime:
    watch = held.watch
    running = [bundle for bundle in open_ones if bundle.state == BundleState.ACTIVE] or open_ones
    lefts = [bundle.remaining_bytes for bundle in running]
    ends = [bundle.ends_at for bundle in running if bundle.ends_at]
    course = Course(
        left_bytes=None if None in lefts else sum(left for left in lefts if left is not None),
        bytes_per_hour=watch.most_per_hour,
        ends_at=min(ends, default=None),
        as_of=watch.as_of,
        changed_at=max(bundle.starts_at or bundle.created_at for bundle in running),
    )
    return next_ask(
        course,
        usage_age=held.can.usage_age,
        spread=spread_of(held.esim.pk),
        now=held.now,
    )
