from datetime import datetime

from limosa.domain.payments.models import Refund


def lease_refund(*, refund: Refund, until: datetime) -> bool:
    """Take a refund that is due for polling; return False if another worker was first.

    Its time is moved ahead by an UPDATE conditional on the old value. If the worker dies, the
    refund comes due again at that time. Locks: none.
    """
    due = Refund.objects.filter(pk=refund.pk, next_poll_at=refund.next_poll_at)
    return bool(due.update(next_poll_at=until))
