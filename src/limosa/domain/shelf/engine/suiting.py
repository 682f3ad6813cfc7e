"""For whom a plan is, from its data and its days: a first hint, and no promise.

What people use in a day differs widely; the bounds are those of common advice of carriers.
"""

from dataclasses import dataclass
from enum import StrEnum

from limosa.domain.catalog.engine.rates import days_of
from limosa.foundation.period import Validity
from limosa.foundation.volume import MB


class Use(StrEnum):
    """What the data of a day is enough for."""

    MAPS = "maps"
    SOCIAL = "social"
    SOME_VIDEO = "some_video"
    MUCH_VIDEO = "much_video"
    UNCOUNTED = "uncounted"


class Stay(StrEnum):
    """How long it lasts."""

    DAYS = "days"
    WEEK = "week"
    FORTNIGHT = "fortnight"
    MONTH = "month"
    MONTHS = "months"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Suits:
    """A use, and a length of stay."""

    use: Use
    stay: Stay


_USES = ((150 * MB, Use.MAPS), (400 * MB, Use.SOCIAL), (1_000 * MB, Use.SOME_VIDEO))
_STAYS = (
    (4, Stay.DAYS),
    (10, Stay.WEEK),
    (20, Stay.FORTNIGHT),
    (45, Stay.MONTH),
    (300, Stay.MONTHS),
)


def suits(*, volume_bytes: int | None, validity: Validity) -> Suits:
    """Return for whom a plan is. `volume_bytes`: None for unlimited data."""
    days = days_of(validity)
    stay = next((one for most, one in _STAYS if days <= most), Stay.YEAR)
    if volume_bytes is None:
        return Suits(Use.UNCOUNTED, stay)
    use = next((one for below, one in _USES if volume_bytes < below * days), Use.MUCH_VIDEO)
    return Suits(use, stay)
