"""What was measured last."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from limosa.domain.track_record.engine.measures import CASES_LEAST, Measure
from limosa.domain.track_record.models import MeasuredFact


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact about 30 days. `count`: of how many cases; below ten nothing else is said.

    `median`, `p95`: lengths of time; `part`: how many of the cases, of a share.
    """

    measure: Measure
    count: int
    median: timedelta | None = None
    p95: timedelta | None = None
    part: int | None = None
    measured_at: datetime | None = None

    @property
    def is_enough(self) -> bool:
        """Whether there are enough cases to say more than their number."""
        return self.count >= CASES_LEAST


def measured_facts() -> list[Fact]:
    """Return all facts in the order of Measure; without a row there are no cases. One statement."""
    rows = {row.measure: row for row in MeasuredFact.objects.all()}
    return [_fact(measure, rows.get(measure.value)) for measure in Measure]


def _fact(measure: Measure, row: MeasuredFact | None) -> Fact:
    if row is None:
        return Fact(measure, 0)
    if row.count < CASES_LEAST:
        return Fact(measure, row.count, measured_at=row.measured_at)
    return Fact(
        measure,
        row.count,
        median=_length(row.median),
        p95=_length(row.p95),
        part=row.part,
        measured_at=row.measured_at,
    )


def _length(seconds: int | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
