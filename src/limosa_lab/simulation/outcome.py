"""The result of a run, as passed between processes."""

from dataclasses import dataclass

from limosa_lab.simulation.configuration import Configuration

Happened = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """How one run ended. `happened`: the events that occurred, each with its channel (empty: none),
    by the names in happenings.py. `broken`: the invariant that did not hold, with the log up to
    there.
    """

    seed: int
    configuration: Configuration
    polls: bool
    events: int
    crashes: int
    deadlocks: int
    digest: str
    happened: frozenset[Happened] = frozenset()
    broken: str = ""
    message: str = ""
    log: tuple[str, ...] = ()
