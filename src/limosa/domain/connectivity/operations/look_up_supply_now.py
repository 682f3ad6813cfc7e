from datetime import datetime

from limosa.domain.connectivity.engine.supplying import SupplyState
from limosa.domain.connectivity.models import Supply


def look_up_supply_now(*, order_number: str, supplier_code: str, now: datetime) -> bool:
    """Have an order looked up at a supplier at once; return False if it is not waiting for that.

    Applies only to `pending` orders, so one that is just being ordered is left alone. Locks: none;
    one UPDATE.
    """
    waiting = Supply.objects.filter(
        order_number=order_number, supplier=supplier_code, state=SupplyState.PENDING.value
    )
    return bool(waiting.update(next_at=now))
