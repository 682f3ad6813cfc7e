"""A bundle as the rules see it, and what becomes of it by them."""

from datetime import datetime

from limosa.domain.charging.engine.deduction import Bucket, BucketState
from limosa.domain.esims.engine.lifecycle import BundlePeriod
from limosa.domain.esims.models import Bundle, BundleState
from limosa.domain.esims.operations.use_bundle import use_bundle


def bucket_of(bundle: Bundle) -> Bucket:
    """Return a bundle in the terms of the rules: nothing more is drawn from a refunded one."""
    is_refunded = bundle.state == BundleState.REFUNDED
    return Bucket(
        id=bundle.pk,
        state=BucketState.EXHAUSTED if is_refunded else BucketState(bundle.state),
        volume_bytes=bundle.volume_bytes,
        fair_use_bytes=bundle.fair_use_bytes,
        used_bytes=bundle.used_bytes,
        starts_at=bundle.starts_at,
        ends_at=bundle.ends_at,
        first_use_validity=bundle.validity if bundle.starts_at is None else None,
        first_use_before=bundle.first_use_before,
    )


def store_bucket(bundle: Bundle, bucket: Bucket, *, now: datetime) -> None:
    """Store what the rules made of a bundle. The caller holds the eSIM and the bundle."""
    use_bundle(
        bundle=bundle,
        state=bucket.state.value,
        used_bytes=bucket.used_bytes,
        period=BundlePeriod(starts_at=bucket.starts_at, ends_at=bucket.ends_at),
        now=now,
    )


def has_queue(bundles: list[Bundle]) -> bool:
    """Whether a bundle waits, so that nobody has to be warned of the end of another."""
    return any(bundle.state == BundleState.QUEUED for bundle in bundles)
