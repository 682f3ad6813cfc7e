"""Keep how a person's addresses were before they changed."""

from datetime import datetime

from limosa.domain.accounts.addresses import KeptAddress
from limosa.domain.accounts.models import AddressChange
from limosa.domain.notifications.not_me import NotMe


def record_address_change(*, subscriber_id: int, before: list[KeptAddress], now: datetime) -> NotMe:
    """Keep the addresses as they were `before`; return what a link that undoes the change says.

    For seven days they belong to nobody else (addresses.is_held).
    """
    change = AddressChange.objects.create(
        subscriber_id=subscriber_id, before=before, changed_at=now
    )
    return NotMe(subscriber_id, now, change.pk)
