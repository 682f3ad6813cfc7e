from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.catalog.queries import channel_rates
from limosa.domain.rows import insert_row
from limosa.domain.wallets.models import NUMBER_PREFIX, TopUpState, WalletTopUp
from limosa.domain.wallets.queries import tier_for, top_up_terms
from limosa.domain.wallets.refusals import TopUpAmountError, TopUpsOpenError
from limosa.foundation.identifiers import random_code
from limosa.foundation.money import Money

TOP_UP_LIFETIME = timedelta(minutes=30)
# More than anybody compares.
OPEN_TOP_UPS_MAX = 5


def place_top_up(*, subscriber: Subscriber, amount: Money, key: str, now: datetime) -> WalletTopUp:
    """Return a top-up that can be paid for 30 minutes, at the rate and with the bonus of now; the
    same one for the same key and amount, however often it is called.

    `key`: of the page that it is placed from, of at most 24 characters. A person may have five that
    are unpaid and can still be paid.
    Locks:  the subscriber, until the caller's transaction ends.
    Raises: TopUpNotOfferedError, TopUpAmountError, TopUpsOpenError; IntegrityError if the key was
            used for another amount; nothing changed.
    """
    terms = top_up_terms(amount.currency)
    if not terms.allows(amount):
        raise TopUpAmountError(terms.least, terms.most)
    with transaction.atomic():
        Subscriber.objects.select_for_update(no_key=True).get(pk=subscriber.pk)
        for placed in WalletTopUp.objects.filter(subscriber=subscriber, key=key, **_terms(amount)):
            return placed
        waiting = WalletTopUp.objects.filter(
            subscriber=subscriber, state=TopUpState.PLACED, expires_at__gt=now
        )
        if waiting.count() >= OPEN_TOP_UPS_MAX:
            raise TopUpsOpenError
        tier = tier_for(amount, now=now)
        top_up = WalletTopUp(
            number=f"{NUMBER_PREFIX}{random_code(8)}",
            subscriber=subscriber,
            key=key,
            **_terms(amount),
            exchange=channel_rates(currency=amount.currency, now=now),
            placed_at=now,
            expires_at=now + TOP_UP_LIFETIME,
            bonus_minor=tier.bonus_minor if tier else 0,
            bonus_days=tier.valid_days if tier else None,
        )
        insert_row(top_up)
        return top_up


def _terms(amount: Money) -> dict[str, Any]:
    return {"amount_minor": amount.amount_minor, "currency": amount.currency}
