from collections.abc import Mapping
from datetime import datetime

from limosa.domain.connectivity.models import SupplierMessage


def keep_callback(
    *, supplier_code: str, message_id: str, results: Mapping[str, str], now: datetime
) -> None:
    """Store a supplier's callback with its results; one stored before is left unchanged.

    `results`: by order number; empty: it was about no order. One statement.
    """
    SupplierMessage.objects.bulk_create(
        [
            SupplierMessage(
                supplier_code=supplier_code,
                message_id=message_id[:80],
                order_number=number,
                received_at=now,
                result=result,
            )
            for number, result in (results or {"": "no_news"}).items()
        ],
        ignore_conflicts=True,
    )
