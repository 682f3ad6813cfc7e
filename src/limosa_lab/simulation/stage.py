"""Actors in threads of their own, one of which moves at a time, as far as it is told to.

An actor is a process of the shop: a page, a worker's job, a notification. Wherever a process can be
interrupted it calls `pause`, and waits there until the stage lets it go on, or lets it die. An
actor that waits for a PostgreSQL lock is set aside until the lock is free. The course of a run is
thus decided by whoever calls `move`, and by nothing else.
"""

import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from random import Random
from typing import Protocol

_PATIENCE_SECONDS = 0.004
_PATIENCE_SECONDS_MAX = 0.1
_STUCK_SECONDS = 30.0
_local = threading.local()


class SimulatedCrash(BaseException):
    """The process ends here, and everything that it had not committed is lost."""


class StageFault(Exception):
    """The simulation itself can't continue."""


def current_actor() -> "Actor | None":
    """Return the actor whose thread this is; None outside actors."""
    actor: Actor | None = getattr(_local, "actor", None)
    return actor


def pause(label: str) -> None:
    """Pause the actor whose thread this is; do nothing outside actors."""
    actor = current_actor()
    if actor is not None:
        actor.pause(label)


class Locks(Protocol):
    """A view of PostgreSQL's locks."""

    def waiting(self, places: Collection[int]) -> dict[int, set[int]]:
        """Return the places whose statement waits for a lock, with those they wait for."""

    def cancel(self, place: int) -> None:
        """Cancel a place's statement."""


@dataclass(slots=True, eq=False)
class Actor:
    """One process. `place`: the number of its thread, and of its database connection.

    `changed`: it has committed something since the last check. `outcome`: how it ended.
    """

    number: int
    name: str
    work: Callable[[], object]
    random: Random
    place: int = -1
    label: str = "begin"
    trace: list[str] = field(default_factory=list)
    changed: bool = False
    is_dead: bool = False
    is_done: bool = False
    outcome: str = ""
    error: BaseException | None = None
    waits_for: set[int] = field(default_factory=set)
    _steps: int = 0
    _dies: bool = False
    _go: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    _report: "Callable[[Actor], None] | None" = None

    def begin(self) -> None:
        """Wait to be moved for the first time. Raises SimulatedCrash."""
        self._wait()

    def pause(self, label: str) -> None:
        """Wait to be allowed to do what the label says. Raises SimulatedCrash, to die."""
        if self.is_dead:
            raise SimulatedCrash
        self.label = label
        self.trace.append(label)
        if self._steps > 0 and not self.changed:
            self._steps -= 1
            return
        assert self._report is not None  # noqa: S101 -- the stage set it when it began.
        self._report(self)
        self._wait()

    def _wait(self) -> None:
        self._go.acquire()
        if self._dies:
            self.is_dead = True
            raise SimulatedCrash


class Stage:
    """A few threads, kept from run to run with their connections, and the actors in them."""

    def __init__(
        self,
        *,
        places: int,
        locks: Locks,
        arrive: Callable[[int], None] = lambda _: None,
        leave: Callable[[], None] = lambda: None,
    ) -> None:
        """`arrive`: called first in each thread; `leave`: last."""
        self._locks = locks
        self._arrive, self._leave = arrive, leave
        self._news: SimpleQueue[Actor] = SimpleQueue()
        self._inboxes: list[SimpleQueue[Actor | None]] = [SimpleQueue() for _ in range(places)]
        self._threads = [
            threading.Thread(target=self._live, args=(place,), daemon=True)
            for place in range(places)
        ]
        for thread in self._threads:
            thread.start()
        self.actors: list[Actor] = []
        self._under_way: list[Actor] = []

    def clear(self) -> None:
        """Kill all actors."""
        while self.actors:
            for actor in self.movable[:1] or self.actors[:1]:
                if actor in self._under_way:
                    self._locks.cancel(actor.place)
                    self._settle(actor)
                else:
                    self.move(actor, dies=True)
            self.actors = [actor for actor in self.actors if not actor.is_done]

    def close(self) -> None:
        """End the threads."""
        for inbox in self._inboxes:
            inbox.put(None)
        for thread in self._threads:
            thread.join(_STUCK_SECONDS)

    @property
    def has_room(self) -> bool:
        """Whether another actor can enter."""
        return len(self.actors) < len(self._inboxes)

    @property
    def movable(self) -> list[Actor]:
        """The actors that wait only to be moved."""
        return [actor for actor in self.actors if actor not in self._under_way]

    def enter(self, actor: Actor) -> None:
        """Put an actor in the first free place; it does nothing yet."""
        taken = {other.place for other in self.actors}
        actor.place = next(i for i in range(len(self._inboxes)) if i not in taken)
        actor._report = self._news.put
        self.actors.append(actor)
        self._inboxes[actor.place].put(actor)

    def move(self, actor: Actor, *, steps: int = 1, dies: bool = False) -> list[Actor]:
        """Let an actor go on, and return those that moved, by number: usually only that one.

        It stops after `steps` pauses, or earlier when it has committed something. `dies`: it ends
        where it is.
        """
        actor.trace = []
        actor._steps, actor._dies = steps - 1, dies
        self._under_way.append(actor)
        actor._go.release()
        moved = self._settle(actor)
        if actor in self._under_way and self._is_in_circle(actor):
            self._locks.cancel(actor.place)
            actor.waits_for = set()
            moved += self._settle(actor)
        for other in moved:
            if other.is_done:
                self.actors.remove(other)
        return sorted(moved, key=lambda moved_one: moved_one.number)

    def _settle(self, actor: Actor) -> list[Actor]:
        """Wait until all running actors have stopped or wait for a lock."""
        moved: list[Actor] = []
        # Alone, it waits for nobody's lock.
        waited, patience = 0.0, _PATIENCE_SECONDS if len(self.actors) > 1 else _STUCK_SECONDS
        while self._under_way:
            try:
                other = self._news.get(timeout=patience)
            except Empty:
                waited += patience
                patience = min(2 * patience, _PATIENCE_SECONDS_MAX)
                if self._all_wait():
                    break
                if waited > _STUCK_SECONDS:
                    raise StageFault(f"{actor.name} is stuck at {actor.label}") from None
                continue
            self._under_way.remove(other)
            other.waits_for = set()
            moved.append(other)
            if other is actor and (not (actor.changed or actor.is_done) or self._all_wait()):
                break  # It has released nothing that others wait for.
        return moved

    def _all_wait(self) -> bool:
        if not self._under_way:
            return True
        waiting = self._locks.waiting([other.place for other in self._under_way])
        for other in self._under_way:
            other.waits_for = waiting.get(other.place, set())
        return self._news.empty() and all(other.waits_for for other in self._under_way)

    def _is_in_circle(self, actor: Actor) -> bool:
        """Whether an actor is part of a deadlock."""
        by_place = {other.place: other for other in self.actors}
        seen: set[int] = set()
        ahead = list(actor.waits_for)
        while ahead:
            place = ahead.pop()
            if place == actor.place:
                return True
            if place not in seen and place in by_place:
                seen.add(place)
                ahead += by_place[place].waits_for
        return False

    def _live(self, place: int) -> None:
        self._arrive(place)
        while (actor := self._inboxes[place].get()) is not None:
            _local.actor = actor
            try:
                actor.begin()
                actor.outcome = str(actor.work())
            except SimulatedCrash:
                actor.outcome = "crashed"
            except BaseException as error:  # noqa: BLE001 -- whoever moves it judges.
                actor.outcome, actor.error = type(error).__name__, error
            _local.actor = None
            actor.is_done = True
            self._news.put(actor)
        self._leave()
