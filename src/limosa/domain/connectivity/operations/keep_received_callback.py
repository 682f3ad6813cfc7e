from collections.abc import Collection
from datetime import datetime

from limosa.domain.connectivity.kept_callbacks import (
    CONTENT_BYTES_MAX,
    UNSIGNED_BYTES_MAX,
    ReceivedCallback,
    packed,
)
from limosa.domain.connectivity.models import CallbackStanding, KeptCallback


def keep_received_callback(
    *,
    supplier_code: str,
    message_id: str,
    received: ReceivedCallback,
    orders: Collection[str],
    is_believed: bool,
    now: datetime,
) -> None:
    """Keep a callback that names orders as it arrived; one kept before is left unchanged.

    `orders`: our numbers. `is_believed`: its signature was right, so it may be applied again. One
    statement.
    """
    kept = KeptCallback(
        supplier_code=supplier_code,
        message_id=message_id[:80],
        order_numbers=sorted(orders),
        received_at=now,
        standing=CallbackStanding.VERIFIED if is_believed else CallbackStanding.UNSIGNED,
        content=packed(
            received, bytes_max=CONTENT_BYTES_MAX if is_believed else UNSIGNED_BYTES_MAX
        ),
    )
    KeptCallback.objects.bulk_create([kept], ignore_conflicts=True)
