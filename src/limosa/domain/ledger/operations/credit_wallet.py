from datetime import datetime

from limosa.domain.ledger.engine.postings import Leg
from limosa.domain.ledger.models import AccountKind
from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.foundation.money import Money


def credit_wallet(*, subscriber_id: int, amount: Money, key: str, now: datetime) -> bool:
    """Credit goodwill to a person's wallet; return False if the key was already posted.

    Raises: EntryKeyReusedError; nothing changed.
    """
    legs = [
        Leg(AccountKind.PROMOTIONS, amount),
        Leg(AccountKind.WALLET, -amount, owner=str(subscriber_id)),
    ]
    return post_entry(key=key, kind="goodwill", legs=legs, now=now)
