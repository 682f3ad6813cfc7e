"""The message sent after every PIN change, so that none goes unnoticed."""

from datetime import datetime
from typing import Literal

from limosa.domain.notifications.operations.notify import notify


def tell_of_new_pin(
    *, subscriber_id: int, how: Literal["set", "changed", "reset"], now: datetime
) -> None:
    """Notify a person that their payment PIN has changed; part of the caller's transaction."""
    notify(
        subscriber_id=subscriber_id,
        key=f"pin-{how}:{subscriber_id}:{now.isoformat()}",
        kind="payment_pin_new",
        parameters={"how": how},
        now=now,
    )
