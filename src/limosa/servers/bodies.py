"""Bodies of requests: read whole in the event loop, before anything gets a thread.

A body that comes a byte at a time then costs its own bytes and nothing else. A thread that read it
would wait as long as the sender likes, and a handful of senders would stop the pages.
"""

import asyncio

from django.utils.translation import gettext_noop
from starlette.types import Receive, Scope

from limosa.servers.replies import header

BODY_SECONDS_MAX = 8.0
PAGE_BODY_BYTES_MAX = 256 * 1024  # Django's own limit for forms, settings/pages.py, is the same.
BODIES_MAX = 400  # At a time in this process: 100 MiB if each were as large as a body may be.


class BodyRefusedError(Exception):
    """A body that is too large (413), too slow (408) or not whole (400); `text` is for people."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


class BodyReader:
    """Reads the bodies of one process; at most `bodies_max` at a time.

    With so many under way, the one that began first gives way to the newcomer: an honest body takes
    milliseconds, so the oldest is a slow one, and slow ones never shut the others out.
    """

    def __init__(
        self, *, seconds_max: float = BODY_SECONDS_MAX, bodies_max: int = BODIES_MAX
    ) -> None:
        self._seconds_max = seconds_max
        self._bodies_max = bodies_max
        self._reading: dict[object, asyncio.Timeout] = {}  # The oldest first.

    async def read(self, scope: Scope, receive: Receive, *, bytes_max: int) -> bytes:
        """Return a request's body. Raises BodyRefusedError."""
        declared = header(scope, "content-length")
        if declared.isdecimal() and int(declared) > bytes_max:
            raise _too_large()
        if len(self._reading) >= self._bodies_max:
            oldest = next(iter(self._reading))
            self._reading.pop(oldest).reschedule(asyncio.get_running_loop().time())
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
            raise BodyRefusedError(400, "")  # Its sender has gone.
        body += message.get("body", b"")
        if len(body) > bytes_max:
            raise _too_large()
        if not message.get("more_body", False):
            return bytes(body)


def _too_large() -> BodyRefusedError:
    return BodyRefusedError(413, gettext_noop("Your request is too large."))
