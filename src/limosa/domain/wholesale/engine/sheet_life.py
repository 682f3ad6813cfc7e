"""What becomes of a sheet, and why one failed."""

from enum import StrEnum


class SheetState(StrEnum):
    """fetching → whole | failed. Only a whole one says anything."""

    FETCHING = "fetching"
    WHOLE = "whole"
    FAILED = "failed"


class SheetFailure(StrEnum):
    """Why a sheet failed; the last whole one stays in force.

    NO_ANSWER: the supplier did not answer cleanly. TWICE: a code stands in it twice, with different
    content. SHORT: it ended before as many plans as the supplier had announced. EMPTY: it holds
    nothing, where the last one held something. ENDLESS: its pages repeat, or are too many.
    UNFIT: a code that can't be stored. ABANDONED: whoever fetched it stopped.
    """

    NO_ANSWER = "no_answer"
    TWICE = "twice"
    SHORT = "short"
    EMPTY = "empty"
    ENDLESS = "endless"
    UNFIT = "unfit"
    ABANDONED = "abandoned"


class SheetFaultError(Exception):
    """A list that is not taken for a whole one. `subject`: the code of the plan, if it is one."""

    def __init__(self, failure: SheetFailure, subject: str = "") -> None:
        super().__init__(f"{failure}: {subject}" if subject else str(failure))
        self.failure = failure
        self.subject = subject
