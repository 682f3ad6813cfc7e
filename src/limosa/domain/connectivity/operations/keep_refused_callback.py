from datetime import datetime, timedelta
from hashlib import sha256

from limosa.domain.connectivity.engine.blotting import order_numbers_in
from limosa.domain.connectivity.kept_callbacks import ReceivedCallback, packed
from limosa.domain.connectivity.models import (
    REASON_LENGTH_MAX,
    CallbackStanding,
    KeptCallback,
    Supply,
)

# Anybody can send these: they may not fill the table.
_IN_AN_HOUR_MAX = 20


def keep_refused_callback(
    *, supplier_code: str, reason: str, received: ReceivedCallback, now: datetime
) -> bool:
    """Keep a callback that was refused, if it names an order that this supplier has of us; return
    whether it was kept. It is only ever shown, as one that was refused.

    The same one is kept once, and twenty in an hour of a supplier.
    """
    numbers = Supply.objects.filter(
        supplier=supplier_code, order_number__in=order_numbers_in(received.body)
    ).values_list("order_number", flat=True)
    named = sorted(set(numbers))
    lately = KeptCallback.objects.filter(
        supplier_code=supplier_code,
        standing=CallbackStanding.REFUSED,
        received_at__gt=now - timedelta(hours=1),
    )
    if not named or lately.count() >= _IN_AN_HOUR_MAX:
        return False
    kept = KeptCallback(
        supplier_code=supplier_code,
        message_id=f"refused {sha256(received.body).hexdigest()}",
        order_numbers=named,
        received_at=now,
        standing=CallbackStanding.REFUSED,
        reason=reason[:REASON_LENGTH_MAX],
        content=packed(received),
    )
    KeptCallback.objects.bulk_create([kept], ignore_conflicts=True)
    return True
