from datetime import datetime

from limosa.domain.payments.models import Settlement


def pass_settlement(*, settlement: Settlement, now: datetime) -> None:
    """Write down that an older settlement had its turn: the others come before it again.

    Nothing else of it changes. Locks: none; one UPDATE.
    """
    Settlement.objects.filter(pk=settlement.pk).update(looked_at=now)
