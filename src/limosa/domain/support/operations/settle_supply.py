"""Record what became of an order at a supplier, when only people can know."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.connectivity.answers import Delivered, Unknown
from limosa.domain.connectivity.engine.supplying import SupplyState
from limosa.domain.connectivity.models import Supply
from limosa.domain.ordering.operations.apply_supply_answer import apply_supply_answer
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry
from limosa.domain.support.refusals import SupplyNotUnclearError


@staff_action(AuditAction.SETTLE_SUPPLY)
@transaction.atomic
def settle_supply(
    *, order_number: str, delivered: Delivered | None, actor: Subscriber | None, now: datetime
) -> str:
    """Apply what somebody saw on the supplier's own pages; return the order's new state there.

    `delivered`: what it delivered; None: it has no such order, so it is ordered again if it is
    still paid. If the order has been refunded meanwhile, it is cancelled there, where the supplier
    can.
    Raises: RoleTooLowError; Supply.DoesNotExist; SupplyNotUnclearError; nothing changed.
    """
    unclear = Supply.objects.filter(
        order_number=order_number, state=SupplyState.UNCLEAR.value
    ).first()
    if unclear is None:
        raise SupplyNotUnclearError
    result = apply_supply_answer(
        order_number=order_number,
        supplier_code=unclear.supplier_id,
        answer=Unknown() if delivered is None else delivered,
        now=now,
        by_staff=True,
    )
    record_audit_entry(
        actor=actor,
        action=AuditAction.SETTLE_SUPPLY,
        subject=order_number,
        detail="not ordered" if delivered is None else "delivered",
        now=now,
    )
    return result
