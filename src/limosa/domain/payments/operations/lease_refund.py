from datetime import datetime

from limosa.domain.payments.models import Refund


def lease_refund(*, refund: Refund, until: datetime) -> bool:
    """Take a refund that is due to be asked for; return False if somebody else was first.

    Its time moves ahead by an UPDATE that names the old one. Whoever took it and dies leaves a time
    at which it is due again. Locks: none.
    """
    due = Refund.objects.filter(pk=refund.pk, next_try_at=refund.next_try_at)
    return bool(due.update(next_try_at=until))
