"""How long a balance lasts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.payables.engine.outlook import PACE_DAYS, BalanceWarning, outlook

CASES = {
    "nothing is spent": (100, 0, 0, (None, "")),
    "it lasts": (10_000, 7_000, 0, (10, "")),
    "it runs out in two days": (2_999, 7_000, 0, (2, "days")),
    "exactly as long as wanted": (3_000, 7_000, 0, (3, "")),
    "below the floor": (999, 0, 1_000, (None, "floor")),
    "at the floor": (1_000, 0, 1_000, (None, "")),
    "in debt": (-5, 7, 0, (0, "floor")),
    "more came back than was spent": (100, -50, 0, (None, "")),
}


@pytest.mark.parametrize(("available", "spent", "floor", "due"), CASES.values(), ids=CASES)
def test_what_becomes_of_it(
    available: int, spent: int, floor: int, due: tuple[int | None, str]
) -> None:
    found = outlook(available_minor=available, spent_minor=spent, floor_minor=floor, days_least=3)
    assert (found.days_left, found.warning) == due


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_what_is_left_pays_for_the_days_that_are_said(available: int, spent: int) -> None:
    found = outlook(available_minor=available, spent_minor=spent, floor_minor=0, days_least=0)
    assert found.days_left is not None
    assert found.days_left * spent <= available * PACE_DAYS < (found.days_left + 1) * spent
    assert found.warning is BalanceWarning.NONE
