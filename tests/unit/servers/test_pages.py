"""No thread of the pages waits for a reader, and what readers do not take is bounded."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from limosa.servers.pages import BLOCK_BYTES, MEMORY_BYTES_MAX, Pages
from tests.unit.servers.asgi import Reader, scope_of, still_here

BLOCK = bytes(range(256)) * 256
BLOCKS = 64


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "application/octet-stream")])
    if environ["PATH_INFO"] == "/large":
        return (BLOCK for _ in range(BLOCKS))
    return [environ["wsgi.input"].read() or b"small"]


async def serve(pages: Pages, path: str, reader: Reader, *, body: bytes = b"") -> None:
    await pages.serve(scope_of(path), body, still_here, reader.send, whom="")


def test_an_answer_comes_whole_and_in_order_however_large_it_is() -> None:
    reader = Reader()
    asyncio.run(serve(Pages(application, threads=1), "/large", reader))
    assert reader.status == 200
    assert reader.body == BLOCK * BLOCKS
    assert max(len(message.get("body", b"")) for message in reader.messages) <= BLOCK_BYTES
    assert not reader.messages[-1].get("more_body", False)


def test_a_page_gets_the_body_at_once() -> None:
    reader = Reader()
    asyncio.run(serve(Pages(application, threads=1), "/", reader, body=b"a=b"))
    assert reader.body == b"a=b"


def test_readers_that_stand_still_hold_no_thread() -> None:
    async def run() -> tuple[list[bytes], bytes]:
        pages = Pages(application, threads=1)
        stuck = [Reader(takes=1) for _ in range(20)]
        waiting = [asyncio.create_task(serve(pages, "/large", reader)) for reader in stuck]
        quick = Reader()
        await asyncio.wait_for(serve(pages, "/", quick), 20)
        for reader in stuck:
            reader.goes_on.set()
        await asyncio.gather(*waiting)
        return [reader.body for reader in stuck], quick.body

    bodies, quick = asyncio.run(run())
    assert quick == b"small"
    assert bodies == [BLOCK * BLOCKS] * 20


def test_a_reader_that_stands_still_too_long_is_given_up_and_its_page_stops() -> None:
    made: list[int] = []
    closed: list[bool] = []

    class Endless:
        def __iter__(self) -> Iterator[bytes]:
            while True:
                made.append(1)
                yield BLOCK

        def close(self) -> None:
            closed.append(True)

    def endless(_environ: Any, start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("200 OK", [])
        return Endless()

    pages = Pages(endless, threads=1, block_seconds_max=0.05)
    reader = Reader(takes=1)
    asyncio.run(serve(pages, "/", reader))
    assert len(reader.messages) == 1
    assert closed == [True]
    assert len(made) * len(BLOCK) > MEMORY_BYTES_MAX
