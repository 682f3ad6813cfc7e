"""Bodies are read whole in the event loop, within limits of size, time and number."""

import asyncio

import pytest

from limosa.servers.bodies import BodyReader, BodyRefusedError
from tests.unit.servers.asgi import Sender, scope_of


async def read(reader: BodyReader, sender: Sender, *, length: str = "") -> bytes:
    headers = [(b"content-length", length.encode())] if length else []
    return await reader.read(scope_of(headers=headers), sender.receive, bytes_max=10)


def refusal(sender: Sender, *, length: str = "", seconds_max: float = 60.0) -> int:
    with pytest.raises(BodyRefusedError) as refused:
        asyncio.run(read(BodyReader(seconds_max=seconds_max), sender, length=length))
    return refused.value.status


def test_a_body_in_parts_is_read_whole() -> None:
    assert asyncio.run(read(BodyReader(), Sender([b"ab", b"", b"cdefghij"]))) == b"abcdefghij"


def test_a_body_that_is_too_large_is_refused_as_soon_as_that_is_known() -> None:
    assert refusal(Sender([b"ab", b"cdefghijk"], ends=False)) == 413
    assert refusal(Sender([], ends=False), length="11") == 413


def test_a_body_that_stands_still_is_refused_at_its_deadline() -> None:
    assert refusal(Sender([b"ab"], ends=False), seconds_max=0.01) == 408


def test_a_newcomer_takes_the_place_of_the_oldest_and_is_read() -> None:
    async def run() -> list[object]:
        reader = BodyReader(bodies_max=3)
        slow = [asyncio.create_task(read(reader, Sender([b"a"], ends=False))) for _ in range(3)]
        await asyncio.sleep(0)  # They begin, in this order.
        body = await read(reader, Sender([b"whole"]))
        first = await asyncio.wait_for(asyncio.gather(slow[0], return_exceptions=True), 5)
        states = [task.done() for task in slow]
        for task in slow[1:]:
            task.cancel()
        return [body, first[0], states]

    body, ended, states = asyncio.run(run())
    assert body == b"whole"
    assert isinstance(ended, BodyRefusedError)
    assert ended.status == 408
    assert states == [True, False, False]


def test_with_too_many_of_one_address_its_own_oldest_makes_room() -> None:
    async def run() -> tuple[bytes, list[bool]]:
        reader = BodyReader(bodies_max=4, of_address_max=2)

        def slow(whom: str) -> "asyncio.Task[bytes]":
            sender = Sender([b"a"], ends=False)
            return asyncio.create_task(
                reader.read(scope_of(headers=[]), sender.receive, bytes_max=10, whom=whom)
            )

        neighbour = slow("a")
        await asyncio.sleep(0)
        many = [slow("b") for _ in range(6)]
        await asyncio.sleep(0.05)
        body = await reader.read(
            scope_of(headers=[]), Sender([b"whole"]).receive, bytes_max=10, whom="b"
        )
        await asyncio.sleep(0.05)
        states = [task.done() for task in (neighbour, *many)]
        for task in (neighbour, *many):
            task.cancel()
        await asyncio.gather(neighbour, *many, return_exceptions=True)
        return body, states

    body, states = asyncio.run(run())
    assert body == b"whole"
    assert states == [False, *[True] * 5, False]


def test_a_newcomer_is_read_in_the_moment_in_which_the_oldest_is_over_time() -> None:
    async def run() -> tuple[bytes, object]:
        reader = BodyReader(seconds_max=0, bodies_max=1)
        slow = asyncio.create_task(read(reader, Sender([b"a"], ends=False)))
        await asyncio.sleep(0)  # It begins.
        await asyncio.sleep(0)  # Its deadline comes, and it does not know that yet.
        body = await read(reader, Sender([b"whole"]))
        return body, (await asyncio.gather(slow, return_exceptions=True))[0]

    body, over = asyncio.run(run())
    assert body == b"whole"
    assert isinstance(over, BodyRefusedError)
