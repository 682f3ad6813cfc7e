"""The endpoint for payment providers' notifications: /payments/{provider}/notify.

Each is verified in the event loop, which takes less than a tenth of a millisecond and makes no
outside calls; only a genuine one gets a thread and a database connection. A flood of forgeries
therefore costs the genuine ones next to nothing. A notification is answered once everything is
committed.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from datetime import UTC, datetime
from typing import TypeVar

from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from starlette.types import ASGIApp

from limosa.domain.ordering.operations.apply_notification import apply_notification
from limosa.domain.payments.operations.count_refused import count_refused
from limosa.domain.payments.registry import provider_for
from limosa.domain.payments.sender_throttle import Counts, SenderThrottle
from limosa.domain.payments.status_reports import NotificationRefusedError, ProviderNotification
from limosa.foundation.errors import ProviderError
from limosa.servers.endpoints.endpoint import Incoming
from limosa.servers.replies import plain, raw

BODY_BYTES_MAX = 64 * 1024  # Ours: the largest real one is a few kilobytes.
WAITING_MAX = 500
COUNT_SECONDS = 5.0
# Providers wait at least five seconds for an answer; notifications with unknown keys get few slots.
AWAIT_SECONDS, AWAITING_MAX = 4.0, 4

T = TypeVar("T")

logger = logging.getLogger(__name__)


class WebhookReceiver:
    """Receives the notifications of one process. threads: used for nothing else, so that
    notifications never wait for other work.
    """

    def __init__(self, *, threads: Executor) -> None:
        self._throttle = SenderThrottle()
        self._threads = threads
        self._waiting = 0
        self._awaiting = 0  # Notifications whose key is being fetched.
        self._counting: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start storing the counts of refused notifications. In the event loop."""
        self._counting = asyncio.create_task(self._count_forever())

    async def stop(self) -> None:
        """Finish what is in progress, and store the last counts."""
        if self._counting is not None:
            self._counting.cancel()
        await self._store(self._throttle.take_all_counts(now=_now()))
        await asyncio.get_running_loop().run_in_executor(None, self._threads.shutdown)

    async def answer(self, incoming: Incoming) -> ASGIApp:
        """Verify a notification, apply it, and answer in the provider's format."""
        code = incoming.parameters["provider"]
        if code not in settings.PAYMENT_PROVIDERS:
            return plain(404, "No such payment provider.")
        try:
            notification = await self._admit(code, incoming.headers, incoming.body)
        except NotificationRefusedError:
            return raw(*provider_for(code).acknowledge(accepted=False))
        is_kept = await self._keep(code, notification)
        status, content_type, answer = provider_for(code).acknowledge(accepted=is_kept)
        # If a genuine one could not be stored, it has to be sent again: the failure is ours.
        return raw(status if is_kept else 503, content_type, answer)

    async def _admit(
        self, code: str, headers: Mapping[str, str], body: bytes
    ) -> ProviderNotification:
        """Verify it; wait once, briefly, for a key that is being fetched. Few may wait."""
        try:
            return self._throttle.admit(code, headers=headers, body=body, now=_now())
        except NotificationRefusedError as refused:
            if refused.awaited is None or self._awaiting >= AWAITING_MAX:
                raise
            awaited = refused.awaited
        self._awaiting += 1
        try:
            await asyncio.get_running_loop().run_in_executor(None, awaited, AWAIT_SECONDS)
        finally:
            self._awaiting -= 1
        return self._throttle.admit(code, headers=headers, body=body, now=_now())

    async def _keep(self, code: str, notification: ProviderNotification) -> bool:
        """Have a thread apply it; if too many are waiting, the provider has to send it again."""
        if self._waiting >= WAITING_MAX:
            return False
        self._waiting += 1
        try:
            return await self._in_thread(_keep, code, notification)
        finally:
            self._waiting -= 1

    async def _in_thread(self, work: Callable[..., T], *values: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *values)

    async def _count_forever(self) -> None:
        while True:
            await asyncio.sleep(COUNT_SECONDS)
            await self._store(self._throttle.take_counts(now=_now()))

    async def _store(self, counts: Counts) -> None:
        if not counts:
            return
        # One line for all of them, so that a flood does not fill the log.
        logger.warning(
            "notifications refused: %s",
            ", ".join(f"{code} {reason} {count}" for (code, reason, _), count in counts.items()),
        )
        await self._in_thread(_count, counts)


def _keep(code: str, notification: ProviderNotification) -> bool:
    """Apply a genuine notification; return whether all of it is committed.

    A connection that broke while idle is reopened, once: testing it before each use would cost
    every notification a round trip.
    """
    for is_last in (False, True):
        try:
            result = apply_notification(provider_code=code, notification=notification, now=_now())
        except (InterfaceError, OperationalError):
            connection.close()
            if is_last:
                logger.exception("%s notification not kept", code)
        except ProviderError as error:
            logger.warning("%s notification not applied yet: %s", code, error)
            return False
        except Exception:
            # At the edge: whatever the error, the provider has to send it again.
            logger.exception("%s notification not kept", code)
            close_old_connections()
            return False
        else:
            logger.info("%s notification: %s", code, result)
            return True
    return False


def _count(counts: Counts) -> None:
    try:
        count_refused(counts=counts)
    except (InterfaceError, OperationalError):
        logger.exception("refused notifications not counted")
        connection.close()


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 -- the edge: here time is read, and passed on.
