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
MOVES_CODE_DAYS = _subject.read(
    Variable(
        "LIMOSA_MOVES_CODE_DAYS",
        Number(least=1, most=365),
        default="7",
        about="how long the new code of a move is valid, in days. If it is not installed by then, "
        "the move ends by itself: the eSIM keeps the profile that it has, and the new one is "
        "retired",
    )
)
