"""The geometry of rings and bars."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.web.drawing import RING_LENGTH, bars, ring

amounts = st.integers(min_value=0, max_value=10**13)


@given(part=amounts, whole=amounts)
def test_a_ring_never_leaves_the_circle(part: int, whole: int) -> None:
    drawn = ring(part=part, whole=whole)
    dash, gap = (float(number) for number in drawn.dash.split())
    assert 0 <= dash <= gap
    assert 0 <= drawn.percent <= 100


@pytest.mark.parametrize(
    ("part", "whole", "percent", "is_low"),
    [
        (20, 20, 100, False),
        (10, 20, 50, False),
        (4, 20, 20, True),
        (0, 20, 0, True),
        (0, 0, 0, True),
    ],
)
def test_a_ring_shows_what_is_left(part: int, whole: int, percent: int, is_low: bool) -> None:  # noqa: FBT001
    drawn = ring(part=part, whole=whole)
    assert (drawn.percent, drawn.is_low) == (percent, is_low)


def test_a_last_byte_is_still_a_dot() -> None:
    assert ring(part=1, whole=10**11).dash == f"0.1 {RING_LENGTH:.1f}"


@given(values=st.lists(amounts, min_size=1, max_size=40))
def test_bars_stay_inside_their_chart_and_do_not_touch(values: list[int]) -> None:
    drawn = bars(values, width=336, height=64)
    assert len(drawn) == len(values)
    for bar in drawn:
        assert bar.x >= 0
        assert bar.x + bar.width <= 336.1
        assert bar.y >= 0
        assert bar.y + bar.height == pytest.approx(64, abs=0.11)
    for left, right in pairwise(drawn):
        assert left.x + left.width < right.x


@given(values=st.lists(amounts, min_size=2, max_size=40))
def test_more_use_is_never_a_lower_bar(values: list[int]) -> None:
    drawn = bars(values, width=336, height=64)
    pairs = sorted(zip(values, drawn, strict=True), key=lambda pair: pair[0])
    heights = [bar.height for _value, bar in pairs]
    assert heights == sorted(heights)


def test_a_day_without_use_is_told_apart_from_a_little() -> None:
    nothing, little, most = bars([0, 1, 10**9], width=100, height=50)
    assert nothing.is_none
    assert not little.is_none
    assert little.height > nothing.height
    assert most.height == 50


def test_no_days_are_no_bars() -> None:
    assert bars([], width=100, height=50) == []
