"""Warnings that data runs low: by what was counted, and by what may have been used since."""

from datetime import datetime, timedelta

from limosa.domain.charging.engine.deduction import crossed
from limosa.domain.charging.engine.estimate import Counted, UsePace, warned_at
from limosa.domain.charging.models import Reserve
from limosa.domain.esims.links import make_renew_token
from limosa.domain.esims.models import Bundle, Esim
from limosa.domain.notifications.operations.notify import notify


def tell_thresholds(
    *,
    esim: Esim,
    bundle: Bundle,
    before_bytes: int,
    now: datetime,
    as_of: datetime | None = None,
    reserve: Reserve | None = None,
) -> None:
    """Tell an eSIM's person which threshold of theirs a bundle has crossed since `before_bytes`.

    Two crossed at once make one message, for the higher one. `as_of`: when a supplier counted;
    None: just now. `reserve`: what the eSIM has now that all is used up. The message commits with
    the caller's transaction.
    """
    percents = crossed(
        before_bytes=before_bytes,
        after_bytes=bundle.used_bytes,
        whole_bytes=whole_of(bundle),
        thresholds=esim.subscriber.usage_thresholds,
    )
    if not percents:
        return
    known = {} if as_of is None else _time_of_count(esim, as_of)
    if reserve is not None and percents[-1] >= 100:
        known |= _reserve(esim, reserve)
    notify(
        subscriber_id=esim.subscriber_id,
        key=_key(bundle, percents[-1]),
        kind="usage_threshold",
        parameters=_parameters(esim, bundle, percents[-1]) | known,
        now=now,
    )


def tell_estimate(
    *, esim: Esim, bundle: Bundle, percent: int, as_of: datetime, now: datetime
) -> bool:
    """Tell an eSIM's person that so much of a bundle may have been used since its supplier counted.

    Returns whether that is new: a threshold is told once for a bundle, by count or by estimate.
    """
    return notify(
        subscriber_id=esim.subscriber_id,
        key=_key(bundle, percent),
        kind="usage_estimated",
        parameters=_parameters(esim, bundle, percent) | _time_of_count(esim, as_of),
        now=now,
    )


def next_threshold(bundle: Bundle, *, thresholds: list[int]) -> int | None:
    """Return the lowest threshold that was not reached, in percent; the end is none, since no
    estimate can tell it."""
    whole = whole_of(bundle)
    open_ones = [
        percent
        for percent in thresholds
        if percent < 100 and bundle.used_bytes * 100 < percent * whole
    ]
    return min(open_ones, default=None)


def warn_at(
    bundle: Bundle,
    *,
    thresholds: list[int],
    pace: UsePace,
    as_of: datetime,
    lag: timedelta,
) -> datetime | None:
    """Return when an estimate will warn of a bundle's next threshold; None: not within a month."""
    percent = next_threshold(bundle, thresholds=thresholds)
    if percent is None:
        return None
    return warned_at(
        counted=Counted(as_of, bundle.used_bytes),
        threshold_bytes=whole_of(bundle) * percent // 100,
        pace=pace,
        lag=lag,
    )


def whole_of(bundle: Bundle) -> int:
    """Return what a bundle has, at full speed if it is unlimited."""
    return bundle.volume_bytes or bundle.fair_use_bytes or 0


def _key(bundle: Bundle, percent: int) -> str:
    return f"usage:{bundle.pk}:{percent}"


def _time_of_count(esim: Esim, as_of: datetime) -> dict[str, object]:
    return {"as_of": as_of.isoformat(), "time_zone": esim.time_zone}


def _reserve(esim: Esim, reserve: Reserve) -> dict[str, object]:
    return {
        "reserve_bytes": reserve.remaining_bytes,
        "until": reserve.ends_at.isoformat(),
        "time_zone": esim.time_zone,
    }


def _parameters(esim: Esim, bundle: Bundle, percent: int) -> dict[str, object]:
    return {
        "esim_label": esim.label,
        "iccid_tail": esim.iccid[-4:],
        "percent": percent,
        "is_unlimited": bundle.volume_bytes is None,
        "remaining_bytes": max(whole_of(bundle) - bundle.used_bytes, 0),
        "renew_token": make_renew_token(esim_public_id=esim.public_id),
    }
