"""Where networks report what was used. The form is in docs/reference/usage-feed.md."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from limosa.domain.charging.operations.record_usage import UsageReport, UsageResult, record_usage

RECORDS_MAX = 500
BYTES_MAX = 2**50
# Ours: a clock that is further off would spoil the days that a person sees.
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
AHEAD_MAX = timedelta(days=1)
_FEED = re.compile(r"[a-z0-9-]{1,50}")


class InvalidRecordError(ValueError):
    """A record that can't be read; the text names the field and says what it must be."""


@csrf_exempt
@require_POST
def usage_feed(request: HttpRequest) -> HttpResponse:
    """Count the records of a batch, each once; answer for each what is left and what to do."""
    if not settings.USAGE_FEED_KEY or not constant_time_compare(
        request.headers.get("Authorization", ""), f"Bearer {settings.USAGE_FEED_KEY}"
    ):
        return _fault(401, "The header must be «Authorization: Bearer» with the feed's key.")
    try:
        batch = json.loads(request.body)
        feed, rows = batch["feed"], batch["records"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return _fault(400, "The body must be a JSON object with «feed» and «records».")
    if not isinstance(feed, str) or not _FEED.fullmatch(feed):
        return _fault(400, "«feed» must be 1 to 50 small letters, digits and hyphens.")
    if not isinstance(rows, list) or len(rows) > RECORDS_MAX:
        return _fault(400, f"«records» must be a list of at most {RECORDS_MAX}.")
    return JsonResponse({"results": [_result(feed, row) for row in rows]})


def _result(feed: str, row: Any) -> dict[str, Any]:
    try:
        report = _report(row)
    except InvalidRecordError as fault:
        record_id = row.get("record_id") if isinstance(row, dict) else None
        return {"record_id": record_id, "status": "invalid", "reason": str(fault)}
    [result] = record_usage(feed=feed, reports=[report], now=timezone.now())
    return _to_json(result)


def _to_json(result: UsageResult) -> dict[str, Any]:
    return {
        "record_id": result.record_id,
        "status": result.status,
        "remaining_bytes": result.remaining_bytes,
        "final_unit_action": result.final_unit_action.value,
    }


def _report(row: Any) -> UsageReport:
    if not isinstance(row, dict):
        raise InvalidRecordError("a record must be a JSON object")
    started_at, ended_at = _time(row, "started_at"), _time(row, "ended_at")
    if ended_at < started_at:
        raise InvalidRecordError("ended_at must not be before started_at")
    return UsageReport(
        record_id=_text(row, "record_id", 64),
        iccid=_text(row, "iccid", 20),
        started_at=started_at,
        ended_at=ended_at,
        uplink_bytes=_bytes(row, "uplink_bytes"),
        downlink_bytes=_bytes(row, "downlink_bytes"),
    )


def _text(row: Mapping[str, Any], field: str, most: int) -> str:
    value = row.get(field)
    if not isinstance(value, str) or not 0 < len(value) <= most or not value.isprintable():
        raise InvalidRecordError(f"{field} must be a text of 1 to {most} printable characters")
    return value


def _bytes(row: Mapping[str, Any], field: str) -> int:
    value = row.get(field)
    if type(value) is not int or not 0 <= value <= BYTES_MAX:
        raise InvalidRecordError(f"{field} must be a whole number of bytes from 0 to 2^50")
    return value


def _time(row: Mapping[str, Any], field: str) -> datetime:
    try:
        moment = datetime.fromisoformat(row[field])
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidRecordError(f"{field} must be a time such as 2026-11-22T14:02:00Z") from error
    if moment.tzinfo is None:
        raise InvalidRecordError(f"{field} must name its time zone, such as Z")
    if not EARLIEST <= moment <= timezone.now() + AHEAD_MAX:
        raise InvalidRecordError(f"{field} must be after the year 1999 and not in the future")
    return moment


def _fault(status: int, message: str) -> HttpResponse:
    return JsonResponse({"error": message}, status=status)
