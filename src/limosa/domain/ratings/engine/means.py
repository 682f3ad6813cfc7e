"""The sums behind a published rating, in whole numbers: docs/explanation/ratings.md has them.

Answers and means are in thousandths, so 4.25 is 4250; a weight of 1000 is that of a rating of this
month. The guard of published ratings repeats the sums in SQL, from the same weights.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from math import isqrt

from limosa.domain.ratings.engine.questions import ANSWER_LEAST, ANSWER_MOST, months_between

THOUSAND = 1000
HALVED_AFTER_MONTHS = 6
MONTHS_MAX = 24
# Each published mean is pulled to the mean of all as if five people had given that this month.
PRIOR_PEOPLE = 5
# The mean of all, while fewer than PEOPLE_LEAST count in all.
PRIOR_UNKNOWN = 3500
# One step of the scale: the spread of answers is taken for that where there are few.
PRIOR_VARIANCE = THOUSAND**2
PEOPLE_LEAST = 10
# 1.96 squared, in ten-thousandths: 95 of 100 intervals hold what they are about.
_INTERVAL_SQUARED, _TEN_THOUSAND = 38_416, 10_000
_PRIOR_WEIGHT = PRIOR_PEOPLE * THOUSAND

WEIGHTS = tuple(
    round(THOUSAND * 0.5 ** (age / HALVED_AFTER_MONTHS)) for age in range(MONTHS_MAX + 1)
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One person's answer, in thousandths, about a month."""

    value: int
    month: date


@dataclass(frozen=True, slots=True)
class Sums:
    """`total`: of weight times answer. `squares`: of weight times answer squared. `weights`: of
    the weights squared."""

    count: int
    weight: int
    total: int
    squares: int
    weights: int


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean with the interval that holds it 95 times in 100, in thousandths."""

    mean: int
    low: int
    high: int


def weight_of(month: date, *, now: date) -> int:
    """Return the weight of a rating about a month; zero: too old to count."""
    age = months_between(month, now)
    return WEIGHTS[age] if age <= MONTHS_MAX else 0


def sums_of(answers: Iterable[Answer], *, now: date) -> Sums:
    """Return the sums of answers as of a month; those that are too old are left out."""
    count = weight = total = squares = weights = 0
    for answer in answers:
        each = weight_of(answer.month, now=now)
        if not each:
            continue
        count += 1
        weight += each
        total += each * answer.value
        squares += each * answer.value**2
        weights += each**2
    return Sums(count, weight, total, squares, weights)


def plain_mean(sums: Sums) -> int:
    """Return the weighted mean without any prior; PRIOR_UNKNOWN for too few."""
    if sums.count < PEOPLE_LEAST:
        return PRIOR_UNKNOWN
    return _rounded(sums.total, sums.weight)


def shrunken_mean(sums: Sums, *, prior: int) -> Mean:
    """Return the mean pulled to `prior`, the mean of all, with its interval within the scale."""
    weight = sums.weight + _PRIOR_WEIGHT
    mean = _rounded(sums.total + _PRIOR_WEIGHT * prior, weight)
    spread = sums.squares * sums.weight - sums.total**2  # weight squared times the variance
    own = spread // sums.weight if sums.weight else 0
    variance = (own + _PRIOR_WEIGHT * PRIOR_VARIANCE) // weight
    squared = _INTERVAL_SQUARED * variance * (sums.weights + PRIOR_PEOPLE * THOUSAND**2)
    half = isqrt(squared // (_TEN_THOUSAND * weight**2))
    return Mean(
        mean,
        max(mean - half, ANSWER_LEAST * THOUSAND),
        min(mean + half, ANSWER_MOST * THOUSAND),
    )


def _rounded(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)
