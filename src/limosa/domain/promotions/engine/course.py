"""How what applies to a price changes as promotions begin and end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from limosa.domain.promotions.engine.stacking import Gift, best


@dataclass(frozen=True, slots=True)
class Run:
    """A gift from `starts_at` until before `ends_at`."""

    gift: Gift
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `starts_at` until before `ends_at` the same gift applies; None: the listed price."""

    starts_at: datetime
    ends_at: datetime
    gift: Gift | None


def course_of(
    runs: Sequence[Run],
    *,
    price_minor: int,
    volume_bytes: int | None,
    starts_at: datetime,
    ends_at: datetime,
) -> list[Stretch]:
    """Return what applies to a price from `starts_at` until before `ends_at`, without gaps.

    `runs`: those that fit the plan. Two stretches that follow one another differ.
    """
    changes = {moment for run in runs for moment in (run.starts_at, run.ends_at)}
    moments = sorted({starts_at, ends_at, *(at for at in changes if starts_at < at < ends_at)})
    stretches: list[Stretch] = []
    for begins, ends in pairwise(moments):
        running = [run.gift for run in runs if run.starts_at <= begins < run.ends_at]
        gift = best(running, price_minor=price_minor, volume_bytes=volume_bytes)
        if stretches and stretches[-1].gift == gift:
            stretches[-1] = Stretch(stretches[-1].starts_at, ends, gift)
        else:
            stretches.append(Stretch(begins, ends, gift))
    return stretches
