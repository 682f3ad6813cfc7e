from limosa.domain.autorenewal.engine.cycle_life import CYCLE_LIFE, CycleEvent
from limosa.domain.autorenewal.models import Cycle
from limosa.domain.notifications.models import Notification


def note_delivery(*, cycle: Cycle) -> None:
    """Note that a cycle's latest notice was delivered: a mail server has accepted its mail.

    A worker whose clock is slow may have written that it was mailed before it was sent: then it
    counts from when it was sent. Before `planned`, afterwards `noticed`. The caller's transaction
    holds the automatic renewal.
    Raises: TransitionRefusedError; nothing changed.
    """
    notice = cycle.notices.filter(is_reminder=False).latest("id")
    mailed_at = Notification.objects.get(key=notice.key).mailed_at
    notice.delivered_at = mailed_at and max(mailed_at, notice.sent_at)
    notice.save(update_fields=["delivered_at"])
    cycle.state = CYCLE_LIFE.after(cycle.state, CycleEvent.NOTICE)
    cycle.delivered_at, cycle.at_most_minor = notice.delivered_at, notice.at_most_minor
    cycle.save(update_fields=["state", "delivered_at", "at_most_minor"])
