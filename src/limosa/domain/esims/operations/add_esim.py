from dataclasses import dataclass
from datetime import datetime

from limosa.domain.catalog.models import Plan
from limosa.domain.esims.engine.profile import Profile
from limosa.domain.esims.models import Esim
from limosa.foundation.identifiers import random_code


@dataclass(frozen=True, slots=True)
class SupplierOrder:
    """An order at a supplier: its code, and the supplier's own id of the order, if it has one."""

    code: str
    reference: str = ""


def add_esim(
    *,
    profile: Profile,
    plan: Plan,
    supplier: SupplierOrder,
    subscriber_id: int,
    time_zone: str,
    now: datetime,
) -> Esim:
    """Return a person's new eSIM, ready for download. Commits with the caller's transaction.

    `supplier`: who delivered it. Raises: IntegrityError if an eSIM with this ICCID and the
    supplier's own reference exists.
    """
    return Esim.objects.create(
        public_id=random_code(12),
        subscriber_id=subscriber_id,
        supplier_id=supplier.code,
        carrier_id=plan.carrier_id,
        iccid=profile.iccid,
        activation_code=profile.activation_code,
        supplier_reference=profile.reference,
        supplier_order_reference=supplier.reference,
        time_zone=time_zone,
        created_at=now,
    )
