from datetime import date, datetime

from limosa.domain.payments.models import Settlement


def request_settlement(*, provider_code: str, day: date, now: datetime) -> Settlement:
    """Return the row of a provider's day, `waiting` if it is new, with the time it was last
    requested. Fetches nothing.

    The caller has checked that the day is over. Locks: none.
    """
    settlement, _ = Settlement.objects.get_or_create(
        provider=provider_code, day=day, defaults={"asked_at": now}
    )
    Settlement.objects.filter(pk=settlement.pk).update(asked_at=now)
    return settlement
