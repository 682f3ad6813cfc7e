from datetime import datetime, timedelta

from limosa.domain.catalog.models import PlanKind
from limosa.domain.esims.links import make_renew_token
from limosa.domain.esims.models import Bundle, BundleState
from limosa.domain.notifications.operations.notify import notify
from limosa.domain.ordering.plan_changes import is_given_up

DAYS_MAX = 7


def remind_before_end(*, now: datetime) -> int:
    """Remind people whose bundle ends soon, once for each lead time they chose; return how many
    messages were new.

    Bundles with a successor in the queue are skipped, and those that were changed. Reads the
    bundles ending in the next week, in order, by index.
    """
    ending = (
        Bundle.objects.filter(
            state=BundleState.ACTIVE,
            ends_at__gt=now,
            ends_at__lte=now + timedelta(days=DAYS_MAX),
        )
        .exclude(plan__kind=PlanKind.TOP_UP)
        .select_related("esim", "subscriber")
        .order_by("ends_at")
    )
    return sum(_remind(bundle, now) for bundle in ending.iterator(chunk_size=500))


def _remind(bundle: Bundle, now: datetime) -> bool:
    if bundle.ends_at is None or _is_followed(bundle):
        return False
    left = bundle.ends_at - now
    due = [days for days in bundle.subscriber.days_before_end if left <= timedelta(days=days)]
    if not due or is_given_up(bundle.order_number):
        return False
    days = min(due)
    return notify(
        subscriber_id=bundle.subscriber_id,
        key=f"ending:{bundle.pk}:{days}",
        kind="ending_soon",
        parameters={
            "esim_label": bundle.esim.label,
            "iccid_tail": bundle.esim.iccid[-4:],
            "days": days,
            "ends_at": bundle.ends_at.isoformat(),
            "time_zone": bundle.esim.time_zone,
            "renew_token": make_renew_token(esim_public_id=bundle.esim.public_id),
        },
        now=now,
    )


def _is_followed(bundle: Bundle) -> bool:
    return Bundle.objects.filter(esim_id=bundle.esim_id, state=BundleState.QUEUED).exists()
