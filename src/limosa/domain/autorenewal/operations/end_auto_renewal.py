from datetime import datetime

from limosa.domain.autorenewal.engine.attempts import Outcome
from limosa.domain.autorenewal.engine.cycle_life import CycleEvent
from limosa.domain.autorenewal.locking import attempt_under_way
from limosa.domain.autorenewal.models import AutoRenewal, Consent, EndReason
from limosa.domain.autorenewal.news import tell_ended
from limosa.domain.autorenewal.operations.close_cycle import close_cycle
from limosa.domain.autorenewal.operations.settle_attempt import settle_attempt
from limosa.foundation.identifiers import random_code


def end_auto_renewal(
    *,
    auto: AutoRenewal,
    reason: EndReason,
    now: datetime,
    address: str = "",
    by_link: bool = False,
) -> None:
    """Switch an automatic renewal off, and record that its consent no longer holds.

    From then on nothing is charged: an attempt under way is called off, and money that arrives for
    it all the same goes back in full; one that was paid before stands, and its cycle is renewed.
    The person is told, unless another consent takes its place. The caller's transaction holds the
    automatic renewal, which is on.
    Locks: the payments of an attempt under way, then its order.
    """
    attempt = attempt_under_way(auto)
    if attempt is not None:
        settle_attempt(attempt=attempt, now=now, outcome=Outcome.WITHDRAWN)
    for cycle in auto.cycles.filter(closed_at=None):
        close_cycle(cycle=cycle, event=CycleEvent.END, now=now)
    Consent.objects.create(
        public_id=random_code(12),
        subscriber_id=auto.subscriber_id,
        esim_id=auto.esim_id,
        withdraws_id=auto.consent_id,
        language=auto.subscriber.language,
        address=address,
        by_link=by_link,
        given_at=now,
    )
    auto.ended_at, auto.end_reason, auto.next_at = now, reason, None
    auto.save(update_fields=["ended_at", "end_reason", "next_at"])
    tell_ended(auto, now=now)
