"""Many courses of events with polling, many without: no invariant breaks.

A seed that fails is replayed by `limosa simulate payments --seed N --runs 1 [--no-polling]`.
Every day plays a part: the first seeds with polling and the next without, and each planted bug by
the seed that is known to catch it. `make test-long` plays a thousand of each and hunts each bug
from the first seed on, as it would be met.
"""

import os
from functools import cache

import pytest

from limosa_lab.simulation.configuration import coverage, draw, never_drawn
from limosa_lab.simulation.happenings import meetings, never_met
from limosa_lab.simulation.outcome import RunResult
from limosa_lab.simulation.planted_bugs import PLANTED_BUGS
from limosa_lab.simulation.processes import Players, batches
from tests.scenario.payments.catching_seeds import CATCHING_SEEDS
from tests.scenario.simulated import check_caught, check_held, play

RUNS = int(os.environ.get("LIMOSA_SIMULATED_RUNS", "150"))
IS_HUNT = os.environ.get("LIMOSA_HUNT_BUGS") == "1"
SEEDS = {True: range(1, RUNS + 1), False: range(RUNS + 1, 2 * RUNS + 1)}  # By whether it polls.

pytestmark = pytest.mark.figures


@cache
def results_of(players: Players, *, polls: bool) -> list[RunResult]:
    """Return the results of half of the runs, which are played once for all tests."""
    return sorted(play(players, SEEDS[polls], polls=polls), key=lambda result: result.seed)


def test_every_pair_of_choices_is_drawn() -> None:
    drawn = [draw(seed) for seeds in SEEDS.values() for seed in seeds]
    print(f"{coverage(drawn)}")  # noqa: T201
    assert never_drawn(drawn) == []


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("polls", [True, False], ids=["with polling", "without polling"])
def test_no_course_of_events_breaks_an_invariant(players: Players, *, polls: bool) -> None:
    results = results_of(players, polls=polls)
    counts = check_held(results)
    print(f"{len(results)} runs, polling {polls}: {counts}")  # noqa: T201
    assert [result.configuration for result in results] == [draw(seed) for seed in SEEDS[polls]]
    assert counts["events"] > 40 * RUNS
    assert counts["crashes"] > RUNS // 4


@pytest.mark.timeout(1800)
def test_all_that_can_happen_has_happened_with_every_choice_and_channel(players: Players) -> None:
    results = [*results_of(players, polls=True), *results_of(players, polls=False)]
    print(f"{meetings(results)}")  # noqa: T201
    assert never_met(results) == []


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", PLANTED_BUGS)
def test_a_planted_bug_is_caught(players: Players, name: str) -> None:
    first = CATCHING_SEEDS.get(name, 1)
    check_caught(players, name, PLANTED_BUGS[name], first=first, is_hunt=IS_HUNT)


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
