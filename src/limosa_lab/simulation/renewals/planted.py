"""Bugs that might be made in auto-renew; the simulation must catch each.

As in planted_bugs.py, each is a context manager that changes one rule.
"""

from collections.abc import Iterator
from datetime import datetime

from limosa.domain.autorenewal.engine.course import Decision, Deed, Facts, decide
from limosa.domain.autorenewal.operations import look_after as looking
from limosa_lab.simulation.planting import PlantedBug, entering, replaced

RENEWAL_BUGS: dict[str, PlantedBug] = {}
_bug = entering(RENEWAL_BUGS)


@_bug("R6", "R9")
def _never_charge() -> Iterator[None]:
    """What is due is put off for a day."""

    def later(facts: Facts, *, now: datetime) -> Decision:
        decision = decide(facts, now=now)
        is_due = decision.deed is Deed.CHARGE
        return Decision(Deed.WAIT, facts.times.ends_at) if is_due else decision

    with replaced(looking, "decide", later):
        yield
