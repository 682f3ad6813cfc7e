"""Verifies the notifications of phones after they were answered, one batch after the other, and
takes what they say of our own network's profiles to their eSIMs.

What a phone reports is kept first, so a process that dies loses none: any other, or the same one
later, finds it waiting.
"""

import asyncio
import logging
from collections.abc import Collection
from concurrent.futures import Executor
from datetime import UTC, datetime

from django.db import InterfaceError, OperationalError

from limosa.domain.connectivity.operations.pass_on_reports import pass_on_reports
from limosa.domain.connectivity.own_profiles import REQUESTER
from limosa.domain.rsp.operations.apply_notifications import apply_notifications
from limosa.protocols.sgp22.identity import Smdp

LOOK_SECONDS = 15.0  # After what a process that died has left, or a database that was away.
_MOST = 100  # At a time.

logger = logging.getLogger(__name__)


class NotificationVerifier:
    """Applies what is waiting, in a thread of its own. Belongs to one event loop.

    Woken, it looks at as many as came, and not once more to see that there is nothing, nor for what
    our own network is to be told where nothing was said to it: whatever is left over is found when
    it looks of itself.
    """

    def __init__(self, *, smdp: Smdp, thread: Executor) -> None:
        self._smdp = smdp
        self._thread = thread
        self._came = asyncio.Event()
        self._count, self._is_to_tell = _MOST, True
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look. In the event loop."""
        self._task = asyncio.create_task(self._run())

    def wake(self) -> None:
        """Look at once: something came."""
        self._count = min(self._count + 1, _MOST)
        self._came.set()

    def wake_to_tell(self, requesters: Collection[str]) -> None:
        """Take at once to eSIMs what we know ourselves, and no card has to report.

        requesters: who is to be told of something."""
        if REQUESTER in requesters:
            self._is_to_tell = True
            self._came.set()

    async def stop(self) -> None:
        """Let what is under way end, and look no more."""
        if self._task is not None:
            self._task.cancel()
        await asyncio.get_running_loop().run_in_executor(None, self._thread.shutdown)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            self._came.clear()
            count, self._count = self._count, 0
            tells, self._is_to_tell = self._is_to_tell, False
            try:
                if await loop.run_in_executor(self._thread, self._apply, count, tells) == _MOST:
                    self._count = _MOST  # There may be more.
                    continue
            except (InterfaceError, OperationalError):
                logger.warning("notifications wait: the database does not answer")
            except Exception:
                # At the edge: whatever the fault, those that come later are looked at.
                logger.exception("notifications were not verified")
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._came.wait()
            except TimeoutError:
                self._count, self._is_to_tell = _MOST, True

    def _apply(self, most: int, is_to_tell: bool) -> int:  # noqa: FBT001 -- run_in_executor's.
        now, told = datetime.now(UTC), set[str]()  # noqa: TID251 -- the edge.
        count = apply_notifications(smdp=self._smdp, now=now, most=most, tell=told.add)
        if is_to_tell or REQUESTER in told:
            pass_on_reports(now=now)
        return count
