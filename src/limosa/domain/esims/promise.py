"""The rule of lifecycle.py, applied to a plan."""

from collections.abc import Sequence
from datetime import datetime

from limosa.domain.catalog.models import Plan, ValidFrom
from limosa.domain.esims.engine.lifecycle import BundlePeriod, RunningBundle, promised_period


def period_for(
    *,
    plan: Plan,
    running: Sequence[RunningBundle],
    after_current: bool,
    time_zone: str,
    now: datetime,
) -> BundlePeriod:
    """Return when a bundle of `plan`, bought now, begins and ends.

    `running`: the eSIM's open bundles, from queries.running_bundles. Raises TopUpNeedsBundleError.
    """
    return promised_period(
        validity=plan.validity,
        waits_for_use=plan.valid_from == ValidFrom.FIRST_USE,
        after_current=after_current,
        running=running,
        time_zone=time_zone,
        now=now,
    )
