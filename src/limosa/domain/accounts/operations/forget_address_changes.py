"""Delete the addresses that people had before, once they can't be put back any more."""

from datetime import datetime

from limosa.domain.accounts.models import AddressChange
from limosa.domain.notifications.not_me import NOT_ME_PERIOD


def forget_address_changes(*, now: datetime) -> int:
    """Delete the changes that are older than the links that undo them; return how many."""
    deleted, _ = AddressChange.objects.filter(changed_at__lte=now - NOT_ME_PERIOD).delete()
    return deleted
