"""What drawing a map takes: projections, fewer points, an edge, a path. Numbers in, numbers out.

Positions are (longitude, latitude) in degrees; what is projected, and all that is drawn, is (x, y)
with y downwards.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from math import asin, atan2, cos, degrees, hypot, radians, sin, sqrt
from typing import TypeAlias

Point: TypeAlias = tuple[float, float]
Line: TypeAlias = Sequence[Point]
Box: TypeAlias = tuple[float, float, float, float]
Projection: TypeAlias = Callable[[Point], Point]

# The world is cut in the Bering Strait.
_WORLD_CENTRE = 11.0
# Patterson, Šavrič and Jenny, "Introducing the Patterson cylindrical projection", 2014.
_PATTERSON = (1.0148, 0.23185, -0.14499, 0.02406)


def patterson(position: Point) -> Point:
    """Project the whole world, so that the countries of Europe are large enough to be told apart
    and those of the north are not much larger than they are."""
    longitude = radians((position[0] - _WORLD_CENTRE + 180) % 360 - 180)
    up = radians(position[1])
    c1, c2, c3, c4 = _PATTERSON
    return longitude, -(c1 * up + c2 * up**5 + c3 * up**7 + c4 * up**9)


def around(centre: Point) -> Projection:
    """Return Lambert's azimuthal equal-area projection around a position."""
    longitude, latitude = radians(centre[0]), radians(centre[1])
    sine, cosine = sin(latitude), cos(latitude)

    def project(position: Point) -> Point:
        there, up = radians(position[0]) - longitude, radians(position[1])
        nearness = sine * sin(up) + cosine * cos(up) * cos(there)
        factor = sqrt(2 / max(1 + nearness, 1e-9))
        x = factor * cos(up) * sin(there)
        return x, -factor * (cosine * sin(up) - sine * cos(up) * cos(there))

    return project


def position_at(point: Point, centre: Point) -> Point:
    """Return the position that `around(centre)` puts at a point."""
    x, y = point[0], -point[1]
    far = hypot(x, y)
    if far < 1e-12:
        return centre
    angle = 2 * asin(min(far / 2, 1))
    latitude = radians(centre[1])
    up = asin(cos(angle) * sin(latitude) + y * sin(angle) * cos(latitude) / far)
    across = x * sin(angle)
    along = far * cos(latitude) * cos(angle) - y * sin(latitude) * sin(angle)
    return (centre[0] + degrees(atan2(across, along)) + 180) % 360 - 180, degrees(up)


def angle_between(one: Point, other: Point) -> float:
    """Return how far two positions are apart, in degrees of a great circle."""
    up, down = radians(one[1]), radians(other[1])
    part = sin((up - down) / 2) ** 2
    part += cos(up) * cos(down) * sin(radians(one[0] - other[0]) / 2) ** 2
    return degrees(2 * asin(min(sqrt(part), 1)))


def middle_of(positions: Iterable[Point]) -> Point:
    """Return the position in the middle of others, on the sphere."""
    x = y = z = 0.0
    for longitude, latitude in positions:
        x += cos(radians(latitude)) * cos(radians(longitude))
        y += cos(radians(latitude)) * sin(radians(longitude))
        z += sin(radians(latitude))
    return degrees(atan2(y, x)), degrees(atan2(z, hypot(x, y)))


def box_of(points: Iterable[Point]) -> Box:
    """Return the least x and y, and the greatest."""
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def joined(boxes: Iterable[Box]) -> Box:
    """Return the box around several."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def gap_between(one: Box, other: Box) -> float:
    """Return how far two boxes are apart; 0: they touch."""
    across = max(one[0] - other[2], other[0] - one[2], 0)
    return hypot(across, max(one[1] - other[3], other[1] - one[3], 0))


def area_of(ring: Line) -> float:
    """Return the area of a ring, whichever way round it is."""
    return abs(_signed(ring))


def _signed(ring: Line) -> float:
    pairs = zip(ring, [*ring[1:], *ring[:1]], strict=True)
    return sum(one[0] * other[1] - other[0] * one[1] for one, other in pairs) / 2


def centre_of(ring: Line) -> Point:
    """Return the centre of a ring's area."""
    whole = _signed(ring)
    if not whole:
        return ring[0]
    x = y = 0.0
    for one, other in zip(ring, [*ring[1:], *ring[:1]], strict=True):
        part = one[0] * other[1] - other[0] * one[1]
        x += (one[0] + other[0]) * part
        y += (one[1] + other[1]) * part
    return x / (6 * whole), y / (6 * whole)


def room_at(ring: Line, point: Point) -> float:
    """Return how wide a ring is on both sides of a point, at its height: twice the nearer side. 0:
    the point is outside."""
    x, y = point
    crossings = sorted(_crossings(ring, y))
    for left, right in zip(crossings[::2], crossings[1::2], strict=False):
        if left <= x <= right:
            return 2 * min(x - left, right - x)
    return 0.0


def _crossings(ring: Line, y: float) -> Iterator[float]:
    for one, other in zip(ring, [*ring[1:], *ring[:1]], strict=True):
        if (one[1] > y) != (other[1] > y):
            yield one[0] + (y - one[1]) * (other[0] - one[0]) / (other[1] - one[1])


def simpler(line: Line, tolerance: float) -> list[Point]:
    """Return a line with fewer points, none of which was further from it (Douglas and Peucker).

    Its ends stay, so that lines that meet still do; a closed one keeps its farthest point, too.
    """
    if len(line) < 3:
        return list(line)
    kept = {0, len(line) - 1}
    spans = [(0, len(line) - 1)]
    if line[0] == line[-1]:
        far = max(range(len(line)), key=lambda i: _apart(line[0], line[i]))
        kept.add(far)
        spans = [(0, far), (far, len(line) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        away, at = max((_off(line[i], line[first], line[last]), i) for i in range(first + 1, last))
        if away > tolerance:
            kept.add(at)
            spans += [(first, at), (at, last)]
    return [line[i] for i in sorted(kept)]


def _apart(one: Point, other: Point) -> float:
    return hypot(one[0] - other[0], one[1] - other[1])


def _off(point: Point, start: Point, end: Point) -> float:
    across, down = end[0] - start[0], end[1] - start[1]
    length = across * across + down * down
    if not length:
        return _apart(point, start)
    share = ((point[0] - start[0]) * across + (point[1] - start[1]) * down) / length
    share = min(max(share, 0), 1)
    return _apart(point, (start[0] + share * across, start[1] + share * down))


def cut_ring(ring: Line, box: Box) -> list[Point]:
    """Return the part of a ring inside a box (Sutherland and Hodgman); empty: there is none."""
    found = list(ring)
    for axis, bound, keeps_greater in (
        (0, box[0], True),
        (1, box[1], True),
        (0, box[2], False),
        (1, box[3], False),
    ):
        found = list(_cut(found, axis, bound, keeps_greater=keeps_greater))
        if not found:
            break
    return found


def _cut(ring: Line, axis: int, bound: float, *, keeps_greater: bool) -> Iterator[Point]:
    if not ring:
        return
    before = ring[-1]
    for point in ring:
        is_in, was_in = (
            (one[axis] >= bound) if keeps_greater else (one[axis] <= bound)
            for one in (point, before)
        )
        if is_in != was_in:
            share = (bound - before[axis]) / (point[axis] - before[axis])
            yield (
                before[0] + share * (point[0] - before[0]),
                before[1] + share * (point[1] - before[1]),
            )
        if is_in:
            yield point
        before = point


def cut_line(line: Line, box: Box) -> list[list[Point]]:
    """Return the pieces of a line that are in a box, or go into it or out of it."""
    pieces: list[list[Point]] = []
    is_on = False
    for one, other in itertools.pairwise(line):
        outside = (
            max(one[0], other[0]) < box[0]
            or min(one[0], other[0]) > box[2]
            or max(one[1], other[1]) < box[1]
            or min(one[1], other[1]) > box[3]
        )
        if outside:
            is_on = False
            continue
        if not is_on:
            pieces.append([one])
        pieces[-1].append(other)
        is_on = True
    return pieces


def path(lines: Iterable[Line], *, is_closed: bool) -> str:
    """Return lines as an SVG path of whole numbers, each point relative to the one before."""
    return "".join(_path_of(line, is_closed=is_closed) for line in lines)


def _path_of(line: Line, *, is_closed: bool) -> str:
    points = [(round(x), round(y)) for x, y in line]
    points = [one for one, before in zip(points, [None, *points], strict=False) if one != before]
    if is_closed and len(points) > 1 and points[0] == points[-1]:
        points.pop()
    if len(points) < (3 if is_closed else 2):
        return ""
    steps = [(x - left, y - top) for (left, top), (x, y) in itertools.pairwise(points)]
    moves = "".join(_pair(*step, is_first=number == 0) for number, step in enumerate(steps))
    end = "z" if is_closed else ""
    return f"M{points[0][0]} {points[0][1]}l{moves}{end}"


def _pair(x: int, y: int, *, is_first: bool) -> str:
    before = "" if is_first or x < 0 else " "
    return f"{before}{x}{'' if y < 0 else ' '}{y}"


def circle(centre: Point, radius: int) -> str:
    """Return a circle as a path."""
    x, y = round(centre[0]), round(centre[1])
    half = f"a{radius} {radius} 0 1 0"
    return f"M{x - radius} {y}{half} {2 * radius} 0{half}-{2 * radius} 0z"
