"""Pages: Django under WSGI, in a pool of threads that never wait for a browser.

A thread gets the whole body at once, and hands over its response as fast as it produces it. What
the browser has not taken yet is buffered: the beginning in memory, the rest in a file. The event
loop sends it, and gives up on a reader that stalls.
"""

import asyncio
import logging
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any

from a2wsgi import WSGIMiddleware
from starlette.types import Message, Receive, Scope, Send

from limosa.servers.turns import Turns

MEMORY_BYTES_MAX = 256 * 1024  # Per response; nearly every page is smaller.
BLOCK_BYTES = 64 * 1024
BLOCK_SECONDS_MAX = 60.0  # About a kilobyte a second.
_KEY, _TURN = "limosa.surplus", "limosa.turn"

Application = Callable[..., Iterable[bytes]]
_NOT_ASCII = re.compile(rb"[\x80-\xff]")

logger = logging.getLogger(__name__)


class Pages:
    """The pages of one process, at most `threads` at a time.

    is_costly: returns by method and path whether a request costs so much that few run at a time.
    """

    def __init__(
        self,
        application: Application,
        *,
        threads: int,
        is_costly: Callable[[str, str], bool] = lambda _method, _path: False,
        block_seconds_max: float = BLOCK_SECONDS_MAX,
    ) -> None:
        self._turns = Turns(threads=threads)
        self._is_costly = is_costly
        # An unbounded queue: whatever may become large is represented by an empty text (_Surplus).
        self._wsgi: Any = WSGIMiddleware(
            _giving_away(application), workers=threads, send_queue_size=0
        )
        self._block_seconds_max = block_seconds_max

    async def serve(
        self, scope: Scope, body: bytes, receive: Receive, send: Send, *, whom: str
    ) -> None:
        """Answer a request, whose body has been read, when it is its turn.

        whom: the client, for fair sharing. Raises: WaitedTooLongError, SenderGoneError; nothing was
        begun.
        """
        is_costly = self._is_costly(scope["method"], scope["path"])
        turn = await self._turns.take(whom, is_costly=is_costly, receive=receive)
        surplus = _Surplus()

        async def send_in_time(message: Message) -> None:
            try:
                async with asyncio.timeout(self._block_seconds_max):
                    await send(message)
            except BaseException:
                surplus.abandon()
                raise

        async def send_all(message: Message) -> None:
            is_last = not message.get("more_body", False)
            if message["type"] == "http.response.body":
                for block in surplus.take():
                    await send_in_time(
                        {"type": "http.response.body", "body": block, "more_body": True}
                    )
                if not message["body"] and not is_last:
                    return
            await send_in_time(message)

        try:
            kept = {**_as_wsgi_has_it(scope), _KEY: surplus, _TURN: turn}
            await self._wsgi(kept, _giver(body), send_all)
        except TimeoutError:
            # The server closes the connection, so that the reader sees that the response is
            # incomplete.
            logger.info("a reader of %s stood still", scope["path"])
        finally:
            turn.end()
            surplus.close()


class _Surplus:
    """The part of a response not kept in memory: written by its thread, read by the event loop."""

    def __init__(self) -> None:
        self._in_memory_bytes = 0
        self._file: IO[bytes] | None = None
        self._sent_bytes = 0
        self._is_abandoned = False

    def sift(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the chunks that memory takes, and an empty text for each that went to the file."""
        for chunk in chunks:
            if self._is_abandoned:
                return
            self._in_memory_bytes += len(chunk)
            if self._file is None and self._in_memory_bytes <= MEMORY_BYTES_MAX:
                yield chunk
                continue
            if self._file is None:
                self._file = tempfile.TemporaryFile()  # noqa: SIM115 -- see close
            self._file.write(chunk)
            self._file.flush()  # It is read through its descriptor.
            yield b""

    def take(self) -> Iterator[bytes]:
        """Yield what the file holds and was not taken yet."""
        while self._file is not None:
            block = os.pread(self._file.fileno(), BLOCK_BYTES, self._sent_bytes)
            if not block:
                return
            self._sent_bytes += len(block)
            yield block

    def abandon(self) -> None:
        """Nobody reads the rest: let the thread stop producing it."""
        self._is_abandoned = True

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def _giving_away(application: Application) -> Application:
    def run(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
        scope, chunks = environ["asgi.scope"], None
        try:
            chunks = application(environ, start_response)
            yield from scope[_KEY].sift(chunks)
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()
            scope[_TURN].end_from_thread()

    return run


def _giver(body: bytes) -> Receive:
    async def give() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return give


def _as_wsgi_has_it(scope: Scope) -> Scope:
    """Return the scope with an ASCII query: other bytes, which no browser sends, are escaped."""
    query: bytes = scope["query_string"]
    return {
        **scope,
        "headers": _without_underscored(scope["headers"]),
        "query_string": _NOT_ASCII.sub(lambda found: b"%%%02X" % found[0][0], query),
    }


def _without_underscored(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Drop headers such as X_Forwarded_Proto: WSGI cannot tell them from X-Forwarded-Proto."""
    return [(name, value) for name, value in headers if b"_" not in name]
