"""Request bodies: read whole in the event loop, before anything gets a thread.

A body that trickles in costs only its own bytes. A thread reading it would wait as long as the
sender likes, and a handful of senders would stop the pages.
"""

import asyncio

from django.utils.translation import gettext_noop
from starlette.types import Receive, Scope

from limosa.servers.replies import header

BODY_SECONDS_MAX = 8.0
PAGE_BODY_BYTES_MAX = 256 * 1024  # The same as Django's limit for forms in settings/pages.py.
BODIES_MAX = 400  # At a time in this process: 100 MiB if all had the maximum size.


class BodyRefusedError(Exception):
    """A body that is too large (413), too slow (408) or incomplete (400); `text` is for people."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


class BodyReader:
    """Reads the bodies of one process; at most `bodies_max` at a time.

    With that many in progress, a new body replaces the oldest: an honest body takes milliseconds,
    so the oldest is a slow one, and slow ones can't shut the others out.
    """

    def __init__(
        self, *, seconds_max: float = BODY_SECONDS_MAX, bodies_max: int = BODIES_MAX
    ) -> None:
        self._seconds_max = seconds_max
        self._bodies_max = bodies_max
        self._reading: dict[object, asyncio.Timeout] = {}  # Oldest first.

    async def read(self, scope: Scope, receive: Receive, *, bytes_max: int) -> bytes:
        """Return a request's body. Raises BodyRefusedError."""
        declared = header(scope, "content-length")
        if declared.isdecimal() and int(declared) > bytes_max:
            raise _too_large()
        if len(self._reading) >= self._bodies_max:
            oldest = self._reading.pop(next(iter(self._reading)))
            if not oldest.expired():  # By itself, in this very moment.
                oldest.reschedule(asyncio.get_running_loop().time())
        mine = object()
        try:
            async with asyncio.timeout(self._seconds_max) as deadline:
                self._reading[mine] = deadline
                return await _read(receive, bytes_max)
        except TimeoutError:
            text = gettext_noop("Your request arrived too slowly. Please send it again.")
            raise BodyRefusedError(408, text) from None
        finally:
            self._reading.pop(mine, None)


async def _read(receive: Receive, bytes_max: int) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            # The client has gone, or its chunks can't be read: the server doesn't tell which.
            raise BodyRefusedError(
                400, gettext_noop("Your request did not arrive whole. Please send it again.")
            )
        body += message.get("body", b"")
        if len(body) > bytes_max:
            raise _too_large()
        if not message.get("more_body", False):
            return bytes(body)


def _too_large() -> BodyRefusedError:
    return BodyRefusedError(413, gettext_noop("Your request is too large."))
