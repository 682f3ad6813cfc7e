"""Plays simulated runs, and says how they ended."""

from limosa_lab.simulation.configuration import PAYMENTS
from limosa_lab.simulation.outcome import RunResult
from limosa_lab.simulation.planting import PlantedBug
from limosa_lab.simulation.processes import Players, batches

RUNS_TO_CATCH = 600


def play(
    players: Players, seeds: range, *, polls: bool = True, bug: str = "", space: str = PAYMENTS
) -> list[RunResult]:
    """Return the results of the seeds, up to one that breaks an invariant."""
    results: list[RunResult] = []

    def told(result: RunResult) -> bool:
        results.append(result)
        return not result.broken

    players.play(batches(seeds, polls=polls, bug=bug, space=space), told=told)
    return results


def check_held(results: list[RunResult]) -> dict[str, int]:
    """Assert that no invariant broke; return what the runs counted."""
    for result in results:
        assert not result.broken, "\n".join([*result.log, f"seed {result.seed}", result.message])
    return {
        what: sum(getattr(result, what) for result in results)
        for what in ("events", "crashes", "deadlocks")
    }


def check_caught(
    players: Players,
    name: str,
    bug: PlantedBug,
    *,
    first: int,
    is_hunt: bool,
    space: str = PAYMENTS,
) -> None:
    """Assert that a planted bug is caught: by the seed that is known to or, in a hunt and when the
    runs have changed since, by whichever does now."""
    hunts = [range(1, RUNS_TO_CATCH + 1)]
    if not is_hunt:
        hunts.insert(0, range(first, first + 1))
    caught: list[RunResult] = []
    for seeds in hunts:
        results = play(players, seeds, polls=not bug.without_polling, bug=name, space=space)
        if caught := [result for result in results if result.broken]:
            break
    assert caught, f"{name} was not seen in {RUNS_TO_CATCH} runs"
    assert {result.broken for result in caught} <= bug.shown_by, caught[0].message
    if caught[0].seed != first:
        print(f"{name} was caught by seed {caught[0].seed}, not {first}")  # noqa: T201
