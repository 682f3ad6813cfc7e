"""The endpoint for networks' usage reports: /feeds/usage. docs/reference/usage-feed.md has the
format.

The key is compared in the event loop; only a request with the right key gets a thread. A batch is
counted in short parts, and gives its thread back after each, so that whoever else waits is let in
between; and one sender has one batch at work at a time.
"""

import json
import re
from time import monotonic
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from starlette.responses import Response
from starlette.types import ASGIApp

from limosa.domain.charging.operations.record_usage import UsageReport, record_usage
from limosa.servers.endpoints.endpoint import RETRY, Incoming, Refusal, RequestRefusedError
from limosa.servers.endpoints.senders import OneOfEach
from limosa.servers.endpoints.threads import ThreadsInTurn
from limosa.servers.endpoints.usage_batch import (
    InvalidBatchError,
    InvalidRecord,
    UsageBatch,
    read_batch,
)
from limosa.servers.replies import raw

BODY_BYTES_MAX = 256 * 1024
PART_SECONDS_MAX = 0.25  # Of a thread, until others have their turn.
BATCH_SECONDS_MAX = 20.0
_JSON_TYPE = re.compile(r"application/json\s*(?:;\s*charset=\"?utf-?8\"?\s*)?", re.IGNORECASE)
_BEARER = re.compile(r"bearer +(\S.*)", re.IGNORECASE)  # RFC 9110, 11.1: in any case.
WRONG_KEY = Refusal(
    status=401,
    code="wrong_key",
    text="The header Authorization must be Bearer and the feed's key.",
    headers={"www-authenticate": "Bearer"},
)
WRONG_TYPE = Refusal(
    status=415,
    code="wrong_type",
    text="The body must be JSON in UTF-8, and the header Content-Type application/json.",
    headers={"accept": "application/json"},
)
WRONG_ENCODING = Refusal(
    status=415,
    code="wrong_encoding",
    text="The body must not be compressed: the header Content-Encoding may only be identity.",
    headers={"accept-encoding": "identity"},
)
OUT_OF_TIME = Refusal(
    status=503,
    code="out_of_time",
    text="There was only time for the first records, which have results. Send the others again.",
    headers=RETRY,
)


class UsageFeed:
    """Receives the batches of one process."""

    def __init__(self, *, threads: ThreadsInTurn) -> None:
        self._threads = threads
        self._senders = OneOfEach()

    async def answer(self, incoming: Incoming) -> ASGIApp:
        """Count each record of a batch once; answer for each what is left and what to do."""
        if not _has_key(incoming.headers.get("authorization", "")):
            raise RequestRefusedError(WRONG_KEY)
        if incoming.headers.get("content-encoding", "identity").lower() != "identity":
            raise RequestRefusedError(WRONG_ENCODING)
        if not _JSON_TYPE.fullmatch(incoming.headers.get("content-type", "")):
            raise RequestRefusedError(WRONG_TYPE)
        counting = _Counting(incoming.body)
        try:
            async with self._senders.turn_of(incoming.whom, receive=incoming.receive):
                is_whole = await self._count(counting, incoming)
        except InvalidBatchError as fault:
            refusal = Refusal(status=400, code="invalid_batch", text=str(fault))
            raise RequestRefusedError(refusal) from None
        if is_whole:
            return _json(200, {"results": counting.results})
        return _refused(OUT_OF_TIME, results=counting.results)

    async def _count(self, counting: "_Counting", incoming: Incoming) -> bool:
        """Count a batch in parts; return whether all of it was counted in time."""
        end = monotonic() + BATCH_SECONDS_MAX
        try:
            while not await self._threads.run(
                counting.go_on, whom=incoming.whom, receive=incoming.receive
            ):
                if monotonic() >= end:
                    return False
        except RequestRefusedError:  # No thread became free.
            if not counting.results:
                raise
            return False
        return True


def say_in_json(refusal: Refusal) -> Response:
    """Return a refusal in the feed's single error format."""
    return _refused(refusal)


def _refused(refusal: Refusal, **more: object) -> Response:
    error = {"code": refusal.code, "message": refusal.text.strip()}
    answer = _json(refusal.status, {"error": error, **more})
    answer.headers.update(refusal.headers)
    return answer


def _has_key(authorization: str) -> bool:
    told, key = _BEARER.fullmatch(authorization), settings.USAGE_FEED_KEY
    return bool(key) and told is not None and constant_time_compare(told[1], key)


class _Counting:
    """The counting of a batch. results: of the records counted so far, in order."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._batch: UsageBatch | None = None
        self.results: list[dict[str, Any]] = []

    def go_on(self) -> bool:
        """Count further records, in a thread, for a moment; return whether all are counted.

        Raises InvalidBatchError, when it begins.
        """
        until = monotonic() + PART_SECONDS_MAX
        batch = self._batch = self._batch or read_batch(self._body, now=timezone.now())
        for record in batch.records[len(self.results) :]:
            self.results.append(_result(batch.feed, record))
            if monotonic() >= until:
                break
        return len(self.results) == len(batch.records)


def _result(feed: str, record: UsageReport | InvalidRecord) -> dict[str, Any]:
    if isinstance(record, InvalidRecord):
        return {"record_id": record.record_id, "status": "invalid", "reason": record.reason}
    [result] = record_usage(feed=feed, reports=[record], now=timezone.now())
    return {
        "record_id": result.record_id,
        "status": result.status,
        "remaining_bytes": result.remaining_bytes,
        "final_unit_action": result.final_unit_action.value,
    }


def _json(status: int, content: dict[str, Any]) -> Response:
    # In ASCII: a record may contain a text that UTF-8 can't encode.
    return raw(status, "application/json", json.dumps(content).encode())
