"""End all of a person's sessions."""

from django.db.models import F

from limosa.domain.accounts.models import Subscriber


def end_sessions(*, subscriber_id: int) -> None:
    """Invalidate every session of the person, from its next request on. One statement."""
    Subscriber.objects.filter(pk=subscriber_id).update(sessions_epoch=F("sessions_epoch") + 1)
