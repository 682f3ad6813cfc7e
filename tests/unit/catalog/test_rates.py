"""Rates, to compare plans by."""

import pytest

from limosa.domain.catalog.engine.rates import days_of, minor_of, rate_per_day, rate_per_gb
from limosa.foundation.period import Validity, ValidityUnit
from limosa.foundation.volume import GB


@pytest.mark.parametrize(
    ("amount", "volume", "rate"),
    [(2500, 20 * GB, 125_000), (1000, 3 * GB, 333_333), (1, 500 * GB, 2), (2**60, 1, 2**63 - 1)],
)
def test_a_gigabyte_has_its_rate_rounded_down(amount: int, volume: int, rate: int) -> None:
    assert rate_per_gb(amount, volume_bytes=volume) == rate


def test_a_month_counts_as_thirty_days_and_a_top_up_has_none() -> None:
    month, week = Validity(1, ValidityUnit.MONTH), Validity(7, ValidityUnit.DAY)
    assert (days_of(month), days_of(week)) == (30, 7)
    assert rate_per_day(2500, validity=month) == 83_333
    assert rate_per_day(700, validity=week) == 100_000
    assert rate_per_day(700, validity=None) is None


@pytest.mark.parametrize(("rate", "minor"), [(1499, 1), (1500, 2), (125_000, 125), (2, 1)])
def test_people_read_whole_minor_units_and_never_nothing(rate: int, minor: int) -> None:
    assert minor_of(rate) == minor
