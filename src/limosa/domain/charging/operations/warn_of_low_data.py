from datetime import datetime

from django.db import transaction

from limosa.domain.charging.models import UsageWatch
from limosa.domain.charging.thresholds import next_threshold, tell_estimate
from limosa.domain.esims.models import OPEN_STATES, BundleState


def warn_of_low_data(*, now: datetime, most: int = 200) -> int:
    """Warn people whose data may run low by now, though their supplier has not counted so far yet.

    So much may have been used at worst as one of their thresholds says; each is told once for a
    bundle. Returns how many watches were due, at most `most`; call again until it is less.
    Locks: one watch after the other, that nobody holds (`SKIP LOCKED`).
    """
    due = UsageWatch.objects.filter(warn_at__lte=now).order_by("warn_at")
    return sum(_warn(pk, now) for pk in due.values_list("pk", flat=True)[:most])


@transaction.atomic
def _warn(pk: int, now: datetime) -> bool:
    watch = (
        UsageWatch.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("esim__subscriber", "bundle")
        .filter(pk=pk, warn_at__lte=now)
        .first()
    )
    if watch is None:
        return False
    bundle, as_of = watch.bundle, watch.as_of
    if bundle is not None and as_of is not None and bundle.state in OPEN_STATES:
        thresholds = watch.esim.subscriber.usage_thresholds
        percent = next_threshold(bundle, thresholds=thresholds)
        is_followed = watch.esim.bundles.filter(state=BundleState.QUEUED).exists()
        if percent is not None and not is_followed:
            tell_estimate(esim=watch.esim, bundle=bundle, percent=percent, as_of=as_of, now=now)
    watch.warn_at = None
    watch.save(update_fields=["warn_at"])
    return True
