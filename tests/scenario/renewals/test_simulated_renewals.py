"""Months of renewals that take care of themselves, whatever goes wrong: no promise is broken.

A seed that fails is replayed by `limosa simulate renewals --seed N --runs 1`. `make test-long`
plays more, and hunts each planted bug from the first seed on.
"""

import os
from functools import cache

import pytest

from limosa_lab.simulation.configuration import RUNS_TO_COVER, coverage, draw, never_drawn
from limosa_lab.simulation.happenings import meetings, never_met
from limosa_lab.simulation.outcome import RunResult
from limosa_lab.simulation.planted_bugs import BUGS
from limosa_lab.simulation.processes import Players
from limosa_lab.simulation.renewal_choices import RENEWALS
from tests.scenario.renewals.catching_seeds import CATCHING_SEEDS
from tests.scenario.simulated import check_caught, check_held, play

IS_HUNT = os.environ.get("LIMOSA_HUNT_BUGS") == "1"
RUNS = int(os.environ.get("LIMOSA_SIMULATED_RENEWALS", "36"))
SEEDS = range(1, RUNS + 1)

pytestmark = pytest.mark.figures


@cache
def results_of(players: Players) -> list[RunResult]:
    """Return the results of the runs, which are played once for all tests."""
    return sorted(play(players, SEEDS, space=RENEWALS), key=lambda result: result.seed)


@pytest.mark.timeout(14_400)
def test_no_course_of_events_breaks_a_promise(players: Players) -> None:
    results = results_of(players)
    counts = check_held(results)
    print(f"{len(results)} runs about renewals: {counts}")  # noqa: T201
    assert [result.configuration for result in results] == [draw(seed, RENEWALS) for seed in SEEDS]
    assert counts["events"] > 100 * RUNS
    assert counts["crashes"] > RUNS // 4


@pytest.mark.timeout(14_400)
def test_what_was_to_be_drawn_and_met_was(players: Players) -> None:
    results = results_of(players)
    drawn = [result.configuration for result in results]
    print(f"{coverage(drawn, RENEWALS)}, {meetings(results, RENEWALS)}")  # noqa: T201
    assert len(drawn) < RUNS_TO_COVER[RENEWALS] or never_drawn(drawn, RENEWALS) == []
    assert never_met(results, RENEWALS) == []


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", BUGS[RENEWALS])
def test_a_planted_bug_is_caught(players: Players, name: str) -> None:
    first = CATCHING_SEEDS.get(name, 1)
    bug = BUGS[RENEWALS][name]
    check_caught(players, name, bug, first=first, is_hunt=IS_HUNT, space=RENEWALS)


@pytest.mark.timeout(1800)
def test_the_same_seed_plays_the_same_run(players: Players) -> None:
    """Also in another process, and after other runs than before."""
    forwards = [result.digest for result in results_of(players)[:4]]
    backwards = [play(players, range(seed, seed + 1), space=RENEWALS) for seed in (4, 3, 2, 1)]
    assert [results[0].digest for results in backwards[::-1]] == forwards
