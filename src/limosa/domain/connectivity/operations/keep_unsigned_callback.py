from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count

from limosa.domain.connectivity.kept_callbacks import ReceivedCallback
from limosa.domain.connectivity.models import SupplierMessage, Supply
from limosa.domain.connectivity.operations.keep_callback import keep_callback
from limosa.domain.connectivity.operations.keep_received_callback import keep_received_callback

# Anybody can send these: they may not fill the tables. As many as are kept of refused ones.
_IN_AN_HOUR_MAX = 20


def keep_unsigned_callback(
    *,
    supplier_code: str,
    message_id: str,
    received: ReceivedCallback | None,
    results: Mapping[str, str],
    orders: Collection[str],
    now: datetime,
) -> bool:
    """Keep a callback that proves nothing, with its results; return False if some of it was left
    out, because twenty about the same were kept within an hour.

    `message_id`: one that depends on the content (id_with_content). `results`, `orders`: as
    keep_callback and keep_received_callback take them.
    Locks: the orders at suppliers, unless all of it is left out.
    """
    keys = list(results) or [""]
    if set(keys) <= _full(supplier_code, keys, now):
        return False
    with transaction.atomic():
        supplies = Supply.objects.select_for_update().filter(order_number__in=orders)
        list(supplies.order_by("id").values_list("pk"))
        full = _full(supplier_code, keys, now)
        if received is not None and orders and not full.intersection(orders):
            keep_received_callback(
                supplier_code=supplier_code,
                message_id=message_id,
                received=received,
                orders=orders,
                is_believed=False,
                now=now,
            )
        if not full.issuperset(keys):
            kept = {key: result for key, result in results.items() if key not in full}
            keep_callback(supplier_code=supplier_code, message_id=message_id, results=kept, now=now)
    return not full


def _full(supplier_code: str, keys: Collection[str], now: datetime) -> set[str]:
    """Return those of which as many as may be were kept lately."""
    counted = (
        SupplierMessage.objects.filter(
            supplier_code=supplier_code,
            order_number__in=keys,
            received_at__gt=now - timedelta(hours=1),
        )
        .values("order_number")
        .annotate(kept=Count("pk"))
    )
    return {row["order_number"] for row in counted if row["kept"] >= _IN_AN_HOUR_MAX}
