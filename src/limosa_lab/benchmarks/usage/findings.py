"""What is found in the record of a run: the schedule's lag, eSIMs asked for twice at once, and the
most calls that a supplier had in a minute."""

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A call, from when it was begun to when it was answered, in the clock's seconds since the
    start."""

    supplier: str
    iccids: tuple[str, ...]
    begun: float
    answered: float


def asked_twice(questions: Iterable[Question]) -> list[str]:
    """Return the eSIMs that a call was about while another about them was not answered."""
    spans: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for question in questions:
        for iccid in question.iccids:
            spans[iccid].append((question.begun, question.answered))
    return sorted(
        iccid
        for iccid, ones in spans.items()
        if any(later[0] < earlier[1] for earlier, later in pairwise(sorted(ones)))
    )


def most_in_a_minute(questions: Iterable[Question]) -> dict[str, int]:
    """Return the most calls that each supplier had in any minute."""
    most: dict[str, int] = defaultdict(int)
    recent: dict[str, deque[float]] = defaultdict(deque)
    for question in sorted(questions, key=lambda one: one.begun):
        times = recent[question.supplier]
        times.append(question.begun)
        while times[0] <= question.begun - 60:
            times.popleft()
        most[question.supplier] = max(most[question.supplier], len(times))
    return dict(most)


def percentile(lags: Sequence[timedelta], percent: float) -> timedelta:
    """Return the lag that so many percent do not exceed; `lags` are sorted."""
    return lags[min(int(len(lags) * percent / 100), len(lags) - 1)]
