"""What is asked, and what may be answered."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

ANSWER_LEAST, ANSWER_MOST = 1, 5
COMMENT_LENGTH_MAX = 600
# A rating may be given, and changed, for so long after its writer was asked.
OPEN_FOR = timedelta(days=90)


class Question(StrEnum):
    """Each is answered from 1 to 5, or left out by who cannot say."""

    SPEED = "speed"
    COVERAGE = "coverage"
    SETUP = "setup"
    HELP = "help"


Answers = Mapping[Question, int]


def is_rating(answers: Answers) -> bool:
    """Return whether these answers make a rating: one at least, each on the scale."""
    return bool(answers) and all(
        ANSWER_LEAST <= answer <= ANSWER_MOST for answer in answers.values()
    )


def month_of(day: date) -> date:
    """Return the first day of a day's month, which stands for the month."""
    return day.replace(day=1)


def months_between(earlier: date, later: date) -> int:
    """Return how many months lie between two; never below zero."""
    return max((later.year - earlier.year) * 12 + later.month - earlier.month, 0)
