from limosa.domain.payments.engine.refund_life import REFUND_LIFE, RefundEvent
from limosa.domain.payments.models import Refund


def acknowledge_refund(*, refund: Refund, event: RefundEvent, reference: str) -> None:
    """Record whether the provider has a refund: ACCEPT, it has; FORGET, it never heard of it.

    Before: `requested` or `sent`. Afterwards `sent`, or `requested`, and then it is requested again
    with the same number. One completed meanwhile by a notification is unchanged. `reference`: the
    provider's id for it. Locks: none; one UPDATE.
    """
    before = REFUND_LIFE.states_before(event)
    Refund.objects.filter(pk=refund.pk, state__in=before).update(
        state=REFUND_LIFE.after(before[0], event), reference=reference or refund.reference
    )
