"""What the maps are drawn by: projections, fewer points, edges, paths."""

import itertools
from math import hypot

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.map_geometry import (
    angle_between,
    area_of,
    around,
    centre_of,
    cut_line,
    cut_ring,
    path,
    patterson,
    position_at,
    room_at,
    simpler,
)

SQUARE = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]
LINES = st.lists(
    st.tuples(st.integers(0, 50).map(float), st.integers(0, 50).map(float)), min_size=2, max_size=30
)
POSITIONS = st.tuples(st.floats(-180, 180, allow_nan=False), st.floats(-80, 80, allow_nan=False))


@given(POSITIONS, POSITIONS)
def test_a_projection_around_a_place_can_be_undone(
    centre: tuple[float, float], there: tuple[float, float]
) -> None:
    if angle_between(centre, there) < 150:
        back = position_at(around(centre)(there), centre)
        assert angle_between(back, there) < 1e-5


def test_the_world_is_cut_in_the_bering_strait() -> None:
    assert patterson((-168.9, 66.0))[0] < -1
    assert patterson((-169.5, 66.0))[0] > 1


@given(LINES, st.floats(0.1, 10))
def test_a_simpler_line_keeps_its_ends_and_what_is_far_from_it(
    line: list[tuple[float, float]], tolerance: float
) -> None:
    found = simpler(line, tolerance)
    assert (found[0], found[-1]) == (line[0], line[-1])
    assert set(found) <= set(line)
    for point in line:
        assert min(off(point, a, b) for a, b in itertools.pairwise(found)) <= tolerance + 1e-9


def off(point: tuple[float, float], a: tuple[float, float], b: tuple[float, float]) -> float:
    length = (b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2
    if not length:
        return hypot(point[0] - a[0], point[1] - a[1])
    along = ((point[0] - a[0]) * (b[0] - a[0]) + (point[1] - a[1]) * (b[1] - a[1])) / length
    share = min(max(along, 0), 1)
    return hypot(point[0] - a[0] - share * (b[0] - a[0]), point[1] - a[1] - share * (b[1] - a[1]))


@pytest.mark.parametrize(
    ("box", "area"),
    [((2, 2, 8, 8), 36), ((-5, -5, 5, 5), 25), ((-1, -1, 11, 11), 100), ((20, 20, 30, 30), 0)],
)
def test_a_ring_is_cut_to_a_box(box: tuple[float, float, float, float], area: float) -> None:
    assert area_of(cut_ring(SQUARE, box)) == area


def test_a_line_that_leaves_a_box_and_comes_back_is_two() -> None:
    line = [(0.0, 5.0), (20.0, 5.0), (20.0, 30.0), (5.0, 30.0), (5.0, 0.0)]
    assert len(cut_line(line, (0, 0, 10, 10))) == 2


def test_a_path_is_of_whole_numbers_and_says_no_point_twice() -> None:
    ring = [(0.2, 0.1), (10.4, 0.2), (10.3, 0.3), (10, 9.8), (-3, 10)]
    assert path([ring], is_closed=True) == "M0 0l10 0 0 10-13 0z"
    assert path([[(1, 1), (1.2, 1.3)]], is_closed=False) == ""


def test_room_is_what_both_sides_of_a_point_have() -> None:
    assert room_at(SQUARE, centre_of(SQUARE)) == 10
    assert room_at(SQUARE, (2, 5)) == 4
    assert room_at(SQUARE, (12, 5)) == 0
