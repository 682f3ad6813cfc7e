from datetime import datetime

from limosa.domain.payments.models import Settlement


def pass_settlement(*, settlement: Settlement, now: datetime) -> None:
    """Record that an older settlement was checked, so that the others' turn comes first.

    Nothing else about it changes. Locks: none; one UPDATE.
    """
    Settlement.objects.filter(pk=settlement.pk).update(looked_at=now)
