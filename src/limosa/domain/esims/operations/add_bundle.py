from datetime import datetime, timedelta

from limosa.domain.catalog.models import Plan
from limosa.domain.esims.engine.lifecycle import BundlePeriod
from limosa.domain.esims.models import Bundle, BundleState, Esim
from limosa.domain.esims.queries import open_bundles
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
        first_use_before=None if period.starts_at else _first_use_before(esim, plan, now),
        created_at=now,
        starts_at=period.starts_at,
        ends_at=period.ends_at,
    )
    insert_row(bundle)
    return bundle


def _first_use_before(esim: Esim, plan: Plan, now: datetime) -> datetime:
    """Return the deadline for the first use, counted from the end of the bundles before it."""
    latest = now
    for bundle in open_bundles(esim_ids=[esim.pk]):
        end = bundle.ends_at
        if end is None and bundle.validity and bundle.first_use_before:
            end = bundle.validity.end_of(bundle.first_use_before, time_zone=esim.time_zone)
        latest = max(latest, end or now)
    return latest + timedelta(days=plan.first_use_within_days)
