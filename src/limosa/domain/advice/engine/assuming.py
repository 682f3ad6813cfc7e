"""What somebody may use of whom nothing was counted yet: an assumption, and shown as one.

What people use in a day differs widely; the sizes are those by which plans say for whom they are
(shelf/engine/suiting.py), and for much video three times the last of them.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from limosa.domain.advice.engine.replaying import DayUse
from limosa.domain.shelf.engine.suiting import Use
from limosa.foundation.volume import GB, MB

DAYS_MAX = 365
BYTES_A_DAY: Mapping[Use, int] = {
    Use.MAPS: 150 * MB,
    Use.SOCIAL: 400 * MB,
    Use.SOME_VIDEO: GB,
    Use.MUCH_VIDEO: 3 * GB,
}


def assumed_days(use: Use, *, days: int, begins_on: date) -> tuple[DayUse, ...]:
    """Return so many days with the same use. `use`: one of BYTES_A_DAY."""
    size = BYTES_A_DAY[use]
    return tuple(DayUse(begins_on + timedelta(days=number), size) for number in range(days))
