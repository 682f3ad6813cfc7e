from datetime import datetime

from limosa.domain.esims.engine.bundle_life import OPEN_STATES, used_up_to
from limosa.domain.esims.engine.lifecycle import BundlePeriod
from limosa.domain.esims.models import Bundle


def use_bundle(
    *, bundle: Bundle, state: str, used_bytes: int, period: BundlePeriod, now: datetime
) -> None:
    """Store the effect of a usage report on a bundle.

    Before: `queued` or `active`. `state`: afterwards the same, or `active`, `exhausted` or
    `expired`. `used_bytes`: the total so far. `period`: its period, which the first byte may
    decide. Whoever asked to be called when so much is used is. The caller holds the eSIM and the
    bundle.
    Raises: TransitionRefusedError, IntegrityError (more than its volume); nothing changed.
    """
    bundle.state = used_up_to(bundle.state, state)
    bundle.used_bytes = used_bytes
    bundle.starts_at, bundle.ends_at = period.starts_at, period.ends_at
    if bundle.state not in OPEN_STATES:
        bundle.ended_at = now
    fields = ["state", "used_bytes", "starts_at", "ends_at", "ended_at"]
    if bundle.called_at is None and bundle.call_at_bytes is not None:
        bundle.called_at = now if used_bytes >= bundle.call_at_bytes else None
        fields.append("called_at")
    bundle.save(update_fields=fields)
