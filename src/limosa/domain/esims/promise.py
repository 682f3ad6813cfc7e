"""The rule of lifecycle.py, asked for a plan and an eSIM's open bundles."""

from collections.abc import Iterable
from datetime import datetime

from limosa.domain.catalog.models import Plan, PlanKind, ValidFrom
from limosa.domain.esims.engine.lifecycle import BundlePeriod, RunningBundle, promised_period
from limosa.domain.esims.models import Bundle


def period_for(
    *,
    plan: Plan,
    bundles: Iterable[Bundle],
    after_current: bool,
    time_zone: str,
    now: datetime,
) -> BundlePeriod:
    """Return when a bundle of `plan`, bought now, begins and ends.

    `bundles`: the eSIM's open ones. Raises TopUpNeedsBundleError.
    """
    return promised_period(
        validity=plan.validity,
        waits_for_use=plan.valid_from == ValidFrom.FIRST_USE,
        after_current=after_current,
        running=[
            RunningBundle(ends_at=bundle.ends_at, is_top_up=bundle.plan.kind == PlanKind.TOP_UP)
            for bundle in bundles
            if bundle.ends_at is None or bundle.ends_at > now
        ],
        time_zone=time_zone,
        now=now,
    )
