"""How a run ended, as one process tells another."""

from dataclasses import dataclass

from limosa.config.simulation.configuration import Configuration


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """How one run ended. `broken`: the invariant that did not hold, with the log up to there."""

    seed: int
    configuration: Configuration
    polls: bool
    events: int
    crashes: int
    deadlocks: int
    digest: str
    broken: str = ""
    message: str = ""
    log: tuple[str, ...] = ()
