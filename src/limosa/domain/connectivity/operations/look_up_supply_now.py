from datetime import datetime

from django.db.models import Q

from limosa.domain.connectivity.engine.supplying import BEING_UNDONE, SupplyState
from limosa.domain.connectivity.models import Supply
from limosa.domain.connectivity.operations.take_supply import LEASE


def look_up_supply_now(*, order_number: str, supplier_code: str, now: datetime) -> bool:
    """Have an order looked up at a supplier at once, or what became of its cancellation; return
    False if it is not waiting for that.

    One that is just being ordered or cancelled is left alone. Locks: none; one UPDATE.
    """
    is_undone = Q(state__in=BEING_UNDONE, next_at__gt=now + LEASE)
    waiting = Supply.objects.filter(
        Q(state=SupplyState.PENDING.value) | is_undone,
        order_number=order_number,
        supplier=supplier_code,
    )
    return bool(waiting.update(next_at=now))
