from datetime import datetime

from limosa.domain.catalog.models import Plan
from limosa.domain.esims.engine.profile import Profile
from limosa.domain.esims.models import Esim
from limosa.foundation.identifiers import random_code


def add_esim(
    *, profile: Profile, plan: Plan, subscriber_id: int, time_zone: str, now: datetime
) -> Esim:
    """Return a person's new eSIM, ready for download. Commits with the caller's transaction.

    Raises: IntegrityError if an eSIM with this ICCID exists.
    """
    return Esim.objects.create(
        public_id=random_code(12),
        subscriber_id=subscriber_id,
        supplier_id=plan.supplier_id,
        carrier_id=plan.carrier_id,
        iccid=profile.iccid,
        activation_code=profile.activation_code,
        supplier_reference=profile.reference,
        time_zone=time_zone,
        created_at=now,
    )
