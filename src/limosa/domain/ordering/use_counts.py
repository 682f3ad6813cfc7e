"""What is known of a bundle's use when its money is asked back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class UseKnown(StrEnum):
    """How the use of a bundle is known.

    OURS: by records of the network, in our own books. COUNTED: its supplier was asked, and told.
    UNTOLD: it answered, and counts nothing for this plan. IN_DOUBT: what it told contradicts what
    was sold. NO_ANSWER: it did not answer, or could not be asked now.
    """

    OURS = "ours"
    COUNTED = "counted"
    UNTOLD = "untold"
    IN_DOUBT = "in_doubt"
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class UseCount:
    """`as_of`: of the newest count, which is older than the question where there was no answer;
    None: there is none. `may_lag`: how far the supplier's counts may lag; None: not known."""

    known: UseKnown
    as_of: datetime | None = None
    may_lag: timedelta | None = None

    @property
    def is_clear(self) -> bool:
        """Whether the refund rule may go by it without anybody's deciding that it may."""
        return self.known not in {UseKnown.IN_DOUBT, UseKnown.NO_ANSWER}
