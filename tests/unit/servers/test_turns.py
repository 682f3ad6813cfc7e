"""Threads go round by address; what costs much has half of them; who has gone gets none."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.servers.turns import SenderGoneError, Turn, Turns, WaitedTooLongError
from tests.unit.servers.asgi import still_here


class Asker:
    """Asks for turns, and keeps in which order they came."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self.came: list[str] = []
        self.held: list[Turn] = []

    async def ask(self, whom: str, *, is_costly: bool = False) -> None:
        turn = await self._turns.take(whom, is_costly=is_costly, receive=still_here)
        self.came.append(whom)
        self.held.append(turn)

    async def begin(self, whom: str, *, is_costly: bool = False) -> "asyncio.Task[None]":
        task = asyncio.create_task(self.ask(whom, is_costly=is_costly))
        await settle()
        return task

    async def end_one(self) -> None:
        self.held.pop(0).end()
        await settle()


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def run(what: Coroutine[Any, Any, None]) -> None:
    asyncio.run(what)


def test_who_asks_for_a_hundred_pages_waits_for_themselves() -> None:
    async def course() -> None:
        asker = Asker(Turns(threads=2))
        greedy = [await asker.begin("greedy") for _ in range(100)]
        other = await asker.begin("other")
        assert asker.came == ["greedy", "greedy"]
        await asker.end_one()
        await asker.end_one()
        assert "other" in asker.came[:4]
        for task in (*greedy, other):
            task.cancel()

    run(course())


def test_passwords_never_have_more_than_half_of_the_threads() -> None:
    async def course() -> None:
        asker = Asker(Turns(threads=4))
        signing_in = [await asker.begin(f"a{n}", is_costly=True) for n in range(10)]
        assert len(asker.came) == 2
        reading = [await asker.begin(f"b{n}") for n in range(3)]
        assert asker.came[2:] == ["b0", "b1"]
        await asker.end_one()  # A sign-in ends: the next of each kind take turns.
        assert len(asker.came) == 5
        for task in (*signing_in, *reading):
            task.cancel()

    run(course())


def test_neither_kind_shuts_the_other_out() -> None:
    async def course() -> None:
        asker = Asker(Turns(threads=1))
        tasks = [await asker.begin("plain") for _ in range(6)]
        tasks += [await asker.begin("costly", is_costly=True) for _ in range(6)]
        for _ in range(6):
            await asker.end_one()
        assert {"plain", "costly"} == set(asker.came[1:3])
        assert asker.came.count("costly") == 3
        for task in tasks:
            task.cancel()

    run(course())


def test_who_has_gone_gets_no_thread() -> None:
    async def course() -> None:
        turns = Turns(threads=1)
        first = await turns.take("a", is_costly=False, receive=still_here)

        async def gone() -> dict[str, object]:
            return {"type": "http.disconnect"}

        with pytest.raises(SenderGoneError):
            await turns.take("b", is_costly=False, receive=gone)
        first.end()
        again = await turns.take("c", is_costly=False, receive=still_here)
        again.end()

    run(course())


def test_who_waits_long_is_told_so_and_the_thread_stays_of_use() -> None:
    async def course() -> None:
        turns = Turns(threads=1, wait_seconds_max=0.01)
        first = await turns.take("a", is_costly=False, receive=still_here)
        with pytest.raises(WaitedTooLongError):
            await turns.take("b", is_costly=False, receive=still_here)
        first.end()
        first.end()  # Twice is once: one thread is free, not two.
        await turns.take("c", is_costly=False, receive=still_here)
        with pytest.raises(WaitedTooLongError):
            await turns.take("d", is_costly=False, receive=still_here)

    run(course())


deeds = st.lists(
    st.tuples(st.sampled_from(["ask", "end", "cancel"]), st.sampled_from("abc"), st.booleans()),
    max_size=60,
)


@given(course=deeds, threads=st.integers(1, 4))
def test_no_thread_is_lost_or_given_twice_whatever_happens(
    course: list[tuple[str, str, bool]], threads: int
) -> None:
    async def play() -> None:
        asker = Asker(Turns(threads=threads))
        await follow(course, asker, threads)
        while asker.held:
            await asker.end_one()
        for number in range(threads):
            await asyncio.wait_for(asker.ask(f"last {number}"), 1)

    run(play())


async def follow(course: list[tuple[str, str, bool]], asker: Asker, threads: int) -> None:
    waiting: list[asyncio.Task[None]] = []
    for deed, whom, is_costly in course:
        if deed == "ask":
            waiting.append(await asker.begin(whom, is_costly=is_costly))
        elif deed == "end" and asker.held:
            await asker.end_one()
        elif deed == "cancel" and waiting:
            waiting.pop(0).cancel()
        assert len(asker.held) <= threads
    for task in waiting:
        task.cancel()
    await settle()


def test_a_turn_that_comes_as_its_asker_gives_up_is_given_back() -> None:
    async def course() -> None:
        turns = Turns(threads=1)
        first = await turns.take("a", is_costly=False, receive=still_here)
        task = asyncio.create_task(turns.take("b", is_costly=False, receive=still_here))
        await settle()
        first.end()  # b is let in ...
        task.cancel()  # ... and gives up before it has noticed.
        await settle()
        await asyncio.wait_for(turns.take("c", is_costly=False, receive=still_here), 1)

    run(course())
