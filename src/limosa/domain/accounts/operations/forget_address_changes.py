"""Delete people's previous addresses once they can no longer be restored."""

from datetime import datetime

from limosa.domain.accounts.models import AddressChange
from limosa.domain.notifications.not_me import NOT_ME_PERIOD


def forget_address_changes(*, now: datetime) -> int:
    """Delete the changes older than the links that undo them; return how many."""
    deleted, _ = AddressChange.objects.filter(changed_at__lte=now - NOT_ME_PERIOD).delete()
    return deleted
