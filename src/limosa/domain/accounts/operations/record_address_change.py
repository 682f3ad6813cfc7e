"""Record a person's previous addresses when they change."""

from datetime import datetime

from limosa.domain.accounts.addresses import KeptAddress
from limosa.domain.accounts.models import AddressChange
from limosa.domain.notifications.not_me import NotMe


def record_address_change(*, subscriber_id: int, before: list[KeptAddress], now: datetime) -> NotMe:
    """Store the addresses as they were `before`; return the token for the link that undoes the
    change.

    For seven days nobody else can have them (addresses.is_held).
    """
    change = AddressChange.objects.create(
        subscriber_id=subscriber_id, before=before, changed_at=now
    )
    return NotMe(subscriber_id, now, change.pk)
