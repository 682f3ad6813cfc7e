"""The endpoint for networks' usage reports: /feeds/usage. docs/reference/usage-feed.md has the
format.

The key is compared in the event loop; only a request with the right key gets a thread.
"""

import json
import re
from functools import partial
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from starlette.responses import Response
from starlette.types import ASGIApp

from limosa.domain.charging.operations.record_usage import UsageReport, record_usage
from limosa.servers.endpoints.endpoint import Incoming, Refusal, RequestRefusedError
from limosa.servers.endpoints.threads import ThreadsInTurn
from limosa.servers.endpoints.usage_batch import InvalidBatchError, InvalidRecord, read_batch
from limosa.servers.replies import raw

BODY_BYTES_MAX = 256 * 1024
_JSON_TYPE = re.compile(r"application/json\s*(?:;\s*charset=\"?utf-?8\"?\s*)?", re.IGNORECASE)
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


class UsageFeed:
    """Receives the batches of one process."""

    def __init__(self, *, threads: ThreadsInTurn) -> None:
        self._threads = threads

    async def answer(self, incoming: Incoming) -> ASGIApp:
        """Count each record of a batch once; answer for each what is left and what to do."""
        told = incoming.headers.get("authorization", "")
        key = settings.USAGE_FEED_KEY
        if not key or not constant_time_compare(told, f"Bearer {key}"):
            raise RequestRefusedError(WRONG_KEY)
        if not _JSON_TYPE.fullmatch(incoming.headers.get("content-type", "")):
            raise RequestRefusedError(WRONG_TYPE)
        try:
            results = await self._threads.run(
                partial(_count, incoming.body), whom=incoming.whom, receive=incoming.receive
            )
        except InvalidBatchError as fault:
            refusal = Refusal(status=400, code="invalid_batch", text=str(fault))
            raise RequestRefusedError(refusal) from None
        return _json(200, {"results": results})


def say_in_json(refusal: Refusal) -> Response:
    """Return a refusal in the feed's single error format."""
    content = {"error": {"code": refusal.code, "message": refusal.text.strip()}}
    answer = _json(refusal.status, content)
    answer.headers.update(refusal.headers)
    return answer


def _count(body: bytes) -> list[dict[str, Any]]:
    batch = read_batch(body, now=timezone.now())
    return [_result(batch.feed, record) for record in batch.records]


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
