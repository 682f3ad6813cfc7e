from datetime import datetime

from django.db import transaction

from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.ledger.wallets import lock_wallet
from limosa.domain.wallets.engine.bookings import bonus_withdrawn
from limosa.domain.wallets.models import Bonus
from limosa.foundation.money import Money


def expire_bonuses(*, now: datetime, most: int = 500) -> int:
    """Take back what is left of bonuses whose time is over; until then it can be spent.

    Returns how many were due, each in a transaction of its own; call again while that is `most`.
    Locks:  the wallet of each.
    """
    due = Bonus.objects.filter(expires_at__lte=now, left_minor__gt=0).order_by("expires_at")
    whose = list(due.values_list("pk", "subscriber_id", "currency")[:most])
    for bonus_id, subscriber_id, currency in whose:
        _expire(bonus_id, subscriber_id, currency, now)
    return len(whose)


@transaction.atomic
def _expire(bonus_id: int, subscriber_id: int, currency: str, now: datetime) -> None:
    lock_wallet(subscriber_id=subscriber_id, currency=currency)
    # Meanwhile it may have been spent, or another worker may have been faster.
    rows = Bonus.objects.filter(pk=bonus_id, expires_at__lte=now, left_minor__gt=0)
    bonus = rows.select_related("top_up").first()
    if bonus is None:
        return
    part, before_minor = bonus.left, bonus.expired_minor
    bonus.left_minor = 0
    bonus.expired_minor += part.amount_minor
    bonus.save(update_fields=["left_minor", "expired_minor"])
    post_entry(
        # What comes back of it later may expire again, and by then some of it has.
        key=f"bonus-expired:{bonus.top_up.number}:{before_minor}",
        kind="bonus_expired",
        order_number=bonus.top_up.number,
        legs=bonus_withdrawn(part, subscriber_id=subscriber_id, spent=Money(0, currency)),
        now=now,
    )
