"""How often an eSIM may be moved to another device."""

from limosa.config.settings.reading import Subject
from limosa.foundation.variables import Number, Variable

_subject = Subject("Moves to other devices")
MOVES_MAX = _subject.read(
    Variable(
        "LIMOSA_MOVES_MAX",
        Number(least=1),
        default="5",
        about="how often an eSIM may be moved to another device, or get a new code after its "
        "profile was deleted, within the period below. Each takes a profile",
    )
)
MOVES_PERIOD_DAYS = _subject.read(
    Variable(
        "LIMOSA_MOVES_PERIOD_DAYS",
        Number(least=1),
        default="30",
        about="the period, in days, counted back from now",
    )
)
