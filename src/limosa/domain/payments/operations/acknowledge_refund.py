from limosa.domain.payments.engine.refund_life import REFUND_LIFE, RefundEvent
from limosa.domain.payments.models import Refund


def acknowledge_refund(*, refund: Refund, event: RefundEvent, reference: str) -> None:
    """Write down whether the provider has a refund: ACCEPT, it has; FORGET, it never heard of it.

    Before: `requested` or `sent`; afterwards `sent`, or `requested`, and then the provider is asked
    for it again by the same number. One that was finished meanwhile, by a notification, stays as it
    is. `reference`: the provider's name of it. Locks: none; one UPDATE.
    """
    before = REFUND_LIFE.states_before(event)
    Refund.objects.filter(pk=refund.pk, state__in=before).update(
        state=REFUND_LIFE.after(before[0], event), reference=reference or refund.reference
    )
