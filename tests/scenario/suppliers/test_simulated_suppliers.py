"""Many courses of events at suppliers that sell the same plans: no invariant breaks.

A seed that fails is replayed by `limosa simulate suppliers --seed N --runs 1`. `make test-long`
plays more, and hunts each planted bug from the first seed on.
"""

import os
from functools import cache

import pytest

from limosa_lab.simulation.configuration import SUPPLIERS, coverage, draw, never_drawn
from limosa_lab.simulation.happenings import meetings, never_met
from limosa_lab.simulation.outcome import RunResult
from limosa_lab.simulation.planted_bugs import BUGS
from limosa_lab.simulation.processes import Players
from tests.scenario.simulated import check_caught, check_held, play
from tests.scenario.suppliers.catching_seeds import CATCHING_SEEDS

IS_HUNT = os.environ.get("LIMOSA_HUNT_BUGS") == "1"
RUNS = 1000 if IS_HUNT else 200
SEEDS = range(1, RUNS + 1)

pytestmark = pytest.mark.figures


@cache
def results_of(players: Players) -> list[RunResult]:
    """Return the results of the runs, which are played once for all tests."""
    results = play(players, SEEDS, space=SUPPLIERS)
    return sorted(results, key=lambda result: result.seed)


@pytest.mark.timeout(1800)
def test_no_course_of_events_breaks_an_invariant(players: Players) -> None:
    results = results_of(players)
    counts = check_held(results)
    print(f"{len(results)} runs about suppliers: {counts}")  # noqa: T201
    assert [result.configuration for result in results] == [draw(seed, SUPPLIERS) for seed in SEEDS]
    assert counts["events"] > 40 * RUNS
    assert counts["crashes"] > RUNS // 4


@pytest.mark.timeout(1800)
def test_what_was_to_be_drawn_and_met_was(players: Players) -> None:
    results = results_of(players)
    drawn = [result.configuration for result in results]
    print(f"{coverage(drawn, SUPPLIERS)}, {meetings(results, SUPPLIERS)}")  # noqa: T201
    assert never_drawn(drawn, SUPPLIERS) == []
    assert never_met(results, SUPPLIERS) == []


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", BUGS[SUPPLIERS])
def test_a_planted_bug_is_caught(players: Players, name: str) -> None:
    first = CATCHING_SEEDS.get(name, 1)
    bug = BUGS[SUPPLIERS][name]
    check_caught(players, name, bug, first=first, is_hunt=IS_HUNT, space=SUPPLIERS)
