"""Draws places of an atlas: what is in a window, simplified to what can be seen."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import asin, degrees, hypot, radians
from typing import Any

from tools.map_atlas import Atlas, Polygon, Shape
from tools.map_geometry import (
    Box,
    Point,
    Projection,
    angle_between,
    area_of,
    around,
    box_of,
    centre_of,
    circle,
    cut_line,
    cut_ring,
    gap_between,
    joined,
    middle_of,
    path,
    position_at,
    room_at,
    simpler,
)

# Shapes go this far beyond what is seen, so that their cut edges are not.
MARGIN = 6.0
_LEAST_AREA = 3.0
_CROSSING = 0.6
# How near a part has to be to what is seen already, to be in a place's window: of that's
# extent. One that is large beside the largest may be further away; a tiny one widens no window.
_NEAR, _NEAR_IF_LARGE = 0.35, 1.2
_LARGE, _TINY = 0.1, 0.002
_SEEN_SHARE = 0.78


@dataclass(frozen=True, slots=True)
class Window:
    """What a map shows: points of a projection, and how they come to be on the picture.

    `middle`, `reach`: a circle around what is seen, in degrees; None: the whole world.
    """

    project: Projection
    box: Box
    width: int
    height: int
    middle: Point | None = None
    reach: float = 180.0

    def point(self, position: Point) -> Point:
        """Return where a position is on the picture."""
        x, y = self.project(position)
        scale = self.width / (self.box[2] - self.box[0])
        return (x - self.box[0]) * scale, (y - self.box[1]) * scale

    @property
    def frame(self) -> Box:
        """What is drawn: the picture with its margin."""
        return -MARGIN, -MARGIN, self.width + MARGIN, self.height + MARGIN

    def may_see(self, polygon: Polygon) -> bool:
        """Whether some of a polygon may be on the picture."""
        if self.middle is None:
            return True
        return angle_between(self.middle, polygon.middle) <= self.reach + polygon.reach


def window_on(
    shapes: Sequence[Shape], atlas: Atlas, *, width: int, height: int, least: float
) -> Window:
    """Return the window on a place, with some of what is around it; parts far from its largest are
    left out. `least`: degrees that it has at least from side to side."""
    polygons = [polygon for shape in shapes for polygon in shape.polygons]
    outlines = [atlas.ring(polygon.rings[0], atlas.arcs) for polygon in polygons]
    centre = middle_of(max(outlines, key=_area_around))
    for _ in range(2):  # The second time around what the first one found.
        box = _box_of_near([[*map(around(centre), one)] for one in outlines])
        centre = position_at(((box[0] + box[2]) / 2, (box[1] + box[3]) / 2), centre)
    box = _box_of_near([[*map(around(centre), one)] for one in outlines])
    wide = max(
        (box[2] - box[0]) / _SEEN_SHARE,
        (box[3] - box[1]) / _SEEN_SHARE * width / height,
        2 * radians(least / 2),
    )
    tall = wide * height / width
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    reach = degrees(2 * asin(min(hypot(wide, tall) / 2 * 1.1 / 2, 1)))
    seen = (x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2)
    return Window(around(centre), seen, width, height, position_at((x, y), centre), reach)


def _area_around(ring: Iterable[Point]) -> float:
    positions = [*ring]
    return area_of([*map(around(middle_of(positions)), positions)])


def _box_of_near(rings: Sequence[Sequence[Point]]) -> Box:
    in_order = sorted(rings, key=area_of, reverse=True)
    largest = area_of(in_order[0])
    found = box_of(in_order[0])
    left = [
        (box_of(ring), _NEAR_IF_LARGE if area_of(ring) >= _LARGE * largest else _NEAR)
        for ring in in_order[1:]
        if area_of(ring) >= _TINY * largest
    ]
    while near := [box for box, factor in left if _is_near(box, found, factor)]:
        found = joined([found, *near])
        left = [one for one in left if one[0] not in near]
    return found


def _is_near(one: Box, other: Box, factor: float) -> bool:
    extent = max(other[2] - other[0], other[3] - other[1])
    return gap_between(one, other) <= factor * extent


def draw(
    atlas: Atlas,
    shapes: Sequence[Shape],
    window: Window,
    *,
    tolerance: float,
    dot_of: Callable[[str], int] = lambda _: 0,
) -> dict[str, Any]:
    """Return a map as it is kept: shapes, borders between them, and borders in dispute.

    A shape is [code, path, x, y, room]: where its name may stand, and how wide it is there; what is
    nobody's has an empty code. `dot_of`: of a code, the radius of the dot that marks it where it is
    smaller; 0: none.
    """
    seen = [(shape, [one for one in shape.polygons if window.may_see(one)]) for shape in shapes]
    seen = [(shape, polygons) for shape, polygons in seen if polygons]
    lines = _Lines(atlas, window, tolerance)
    drawn = [
        row
        for shape, polygons in seen
        if (row := _row(shape.code, [*_rings(polygons, atlas, lines, window)], window, dot_of))
    ]
    settled, disputed = atlas.borders([shape for shape, _ in seen])
    border = partial(_border, lines=lines, window=window)
    return {
        "width": window.width,
        "height": window.height,
        "shapes": drawn,
        "borders": border(settled),
        "disputed": border(disputed),
    }


class _Lines(dict[int, Sequence[Point]]):
    """Arcs on the picture, simplified when one is asked for."""

    def __init__(self, atlas: Atlas, window: Window, tolerance: float) -> None:
        super().__init__()
        self._atlas, self._window, self._tolerance = atlas, window, tolerance

    def __missing__(self, number: int) -> Sequence[Point]:
        arc = self._atlas.arcs[number]
        points = [*map(self._window.point, arc)]
        left, top, right, bottom = box_of(points)
        frame = self._window.frame
        is_apart = right < frame[0] or left > frame[2] or bottom < frame[1] or top > frame[3]
        # What is not seen has only to keep the ring together.
        tolerance = max(right - left, bottom - top) / 2 if is_apart else self._tolerance
        self[number] = simpler(points, tolerance)
        return self[number]


def _rings(
    polygons: Iterable[Polygon], atlas: Atlas, lines: Mapping[int, Sequence[Point]], window: Window
) -> Iterator[list[Point]]:
    for polygon in polygons:
        for arcs in polygon.rings:
            ring = atlas.ring(arcs, lines)
            if len(ring) < 3:  # Too small to be seen, except by a dot where it is.
                ring = [window.point(polygon.middle)] * 3
            # An island on the edge of the world would be drawn across it.
            left, _, right, _ = box_of(ring)
            if window.middle is None and right - left > _CROSSING * window.width:
                continue
            ring = cut_ring(ring, window.frame)
            if len(ring) > 2:
                yield ring


def _row(
    code: str, rings: Sequence[Sequence[Point]], window: Window, dot_of: Callable[[str], int]
) -> list[Any]:
    if not rings:
        return []
    largest = max(rings, key=area_of)
    kept = [ring for ring in rings if area_of(ring) >= _LEAST_AREA]
    drawn = path(kept, is_closed=True)
    x, y = centre_of(largest)
    is_inside = 0 < x < window.width and 0 < y < window.height
    radius = dot_of(code) if code and is_inside else 0
    if area_of(largest) < 2 * radius * radius:
        drawn += circle((x, y), radius)
    if not drawn:
        return []
    return [code, drawn, round(x), round(y), round(room_at(largest, (x, y)))]


def _border(numbers: Sequence[int], *, lines: Mapping[int, Any], window: Window) -> str:
    pieces = (piece for number in numbers for piece in cut_line(lines[number], window.frame))
    return path(pieces, is_closed=False)
