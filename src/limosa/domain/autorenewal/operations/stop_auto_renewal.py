from datetime import datetime

from django.db import transaction

from limosa.domain.autorenewal.locking import lock_running
from limosa.domain.autorenewal.models import EndReason
from limosa.domain.autorenewal.operations.end_auto_renewal import end_auto_renewal
from limosa.domain.autorenewal.refusals import AutoRenewalOffError


@transaction.atomic
def stop_auto_renewal(
    *, auto_id: int, now: datetime, address: str = "", by_link: bool = False
) -> None:
    """Switch an automatic renewal off because its person says so, until the last minute.

    What was paid before stands, and may be undone. `by_link`: by the link in a mail.
    Locks:  the automatic renewal, then as end_auto_renewal.
    Raises: AutoRenewalOffError: it is off already; nothing changed.
    """
    auto = lock_running(auto_id)
    if auto is None:
        raise AutoRenewalOffError
    end_auto_renewal(auto=auto, reason=EndReason.PERSON, now=now, address=address, by_link=by_link)
