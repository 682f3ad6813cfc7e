"""Geometry for charts: numbers in, numbers out. Templates draw them as SVG, with a text alternative
for people who can't see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10, pi

RING_RADIUS = 50
RING_LENGTH = 2 * pi * RING_RADIUS
# A round cap extends half the stroke on both ends, so no arc is shorter than a dot.
RING_LEAST = 0.1
# A speed of 10^6 kbps would be drawn as full; no slow one comes near.
_KBPS_DIGITS_MAX = 10
_SLOW_SHARE_MAX = 0.6


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


@dataclass(frozen=True, slots=True)
class SpeedCurve:
    """Speed over the data used: full up to `turn_x`, then `low_y`. `line` and `area`: paths."""

    width: int
    height: int
    turn_x: int
    low_y: int
    line: str
    area: str


def speed_curve(*, slow_kbps: int, width: int = 336, height: int = 72) -> SpeedCurve:
    """Return the curve of data at full speed, and as much again behind it.

    slow_kbps: the speed there, 0 if there is none. Speeds have no scale, since nobody knows the
    full one: between a still line and the full speed a slow one takes its place by its digits.
    """
    turn, full = width // 2, 3
    share = min(log10(max(slow_kbps, 1)) / _KBPS_DIGITS_MAX, _SLOW_SHARE_MAX)
    low = round(height - share * (height - full))
    line = f"M0 {full}H{turn}V{low}H{width}"
    return SpeedCurve(width, height, turn, low, line, f"{line}V{height}H0Z")
