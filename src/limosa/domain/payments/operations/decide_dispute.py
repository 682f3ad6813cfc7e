from datetime import datetime

from limosa.domain.payments.engine.dispute_life import DISPUTE_LIFE, DisputeEvent
from limosa.domain.payments.models import Dispute, Payment
from limosa.foundation.money import share


def decide_dispute(
    *, dispute: Dispute, payment: Payment, decided_minor: int, now: datetime
) -> None:
    """Record how much of a dispute is lost, in the currency in which it is withheld; 0: it is won.

    Before: `open`. Afterwards `won` or `lost`, for good. If a lost one is in another currency, it
    stands for the same share of the payment as the lost share of the money withheld. The caller
    holds the payment, the order and the dispute, and posts the journal entries.
    Raises: TransitionRefusedError; nothing changed.
    """
    event = DisputeEvent.LOSE if decided_minor else DisputeEvent.WIN
    dispute.state = DISPUTE_LIFE.after(dispute.state, event)
    dispute.decided_minor = decided_minor
    if decided_minor and dispute.stands_for_minor is not None:
        dispute.stands_for_minor = share(
            payment.received_minor, part=decided_minor, whole=dispute.amount_minor
        )
    dispute.closed_at = now
    dispute.save(update_fields=["state", "decided_minor", "stands_for_minor", "closed_at"])
