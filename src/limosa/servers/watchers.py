"""Who watches live events: /events/… with a token, one stream each (server-sent events)."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs

from django.db import Error as DatabaseFault

from limosa.servers.crowd import STREAMS_OF_ADDRESS_MAX, Crowd
from limosa.servers.events import EventHub
from limosa.servers.replies import Receive, Scope, Send, reply
from limosa.servers.shared_crowd import SharedCrowd

STREAMS_OF_TOKEN_MAX = 5  # A person's tabs and devices.


class Watchers:
    """The streams of one process, so many of each token and of each address.

    permitted_topic: returns the topic that a path and a token give the right to watch, or None.
    shared_folder: belongs to all processes of this server; those of a token are counted together.
    """

    def __init__(
        self, permitted_topic: Callable[[str, str], str | None], *, shared_folder: Path
    ) -> None:
        self._permitted_topic = permitted_topic
        self._of_token = SharedCrowd(shared_folder / "streams", each_max=STREAMS_OF_TOKEN_MAX)
        self._of_address = Crowd(each_max=STREAMS_OF_ADDRESS_MAX)

    async def serve(
        self, hub: EventHub | None, scope: Scope, receive: Receive, send: Send, *, whom: str
    ) -> None:
        """Answer a request. `whom`: by whom its stream is counted; empty: by its token only."""
        if scope["method"] != "GET":
            await reply(send, 405, "Only GET.")
            return
        query = parse_qs(bytes(scope["query_string"]).decode("latin-1"))  # type: ignore[call-overload]
        token = query.get("t", [""])[0]
        topic = self._permitted_topic(str(scope["path"]), token)
        if topic is None:
            await reply(send, 403, "This address is not, or no longer, valid.")
            return
        if hub is None or hub.is_full:
            await reply(send, 503, "Too many are watching; ask the page itself.")
            return
        with (
            self._of_token.place_for(topic) as fits_token,
            self._of_address.place_for(whom) as fits_address,
        ):
            if not fits_token or not fits_address:
                await reply(send, 429, "You are watching too much at a time.")
                return
            try:
                await _stream(hub, topic, receive, send)
            except DatabaseFault:  # Before the stream began: only its first look is waited for.
                await reply(send, 503, "The database does not answer; ask again later.")


async def _stream(hub: EventHub, topic: str, receive: Receive, send: Send) -> None:
    async with hub.stream(topic) as messages:
        if messages is None:
            await reply(send, 404, "There is nothing to watch here.")
            return
        headers = [
            (b"content-type", b"text/event-stream; charset=utf-8"),
            (b"cache-control", b"no-store"),
            (b"x-accel-buffering", b"no"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})

        async def send_all() -> None:
            async for body in messages:
                await send({"type": "http.response.body", "body": body, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})

        sending = asyncio.create_task(send_all())
        leaving = asyncio.create_task(_gone(receive))
        _, unfinished = await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)


async def _gone(receive: Receive) -> None:
    """Return when the reader has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
