from datetime import datetime

from limosa.domain.catalog.models import Plan
from limosa.domain.esims.engine.lifecycle import BundlePeriod
from limosa.domain.esims.models import Bundle, BundleState, Esim
from limosa.domain.rows import insert_row


def add_bundle(
    *,
    order_number: str,
    esim: Esim,
    plan: Plan,
    period: BundlePeriod,
    volume_bytes: int | None,
    now: datetime,
) -> Bundle:
    """Return the bundle that an order creates on an eSIM; commits with the caller's transaction.

    `volume_bytes`: what was bought, with its bonus; None: unlimited. The caller holds the eSIM.
    Raises: IntegrityError if the order already has a bundle.
    """
    begins_now = period.starts_at is not None and period.starts_at <= now
    bundle = Bundle(
        order_number=order_number,
        esim=esim,
        subscriber_id=esim.subscriber_id,
        plan=plan,
        state=BundleState.ACTIVE if begins_now else BundleState.QUEUED,
        volume_bytes=volume_bytes,
        fair_use_bytes=plan.fair_use_bytes,
        validity_count=plan.validity_count,
        validity_unit=plan.validity_unit,
        valid_from=plan.valid_from,
        first_use_before=period.first_use_before,
        created_at=now,
        starts_at=period.starts_at,
        ends_at=period.ends_at,
    )
    insert_row(bundle)
    return bundle
