"""Mark somebody as an insider, whose ratings do not count, or take the mark back."""

from datetime import datetime

from django.db import transaction

from limosa.domain.ratings.models import REASON_LENGTH_MAX, Insider, Rating
from limosa.domain.ratings.places import make_due


@transaction.atomic
def mark_insider(*, subscriber_id: int, is_insider: bool, reason: str, now: datetime) -> bool:
    """Return whether that changed anything; the worker publishes the places they rated anew.

    Staff need no mark. Locks: the places that they rated.
    """
    if is_insider:
        _, is_changed = Insider.objects.get_or_create(
            subscriber_id=subscriber_id,
            defaults={"reason": reason.strip()[:REASON_LENGTH_MAX], "marked_at": now},
        )
    else:
        is_changed = bool(Insider.objects.filter(subscriber_id=subscriber_id).delete()[0])
    if is_changed:
        rated = Rating.objects.filter(subscriber_id=subscriber_id)
        for carrier, country in sorted(set(rated.values_list("carrier_id", "country"))):
            make_due(carrier=carrier, country=country, now=now)
    return is_changed
