"""Actors move one at a time, only when they are told to, and always in the same way."""

from collections.abc import Callable, Collection, Iterator
from random import Random  # noqa: TID251 -- seeded
from threading import Event

import pytest

from limosa_lab.simulation.stage import Actor, SimulatedCrash, Stage, pause


class PlayedLocks:
    """Locks without a database: an actor waits by waiting for the event of its place."""

    def __init__(self) -> None:
        self.waits: dict[int, set[int]] = {}
        self.events: dict[int, Event] = {}
        self.cancelled: list[int] = []

    def waiting(self, places: Collection[int]) -> dict[int, set[int]]:
        return {place: self.waits[place] for place in places if place in self.waits}

    def cancel(self, place: int) -> None:
        self.cancelled.append(place)
        self.waits.pop(place, None)
        self.events[place].set()

    def wait(self, place: int, *, behind: int) -> None:
        self.events[place] = Event()
        self.waits[place] = {behind}
        assert self.events[place].wait(10)

    def free(self, place: int) -> None:
        self.waits.pop(place, None)
        self.events[place].set()


@pytest.fixture
def locks() -> PlayedLocks:
    return PlayedLocks()


@pytest.fixture
def stage(locks: PlayedLocks) -> Iterator[Stage]:
    made = Stage(places=3, locks=locks)
    yield made
    made.clear()
    made.close()


def actor(number: int, work: Callable[[], object]) -> Actor:
    return Actor(number=number, name=f"actor {number}", work=work, random=Random(number))  # noqa: S311


def three_steps(said: list[str], name: str) -> Callable[[], str]:
    def work() -> str:
        for turn in range(3):
            pause(f"step {turn}")
            said.append(f"{name}{turn}")
        return "done"

    return work


def play(stage: Stage, seed: int) -> list[str]:
    said: list[str] = []
    random = Random(seed)  # noqa: S311
    for number, name in enumerate("abc"):
        stage.enter(actor(number, three_steps(said, name)))
    while stage.actors:
        stage.move(random.choice(stage.movable), steps=random.choice((1, 2)))
    return said


def test_the_seed_alone_decides_the_order(stage: Stage) -> None:
    orders = [play(stage, seed) for seed in range(20)]
    assert orders == [play(stage, seed) for seed in range(20)]
    assert len({tuple(order) for order in orders}) > 15


def test_nobody_moves_by_themselves(stage: Stage) -> None:
    said: list[str] = []
    one = actor(0, three_steps(said, "a"))
    stage.enter(one)
    assert said == []
    stage.move(one, steps=2)
    assert (said, one.label) == (["a0"], "step 1")


def test_who_has_committed_stops_to_be_looked_at(stage: Stage) -> None:
    def work() -> None:
        pause("COMMIT")
        one.changed = True
        pause("committed")
        pause("more")

    one = actor(0, work)
    stage.enter(one)
    stage.move(one, steps=10)
    assert one.label == "committed"


def test_a_crash_ends_the_actor_where_it_is(stage: Stage) -> None:
    said: list[str] = []
    one = actor(0, three_steps(said, "a"))
    stage.enter(one)
    stage.move(one, steps=2)
    assert stage.move(one, dies=True) == [one]
    assert (one.outcome, said, stage.actors) == ("crashed", ["a0"], [])


def test_the_dead_do_nothing_more_even_in_finally(stage: Stage) -> None:
    said = []

    def work() -> None:
        try:
            pause("begin")
        finally:
            try:
                pause("clean up")
                said.append("cleaned up")
            except SimulatedCrash:
                said.append("dead")
                raise

    one = actor(0, work)
    stage.enter(one)
    stage.move(one)
    stage.move(one, dies=True)
    assert said == ["dead"]


def test_who_waits_for_a_lock_is_set_aside_until_it_is_free(
    stage: Stage, locks: PlayedLocks
) -> None:
    def holder() -> None:
        pause("COMMIT")
        locks.free(1)
        first.changed = True

    first = actor(0, holder)
    second = actor(1, lambda: locks.wait(1, behind=0))
    stage.enter(first)
    stage.enter(second)
    stage.move(first)
    assert stage.move(second) == []
    assert stage.movable == [first]
    assert stage.move(first) == [first, second]
    assert stage.actors == []


def test_who_closes_a_circle_is_cut_off(stage: Stage, locks: PlayedLocks) -> None:
    first = actor(0, lambda: locks.wait(0, behind=1))
    second = actor(1, lambda: locks.wait(1, behind=0))
    stage.enter(first)
    stage.enter(second)
    stage.move(first)
    assert stage.move(second) == [second]
    assert locks.cancelled == [1]
    locks.free(0)
