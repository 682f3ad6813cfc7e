from datetime import datetime

from limosa.domain.payments.models import Refund


def schedule_refund_poll(*, refund: Refund, at: datetime | None) -> None:
    """Have the worker ask the provider for a refund at a moment; None: not by itself any more.

    The caller holds the refund.
    """
    Refund.objects.filter(pk=refund.pk).update(next_try_at=at)
    refund.next_try_at = at
