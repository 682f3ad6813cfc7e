"""The endpoint for suppliers' callbacks: /suppliers/{supplier}/callback.

A signed callback is verified in the event loop, without outside calls, and only a genuine one gets
a thread; of the refused ones that name an order of ours, one in a few seconds is kept for staff to
see. An unsigned one proves nothing: it is read in a thread, and only makes us query the supplier.
All are answered once everything is committed.
"""

import logging
from collections import Counter
from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import TypeVar

from django.conf import settings
from django.utils import timezone
from starlette.types import ASGIApp

from limosa.domain.connectivity.answers import CallbackRefusedError, CallbackUnreadableError
from limosa.domain.connectivity.capabilities import CallbackAuth
from limosa.domain.connectivity.engine.blotting import order_numbers_in
from limosa.domain.connectivity.kept_callbacks import ReceivedCallback
from limosa.domain.connectivity.operations.keep_refused_callback import keep_refused_callback
from limosa.domain.connectivity.registry import adapter_for
from limosa.domain.ordering.operations.apply_supplier_callback import apply_supplier_callback
from limosa.servers.endpoints.endpoint import Incoming
from limosa.servers.endpoints.threads import ThreadsInTurn
from limosa.servers.replies import plain, raw

BODY_BYTES_MAX = 256 * 1024  # Ours: a batch of orders, each less than a kilobyte.
TELL_SECONDS = 5.0

T = TypeVar("T")

logger = logging.getLogger(__name__)


class _Counted:
    """Counts what anybody can cause, and logs it at once; during a flood, one line every few
    seconds."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._counts: Counter[str] = Counter()
        self._told_at = 0.0

    def add(self, which: str) -> bool:
        """Count one more. Return whether it was logged."""
        self._counts[which] += 1
        if monotonic() - self._told_at < TELL_SECONDS:
            return False
        self._told_at = monotonic()
        counts = ", ".join(f"{which} {count}" for which, count in self._counts.items())
        logger.warning("%s: %s", self._what, counts)
        self._counts.clear()
        return True


class SupplierCallbacks:
    """Receives the callbacks of one process."""

    def __init__(self, *, threads: ThreadsInTurn) -> None:
        self._threads = threads
        self._refused = _Counted("callbacks refused")
        self._unrecorded = _Counted("unsigned callbacks beyond those that are kept")

    async def answer(self, incoming: Incoming) -> ASGIApp:
        """Apply a callback, and answer in the supplier's format.

        A genuine one that can't be applied yet is answered so that it is sent again.
        """
        code = incoming.parameters["supplier"]
        if code not in settings.SUPPLIER_ADAPTERS:
            return plain(404, "No such supplier.")
        if incoming.method == "HEAD":  # Airalo asks so whether the address is there, and wants 200.
            return raw(200, "text/plain", b"")
        adapter, now = adapter_for(code), timezone.now()
        read = partial(adapter.read_callback, headers=incoming.headers, body=incoming.body, now=now)
        try:
            if adapter.capabilities.callback_auth is CallbackAuth.UNSIGNED:
                callback = await self._in_thread(read, incoming)
            else:
                callback = read()
        except CallbackRefusedError as refused:
            if self._refused.add(f"{code} {refused.reason}") and order_numbers_in(incoming.body):
                await self._keep(code, refused.reason, incoming)
            status, content_type, body = adapter.acknowledge(accepted=False)
            is_theirs = isinstance(refused, CallbackUnreadableError)
            return raw(400 if is_theirs else max(status, 400), content_type, body)
        apply = partial(
            apply_supplier_callback,
            supplier_code=code,
            callback=callback,
            now=now,
            received=ReceivedCallback(incoming.headers, incoming.body),
        )
        applied = await self._in_thread(apply, incoming)
        if not applied.is_recorded:
            self._unrecorded.add(code)
        status, content_type, body = adapter.acknowledge(accepted=applied.is_done)
        return raw(status if applied.is_done else 503, content_type, body)

    async def _keep(self, code: str, reason: str, incoming: Incoming) -> None:
        """Keep a refused one that names an order of ours: as seldom as one is logged."""
        keep = partial(
            keep_refused_callback,
            supplier_code=code,
            reason=reason,
            received=ReceivedCallback(incoming.headers, incoming.body),
            now=timezone.now(),
        )
        await self._in_thread(keep, incoming)

    async def _in_thread(self, work: Callable[[], T], incoming: Incoming) -> T:
        return await self._threads.run(work, whom=incoming.whom, receive=incoming.receive)
