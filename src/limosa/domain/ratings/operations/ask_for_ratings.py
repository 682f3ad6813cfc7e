"""Ask buyers what they think, all at the same moment of their bundle's life."""

from datetime import datetime

from django.db import transaction

from limosa.domain.esims.models import Bundle, BundleState
from limosa.domain.notifications.operations.notify import notify
from limosa.domain.ratings.engine.asking import Course, Deed, what_to_do
from limosa.domain.ratings.models import Invitation, InvitationState


def ask_for_ratings(*, now: datetime, most: int = 200) -> int:
    """Ask the buyers of bundles that are due (engine/asking.py); leave those that never will be.

    The message goes to the product's list, and by mail to who wants such mail. Returns how many
    bundles were due, at most `most`; call again until it is less.
    Locks: one invitation after the other, that nobody holds (`SKIP LOCKED`).
    """
    due = Invitation.objects.filter(next_at__lte=now).order_by("next_at")
    return sum(_look_at(pk, now) for pk in due.values_list("pk", flat=True)[:most])


@transaction.atomic
def _look_at(pk: int, now: datetime) -> bool:
    invitation = (
        Invitation.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("bundle__plan__carrier", "subscriber")
        .filter(pk=pk, next_at__lte=now)
        .first()
    )
    if invitation is None:
        return False
    bundle = invitation.bundle
    course = Course(
        starts_at=bundle.starts_at,
        ends_at=bundle.ends_at,
        ended_at=bundle.ended_at,
        used_bytes=bundle.used_bytes,
        is_returned=bundle.state == BundleState.REFUNDED or bundle.suspended_at is not None,
    )
    deed, again_at = what_to_do(course, now=now)
    invitation.next_at = again_at if deed is Deed.WAIT else None
    if deed is Deed.LEAVE:
        invitation.state = InvitationState.LEFT
    elif deed is Deed.ASK:
        invitation.state, invitation.asked_at = InvitationState.ASKED, now
        _ask(invitation, bundle, now)
    invitation.save(update_fields=["state", "next_at", "asked_at"])
    return True


def _ask(invitation: Invitation, bundle: Bundle, now: datetime) -> None:
    notify(
        subscriber_id=invitation.subscriber_id,
        key=f"rating:{bundle.pk}",
        kind="rating_asked",
        parameters={
            "order_number": bundle.order_number,
            "carrier": bundle.plan.carrier.name,
            "plan_name": bundle.plan.name,
        },
        now=now,
        is_mailed=invitation.subscriber.rating_mail,
    )
