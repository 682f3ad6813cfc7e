"""Live events: one LISTEN connection per process, any number of streams (server-sent events).

A NOTIFY names topics; the hub looks up each watched one once, and all its streams send the result.
Streams send the latest state, not a history: a slow reader misses intermediate states and costs no
memory. After a lost connection every watched topic is looked up again.
"""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import psycopg
from django.db import Error as DatabaseFault

HEARTBEAT_SECONDS = 15.0
RECONNECT_SECONDS = 1.0
STREAM_SECONDS_MAX = 30 * 60.0  # Then the browser reconnects; forgotten tabs do not.
STREAMS_MAX = 4000
BROWSER_RETRY_MILLISECONDS = 2000

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """What to send about a topic now. After a final one nothing more will come."""

    data: dict[str, str]
    is_final: bool


@dataclass(kw_only=True)
class _Watch:
    """The streams of one topic, and what they have to send."""

    snapshot: Snapshot | None = None
    changes: set[asyncio.Event] = field(default_factory=set)


class EventHub:
    """The streams of one process. Created and used inside its event loop.

    look: reads a topic's state, in its own thread; None if there is no such topic.
    """

    def __init__(
        self,
        *,
        channel: str,
        connection_parameters: dict[str, Any],
        look: Callable[[str], Snapshot | None],
    ) -> None:
        self._channel = channel
        self._connection_parameters = connection_parameters
        self._look = look
        self._watches: dict[str, _Watch] = {}
        self._streams = 0
        self._closing = asyncio.Event()
        self._reader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="events")
        self._listener: asyncio.Task[None] | None = None
        self._is_interrupted = False

    def start(self) -> None:
        self._listener = asyncio.create_task(self._listen_forever())

    def close_streams(self) -> None:
        """End every stream; browsers reconnect, to whichever process listens then."""
        self._closing.set()
        for watch in self._watches.values():
            _wake(watch)

    async def stop(self) -> None:
        self.close_streams()
        if self._listener is not None:
            self._listener.cancel()
            with suppress(asyncio.CancelledError):
                await self._listener
        self._reader.shutdown(wait=False)

    @property
    def is_full(self) -> bool:
        return self._streams >= STREAMS_MAX or self._closing.is_set()

    @asynccontextmanager
    async def stream(self, topic: str) -> AsyncIterator[AsyncIterator[bytes] | None]:
        """Yield the bytes of a stream, beginning with the current state; None: no such topic."""
        changed = asyncio.Event()
        watch = self._watches.setdefault(topic, _Watch())
        watch.changes.add(changed)  # Before the lookup, so that no change is missed.
        self._streams += 1
        try:
            if watch.snapshot is None:
                await self._refresh(topic)
            yield _messages(watch, changed, self._closing) if watch.snapshot else None
        finally:
            self._streams -= 1
            watch.changes.discard(changed)
            if not watch.changes and self._watches.get(topic) is watch:
                del self._watches[topic]

    async def _listen_forever(self) -> None:
        while True:
            try:
                await self._listen()
            except (psycopg.Error, DatabaseFault) as error:
                if not self._is_interrupted:  # Said once, however long it lasts.
                    logger.warning("Listening for events was interrupted: %s", error)
                self._is_interrupted = True
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen(self) -> None:
        connection = await psycopg.AsyncConnection.connect(
            **self._connection_parameters, autocommit=True
        )
        async with connection:
            await connection.execute(f"LISTEN {self._channel}")
            for topic in list(self._watches):  # What happened while nobody was listening.
                await self._refresh(topic)
            if self._is_interrupted:
                self._is_interrupted = False
                logger.warning("Listening for events goes on.")
            async for notification in connection.notifies():
                for topic in _topics(notification.payload):
                    if topic in self._watches:
                        await self._refresh(topic)

    async def _refresh(self, topic: str) -> None:
        snapshot = await self._snapshot(topic)
        watch = self._watches.get(topic)
        if watch is not None and snapshot is not None and snapshot != watch.snapshot:
            watch.snapshot = snapshot
            _wake(watch)

    async def _snapshot(self, topic: str) -> Snapshot | None:
        return await asyncio.get_running_loop().run_in_executor(self._reader, self._look, topic)


async def _messages(
    watch: _Watch, changed: asyncio.Event, closing: asyncio.Event
) -> AsyncIterator[bytes]:
    yield f"retry: {BROWSER_RETRY_MILLISECONDS}\n\n".encode()
    end = time.monotonic() + STREAM_SECONDS_MAX
    sent: Snapshot | None = None
    while not closing.is_set() and time.monotonic() < end:
        changed.clear()
        if watch.snapshot is not None and watch.snapshot != sent:
            sent = watch.snapshot
            yield _event("changed", sent.data)
            if sent.is_final:
                yield _event("end", {})
                return
        try:
            await asyncio.wait_for(changed.wait(), HEARTBEAT_SECONDS)
        except TimeoutError:
            yield b": still here\n\n"


def _wake(watch: _Watch) -> None:
    for changed in watch.changes:
        changed.set()


def _topics(payload: str) -> list[str]:
    """Return the topics that a NOTIFY names; none if it is not ours."""
    try:
        message = json.loads(payload)
    except ValueError:
        return []
    topics = message.get("topics") if isinstance(message, dict) else None
    return [topic for topic in topics if isinstance(topic, str)] if isinstance(topics, list) else []


def _event(name: str, data: dict[str, str]) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()
