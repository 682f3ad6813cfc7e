from datetime import datetime

from limosa.domain.payments.models import Refund


def schedule_refund_poll(*, refund: Refund, at: datetime | None) -> None:
    """Have the worker poll a refund at a given moment; None: no more polling.

    The caller holds the refund.
    """
    Refund.objects.filter(pk=refund.pk).update(next_poll_at=at)
    refund.next_poll_at = at
