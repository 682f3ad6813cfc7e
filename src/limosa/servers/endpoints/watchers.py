"""Live pages: /events/…, with a token; one stream each (server-sent events)."""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs

from django.db import Error as DatabaseFault
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from limosa.servers.crowd import STREAMS_OF_ADDRESS_MAX, Crowd
from limosa.servers.endpoints.endpoint import (
    DATABASE_AWAY,
    RETRY,
    Incoming,
    Refusal,
    RequestRefusedError,
    say_plainly,
)
from limosa.servers.events import EventHub
from limosa.servers.shared_crowd import SharedCrowd

STREAMS_OF_TOKEN_MAX = 5  # A person's tabs and devices.
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
NOT_VALID = Refusal(status=403, code="not_valid", text="This address is not, or no longer, valid.")
FULL = Refusal(
    status=503,
    code="full",
    text="Too many are watching; ask the page itself.",
    headers=RETRY,
)
TOO_MUCH = Refusal(
    status=429, code="too_much", text="You are watching too much at a time.", headers=RETRY
)
NOTHING = Refusal(status=404, code="nothing", text="There is nothing to watch here.")


class Watchers:
    """The streams of one process, with a limit for each token and each address.

    permitted_topic: returns the topic that a path and a token may watch, or None. shared_folder:
    common to all processes of this server, which count the streams of a token together.
    """

    def __init__(
        self,
        hub: EventHub,
        *,
        permitted_topic: Callable[[str, str], str | None],
        shared_folder: Path,
    ) -> None:
        self._hub = hub
        self._permitted_topic = permitted_topic
        self._of_token = SharedCrowd(shared_folder / "streams", each_max=STREAMS_OF_TOKEN_MAX)
        self._of_address = Crowd(each_max=STREAMS_OF_ADDRESS_MAX)

    async def answer(self, incoming: Incoming) -> ASGIApp:
        """Return a stream, which holds its slots while it is being sent."""
        token = parse_qs(incoming.query.decode("latin-1")).get("t", [""])[0]
        topic = self._permitted_topic(incoming.path, token)
        if topic is None:
            raise RequestRefusedError(NOT_VALID)
        if self._hub.is_full:
            raise RequestRefusedError(FULL)
        return partial(self._serve, topic, incoming.whom)

    async def _serve(
        self, topic: str, whom: str, scope: Scope, receive: Receive, send: Send
    ) -> None:
        with (
            self._of_token.place_for(topic) as fits_token,
            self._of_address.place_for(whom) as fits_address,
        ):
            refusal: Refusal | None = None if fits_token and fits_address else TOO_MUCH
            if refusal is None:
                try:
                    refusal = await self._stream(topic, scope, receive, send)
                except DatabaseFault:  # Only the first lookup, before the stream begins.
                    refusal = DATABASE_AWAY
            if refusal is not None:
                await say_plainly(refusal)(scope, receive, send)

    async def _stream(
        self, topic: str, scope: Scope, receive: Receive, send: Send
    ) -> Refusal | None:
        async with self._hub.stream(topic) as messages:
            if messages is None:
                return NOTHING
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})

            async def send_all() -> None:
                if scope["method"] != "HEAD":
                    async for body in messages:
                        await send(_body(body, more_body=True))
                await send(_body(b"", more_body=False))

            sending = asyncio.create_task(send_all())
            leaving = asyncio.create_task(_gone(receive))
            either = {sending, leaving}
            _, unfinished = await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            for task in unfinished:
                task.cancel()
            await asyncio.gather(*unfinished, return_exceptions=True)
        return None


def _body(body: bytes, *, more_body: bool) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": more_body}


async def _gone(receive: Receive) -> None:
    """Return when the reader has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
