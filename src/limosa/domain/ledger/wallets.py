"""Locks wallets, for what decides by their balance."""

from limosa.domain.ledger.models import Account, AccountKind
from limosa.foundation.money import Money


def lock_wallet(*, subscriber_id: int, currency: str) -> Money:
    """Lock a person's wallet in a currency until the transaction ends, and return what is in it;
    zero, and nothing locked, if there is none.

    It stands for their bonuses in that currency too: whoever has any has a wallet, and whoever
    changes any holds it.
    """
    rows = Account.objects.select_for_update(of=("self",), no_key=True).filter(
        subscriber_id=subscriber_id, kind=AccountKind.WALLET, currency=currency
    )
    wallet = rows.first()
    return Money((wallet.balance_minor or 0) if wallet else 0, currency)
