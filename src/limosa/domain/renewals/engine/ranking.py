"""The order of offers: what the person most likely wants comes first.

The same plan again, then the same carrier's plans by length, then other carriers; top-ups last.
After all of these, in the same order, what takes a new eSIM.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What the rule needs to know about a plan. `position` is its place in the catalogue."""

    code: str
    carrier: str
    is_top_up: bool
    is_new_esim: bool = False
    position: int


def rank(
    candidates: list[Candidate], *, current_plan: str | None, carrier: str | None
) -> list[str]:
    """Return the plans' codes, best first."""

    def key(candidate: Candidate) -> tuple[bool, bool, bool, bool, int]:
        return (
            candidate.is_new_esim,
            candidate.code != current_plan,
            candidate.is_top_up,
            candidate.carrier != carrier,
            candidate.position,
        )

    return [candidate.code for candidate in sorted(candidates, key=key)]
