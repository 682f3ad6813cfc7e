from collections.abc import Sequence
from datetime import datetime

from limosa.domain.ledger.engine.postings import Leg
from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.notifications.operations.notify import notify
from limosa.domain.rows import update_row
from limosa.domain.wallets.models import TopUpState, WalletTopUp
from limosa.domain.wallets.operations.grant_bonus import grant_bonus


def credit_top_up(*, top_up: WalletTopUp, legs: Sequence[Leg], key: str, now: datetime) -> None:
    """Credit a top-up that was paid to its wallet, give its bonus, and tell the person: `placed`
    becomes `paid`.

    `legs`: what came in, and the wallet's credit. The caller holds the payment and the top-up.
    Locks:  the wallet.
    Raises: EntryKeyReusedError (our bug); nothing changed.
    """
    top_up.state = TopUpState.PAID.value
    top_up.paid_at = now
    update_row(top_up, "state", "paid_at")
    post_entry(key=key, kind="top_up", order_number=top_up.number, legs=legs, now=now)
    grant_bonus(top_up=top_up, now=now)
    notify(
        subscriber_id=top_up.subscriber_id,
        key=f"topped-up:{top_up.number}",
        kind="wallet_topped_up",
        parameters={
            "order_number": top_up.number,
            "amount_minor": top_up.amount_minor,
            "currency": top_up.currency,
            "bonus_minor": top_up.bonus_minor,
        },
        now=now,
    )
