from datetime import datetime

from limosa.domain.ledger.operations.post_entry import WalletTooLowError
from limosa.domain.ledger.wallets import lock_wallet
from limosa.domain.wallets.engine.bonuses import Lot, draw, split
from limosa.domain.wallets.models import Bonus, BonusUse
from limosa.foundation.money import Money


def use_bonus(*, subscriber_id: int, total: Money, payment_number: str, now: datetime) -> int:
    """Return how much of a payment from a wallet bonus pays, in minor units: what the wallet's
    money doesn't. Those that end first give it.

    The caller posts the payment, in the same transaction.
    Locks:  the wallet, until the caller's transaction ends.
    Raises: WalletTooLowError; IntegrityError if the payment used bonus before; nothing changed.
    """
    money = lock_wallet(subscriber_id=subscriber_id, currency=total.currency)
    if money.amount_minor >= total.amount_minor:
        return 0
    rows = Bonus.objects.filter(subscriber_id=subscriber_id, currency=total.currency)
    bonuses = {bonus.pk: bonus for bonus in rows.filter(left_minor__gt=0)}
    lots = [
        Lot(id=bonus.pk, left_minor=bonus.left_minor, expires_at=bonus.expires_at)
        for bonus in bonuses.values()
    ]
    paid_by = split(
        total.amount_minor,
        money_minor=money.amount_minor,
        bonus_minor=sum(lot.left_minor for lot in lots),
    )
    if paid_by is None:
        raise WalletTooLowError
    for bonus_id, part_minor in draw(lots, part_minor=paid_by.bonus_minor):
        bonus = bonuses[bonus_id]
        bonus.left_minor -= part_minor
        bonus.used_minor += part_minor
        bonus.save(update_fields=["left_minor", "used_minor"])
        BonusUse.objects.create(
            bonus=bonus,
            payment_number=payment_number,
            used_minor=part_minor,
            used_at=now,
            expires_at=bonus.expires_at,
        )
    return paid_by.bonus_minor
