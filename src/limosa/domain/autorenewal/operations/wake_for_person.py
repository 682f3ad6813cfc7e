from datetime import datetime

from limosa.domain.autorenewal.models import AutoRenewal


def wake_for_person(*, subscriber_id: int, now: datetime) -> int:
    """Have a person's automatic renewals looked at now, since what they can be charged with has
    changed; return how many."""
    return AutoRenewal.objects.filter(
        subscriber_id=subscriber_id, ended_at=None, next_at__gt=now
    ).update(next_at=now)
