"""Geometry for charts: numbers in, numbers out. Templates draw them as SVG, with a text alternative
for people who can't see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi

RING_RADIUS = 50
RING_LENGTH = 2 * pi * RING_RADIUS
# A round cap extends half the stroke on both ends, so no arc is shorter than a dot.
RING_LEAST = 0.1


@dataclass(frozen=True, slots=True)
class Ring:
    """The arc of what is left, as an SVG dash; `is_low` colours it as a warning."""

    percent: int
    dash: str
    is_low: bool


def ring(*, part: int, whole: int, low_percent: int = 20) -> Ring:
    """Return the arc for part/whole; nothing is drawn for zero."""
    share = min(max(part / whole, 0.0), 1.0) if whole > 0 else 0.0
    length = max(share * RING_LENGTH, RING_LEAST) if share else 0.0
    percent = int(share * 100)
    return Ring(percent, f"{length:.1f} {RING_LENGTH:.1f}", percent <= low_percent)


@dataclass(frozen=True, slots=True)
class Bar:
    """A column in a chart; `is_none`: a day without usage, drawn as a hairline."""

    x: float
    y: float
    width: float
    height: float
    is_none: bool

    @property
    def middle(self) -> float:
        """The centre of its label."""
        return round(self.x + self.width / 2, 1)


def bars(
    values: Sequence[int], *, width: int, height: int, gap: float = 0.4, least: float = 3
) -> list[Bar]:
    """Return a column for each value, the highest as high as the chart.

    gap: the empty share of a column's width. least: the minimum height of a value that is not zero.
    """
    if not values:
        return []
    most = max(*values, 1) if len(values) > 1 else max(values[0], 1)
    room = width / len(values)
    column = room * (1 - gap)
    drawn = []
    for index, value in enumerate(values):
        tall = max(value / most * height, least) if value > 0 else 1.0
        drawn.append(
            Bar(
                x=round(index * room + (room - column) / 2, 1),
                y=round(height - tall, 1),
                width=round(column, 1),
                height=round(tall, 1),
                is_none=value <= 0,
            )
        )
    return drawn
