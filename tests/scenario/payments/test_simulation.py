"""A thousand courses of events with polling, a thousand without: no invariant breaks.

A seed that fails is replayed by `limosa simulate payments --seed N --runs 1 [--no-polling]`.
"""

import os

import pytest

from limosa.config.simulation.configuration import RUNS_TO_COVER, coverage, never_drawn
from limosa.config.simulation.outcome import RunResult
from limosa.config.simulation.planted_bugs import PLANTED_BUGS
from limosa.config.simulation.processes import Players, batches

RUNS = int(os.environ.get("LIMOSA_SIMULATED_RUNS", "1000"))
RUNS_TO_CATCH = 600


def play(players: Players, runs: int, *, polls: bool, bug: str = "") -> list[RunResult]:
    """Return the results of the first seeds, up to one that breaks an invariant."""
    results: list[RunResult] = []

    def told(result: RunResult) -> bool:
        results.append(result)
        return not result.broken

    players.play(batches(range(1, runs + 1), polls=polls, bug=bug), told=told)
    return results


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("polls", [True, False], ids=["with polling", "without polling"])
def test_no_course_of_events_breaks_an_invariant(
    players: Players, capsys: pytest.CaptureFixture[str], *, polls: bool
) -> None:
    results = play(players, RUNS, polls=polls)
    for result in results:
        assert not result.broken, "\n".join([*result.log, f"seed {result.seed}", result.message])
    counts = {
        what: sum(getattr(result, what) for result in results)
        for what in ("events", "crashes", "deadlocks")
    }
    drawn = [result.configuration for result in results]
    with capsys.disabled():
        print(f"\n{len(results)} runs, polling {polls}: {counts}; {coverage(drawn)}")  # noqa: T201
    assert len(results) < RUNS_TO_COVER or never_drawn(drawn) == []
    assert len(results) == RUNS
    assert counts["events"] > 40 * RUNS
    assert counts["crashes"] > RUNS // 4


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", PLANTED_BUGS)
def test_a_planted_bug_is_caught(players: Players, name: str) -> None:
    bug = PLANTED_BUGS[name]
    results = play(players, RUNS_TO_CATCH, polls=not bug.without_polling, bug=name)
    caught = [result for result in results if result.broken]
    assert caught, f"{name} was not seen in {len(results)} runs"
    assert {result.broken for result in caught} <= bug.shown_by, caught[0].message


@pytest.mark.timeout(1800)
def test_the_same_seed_plays_the_same_run(players: Players) -> None:
    """In another process, too, and after other runs than before."""
    seeds = range(1, 13)
    forwards = digests(players, seeds)
    assert digests(players, seeds[::-1]) == forwards
    assert digests(players, seeds[6:]).items() <= forwards.items()


def digests(players: Players, seeds: range) -> dict[int, str]:
    """Return what tells each seed's run from any other."""
    found: dict[int, str] = {}

    def told(result: RunResult) -> bool:
        found[result.seed] = result.digest
        return True

    players.play(batches(seeds, polls=True), told=told)
    return found
