"""What a guard is, and what it finds."""

from dataclasses import dataclass

from limosa.domain.support.models import GuardKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """One guard. `finds`: a statement that returns (row, subject, problem, order number, unit, has,
    due) for what is wrong; `{scope}` in it stands for the condition that selects the rows to check.

    `row`: the id of the rows; empty: it checks everything each time. `last_row`: the latest of
    them. `touched`: the rows touched after %(after)s and up to %(upto)s, which are ids of a table
    whose latest id is `last_touch`.
    """

    kind: GuardKind
    finds: str
    row: str = ""
    last_row: str = ""
    touched: str = ""
    last_touch: str = ""
    slice_rows: int = 50_000


@dataclass(frozen=True, slots=True)
class Found:
    """Something that is wrong. `has`, `due`: the actual and the expected value, in `unit`s: a
    currency, or B for bytes."""

    row_id: int
    subject: str
    problem: str
    order_number: str
    unit: str
    has: int | None
    due: int | None
