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
    if row.count < CASES_LEAST or row.median is None or row.p95 is None:
        part = row.part if row.count >= CASES_LEAST else None
        return Fact(measure, row.count, part=part, measured_at=row.measured_at)
    return Fact(
        measure,
        row.count,
        median=timedelta(seconds=row.median),
        p95=timedelta(seconds=row.p95),
        measured_at=row.measured_at,
    )
