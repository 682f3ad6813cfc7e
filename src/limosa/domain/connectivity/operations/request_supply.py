from datetime import datetime

from limosa.domain.connectivity.answers import SupplyRequest
from limosa.domain.connectivity.engine.supplying import SupplyState
from limosa.domain.connectivity.models import Supply


def request_supply(*, supplier_code: str, request: SupplyRequest, now: datetime) -> None:
    """Queue an order for a worker to place at the supplier; makes no outside call itself.

    Idempotent: an order has one at a time, and one per supplier. Commits with the caller's
    transaction.
    """
    renewed = request.renewed
    Supply.objects.bulk_create(
        [
            Supply(
                order_number=request.number,
                supplier_id=supplier_code,
                plan_code=request.plan_code,
                cost_minor=request.cost.amount_minor if request.cost else None,
                cost_currency=request.cost.currency if request.cost else "",
                renewed_iccid=renewed.iccid if renewed else "",
                renewed_reference=renewed.reference if renewed else "",
                state=SupplyState.DUE,
                created_at=now,
                next_at=now,
            )
        ],
        ignore_conflicts=True,
    )
