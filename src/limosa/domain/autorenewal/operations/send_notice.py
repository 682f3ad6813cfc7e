from datetime import datetime

from limosa.domain.autorenewal.models import Cycle, Notice
from limosa.domain.autorenewal.news import tell_notice
from limosa.domain.autorenewal.offering import Offer
from limosa.domain.autorenewal.standing import times_of


def send_notice(*, cycle: Cycle, offer: Offer, is_reminder: bool, now: datetime) -> Notice:
    """Tell a person what will be charged at most, when, and how to skip, change or stop it.

    It counts once a mail server has accepted its mail (note_delivery). From now on the cycle is of
    the plan that it names. The caller's transaction holds the automatic renewal.
    """
    times = times_of(cycle)
    at_most_minor = offer.price.at_most(cycle.cap_minor)
    cycle.plan = offer.plan
    cycle.unable = ""
    cycle.save(update_fields=["plan", "unable"])
    notice = Notice.objects.create(
        cycle=cycle,
        key=f"auto-notice:{cycle.pk}:{cycle.notices.count() + 1}",
        is_reminder=is_reminder,
        at_most_minor=at_most_minor,
        sent_at=now,
    )
    # A mail takes a moment; if it takes long, the charge waits.
    charge_at = times.charge_after(cycle.delivered_at or now) or times.charge_at
    tell_notice(cycle, notice, charge_at=charge_at, now=now)
    return notice
