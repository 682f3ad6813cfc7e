"""Request bodies: read whole in the event loop, before anything gets a thread.

A body that trickles in costs only its own bytes. A thread reading it would wait as long as the
sender likes, and a handful of senders would stop the pages.
"""

import asyncio
from dataclasses import dataclass

from django.utils.translation import gettext_noop
from starlette.types import Receive, Scope

from limosa.servers.replies import header

BODY_SECONDS_MAX = 8.0
PAGE_BODY_BYTES_MAX = 256 * 1024  # The same as Django's limit for forms in settings/pages.py.
BODIES_MAX = 400  # At a time in this process: 100 MiB if all had the maximum size.
BODIES_OF_ADDRESS_MAX = 100


class BodyRefusedError(Exception):
    """A body that is too large (413), too slow (408) or incomplete (400); `text` is for people."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


class BodyReader:
    """Reads the bodies of one process; at most `bodies_max` at a time.

    With that many in progress, a new body replaces the oldest: an honest body takes milliseconds,
    so the oldest is a slow one, and slow ones can't shut the others out. With `of_address_max` of
    one address, its own oldest is replaced: one address can't have the others' bodies cut.
    """

    def __init__(
        self,
        *,
        seconds_max: float = BODY_SECONDS_MAX,
        bodies_max: int = BODIES_MAX,
        of_address_max: int = BODIES_OF_ADDRESS_MAX,
    ) -> None:
        self._seconds_max = seconds_max
        self._bodies_max = bodies_max
        self._of_address_max = of_address_max
        self._reading: dict[object, _Reading] = {}  # Oldest first.

    async def read(
        self, scope: Scope, receive: Receive, *, bytes_max: int, whom: str = ""
    ) -> bytes:
        """Return a request's body. whom: whose it is; empty: nobody's that is counted.

        Raises BodyRefusedError.
        """
        declared = header(scope, "content-length")
        if declared.isdecimal() and int(declared) > bytes_max:
            raise _too_large()
        self._make_room(whom)
        mine = object()
        try:
            async with asyncio.timeout(self._seconds_max) as deadline:
                self._reading[mine] = _Reading(whom, deadline)
                return await _read(receive, bytes_max)
        except TimeoutError:
            text = gettext_noop("Your request arrived too slowly. Please send it again.")
            raise BodyRefusedError(408, text) from None
        finally:
            self._reading.pop(mine, None)

    def _make_room(self, whom: str) -> None:
        """End the oldest body where there are too many: of the address, or of all."""
        if whom and len(self._reading) >= self._of_address_max:
            own = [key for key, reading in self._reading.items() if reading.whom == whom]
            if len(own) >= self._of_address_max:
                self._end(own[0])
        if len(self._reading) >= self._bodies_max:
            self._end(next(iter(self._reading)))

    def _end(self, key: object) -> None:
        deadline = self._reading.pop(key).deadline
        if not deadline.expired():  # By itself, in this very moment.
            deadline.reschedule(asyncio.get_running_loop().time())


@dataclass(frozen=True, slots=True)
class _Reading:
    """A body in progress."""

    whom: str
    deadline: asyncio.Timeout


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
