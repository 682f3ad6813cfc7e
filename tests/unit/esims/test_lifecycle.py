"""When a bundle that is bought now begins and ends."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.esims.engine.lifecycle import (
    BundlePeriod,
    RunningBundle,
    TopUpNeedsBundleError,
    promised_period,
)
from limosa.foundation.period import Validity, ValidityUnit

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
ZONE = "America/Los_Angeles"
MONTH = Validity(1, ValidityUnit.MONTH)
ends = st.none() | st.timedeltas(timedelta(minutes=1), timedelta(days=400)).map(
    lambda ahead: NOW + ahead
)
bundles = st.lists(st.builds(RunningBundle, ends_at=ends, is_top_up=st.booleans()), max_size=5)
validities = st.builds(
    Validity, st.integers(min_value=1, max_value=24), st.sampled_from(ValidityUnit)
)


def promise(
    running: Sequence[RunningBundle] = (),
    *,
    validity: Validity | None = MONTH,
    waits_for_use: bool = False,
    after_current: bool = True,
) -> BundlePeriod:
    return promised_period(
        validity=validity,
        waits_for_use=waits_for_use,
        after_current=after_current,
        running=running,
        time_zone=ZONE,
        now=NOW,
    )


def until(days: int, *, is_top_up: bool = False) -> RunningBundle:
    return RunningBundle(ends_at=NOW + timedelta(days=days), is_top_up=is_top_up)


@given(running=bundles, validity=validities, waits=st.booleans(), after_current=st.booleans())
def test_both_times_are_known_or_neither_and_the_validity_is_whole(
    running: list[RunningBundle], validity: Validity, *, waits: bool, after_current: bool
) -> None:
    period = promise(running, validity=validity, waits_for_use=waits, after_current=after_current)
    if period.starts_at is None:
        assert period.ends_at is None
    else:
        assert period.starts_at >= NOW
        assert period.ends_at == validity.end_of(period.starts_at, time_zone=ZONE)


@given(bundles, validities)
def test_one_that_follows_begins_when_the_last_one_is_over(
    running: list[RunningBundle], validity: Validity
) -> None:
    own = [bundle.ends_at for bundle in running if not bundle.is_top_up]
    period = promise(running, validity=validity)
    if None in own:
        assert period == BundlePeriod(starts_at=None, ends_at=None)
    else:
        assert period.starts_at == max([end for end in own if end], default=NOW)


@given(bundles, validities)
def test_one_that_starts_now_does_not_look_at_the_others(
    running: list[RunningBundle], validity: Validity
) -> None:
    assert promise(running, validity=validity, after_current=False).starts_at == NOW


@given(running=bundles, after_current=st.booleans())
def test_a_top_up_ends_with_the_last_bundle_that_it_joins_or_is_refused(
    running: list[RunningBundle], *, after_current: bool
) -> None:
    known = [bundle.ends_at for bundle in running if bundle.ends_at and not bundle.is_top_up]
    if known:
        period = promise(running, validity=None, after_current=after_current)
        assert period == BundlePeriod(starts_at=NOW, ends_at=max(known))
    else:
        with pytest.raises(TopUpNeedsBundleError):
            promise(running, validity=None, after_current=after_current)


def test_the_first_use_decides_where_the_plan_says_so() -> None:
    assert promise([until(5)], waits_for_use=True) == BundlePeriod(starts_at=None, ends_at=None)


def test_a_top_up_is_nothing_to_wait_for() -> None:
    assert promise([until(5, is_top_up=True)]).starts_at == NOW


def test_a_month_after_one_that_ends_in_ten_days() -> None:
    period = promise([until(3), until(10)])
    assert period.starts_at == NOW + timedelta(days=10)
    assert period.ends_at == datetime(2027, 1, 3, 8, 0, tzinfo=UTC)
