"""A batch of usage records from a network; docs/reference/usage-feed.md describes the format."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

from limosa.domain.charging.operations.record_usage import UsageReport

RECORDS_MAX = 500
BYTES_MAX = 2**50
# Ours: a clock further off would spoil the daily figures that a person sees.
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
AHEAD_MAX = timedelta(days=1)
_FEED = re.compile(r"[a-z0-9-]{1,50}")
# RFC 3339, 5.6. Python reads more: week dates, no seconds, a space for the T.
_TIME = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE
)


class InvalidBatchError(ValueError):
    """An invalid batch; the text says what is required."""


class InvalidRecordError(ValueError):
    """An invalid record; the text names the field and says what is required."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvalidRecord:
    """An invalid record. record_id: None if it has none that is a string."""

    record_id: str | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageBatch:
    """Records of one feed, in the order received."""

    feed: str
    records: list[UsageReport | InvalidRecord]


def read_batch(body: bytes, *, now: datetime) -> UsageBatch:
    """Return the batch in a body. Raises InvalidBatchError; an invalid record affects only
    itself."""
    try:
        # Decoded here: from bytes, Python would also guess UTF-16, and take halves of surrogates.
        text = body.decode("utf-8")
        batch = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_object)
        feed, rows = batch["feed"], batch["records"]
    except InvalidBatchError:
        raise
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InvalidBatchError(
            "the body must be a JSON object in UTF-8 with feed and records"
        ) from None
    if not isinstance(feed, str) or not _FEED.fullmatch(feed):
        raise InvalidBatchError("feed must be 1 to 50 small letters, digits and hyphens")
    if not isinstance(rows, list) or len(rows) > RECORDS_MAX:
        raise InvalidBatchError(f"records must be a list of at most {RECORDS_MAX}")
    return UsageBatch(feed=feed, records=[_record(row, now) for row in rows])


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object. Raises InvalidBatchError for a member that it has twice: readers of JSON
    disagree on which counts."""
    its = dict(members)
    if len(its) != len(members):
        raise InvalidBatchError("no JSON object may have the same member twice")
    return its


def _no_constant(word: str) -> NoReturn:
    """Refuse NaN and Infinity, which Python accepts but JSON does not have."""
    raise ValueError(word)


def _record(row: Any, now: datetime) -> UsageReport | InvalidRecord:
    try:
        return _report(row, now)
    except InvalidRecordError as fault:
        record_id = row.get("record_id") if isinstance(row, dict) else None
        return InvalidRecord(
            record_id=record_id if isinstance(record_id, str) else None, reason=str(fault)
        )


def _report(row: Any, now: datetime) -> UsageReport:
    if not isinstance(row, dict):
        raise InvalidRecordError("a record must be a JSON object")
    started_at, ended_at = _time(row, "started_at", now), _time(row, "ended_at", now)
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


def _time(row: Mapping[str, Any], field: str, now: datetime) -> datetime:
    try:
        moment = _moment(row.get(field))
    except ValueError as error:
        raise InvalidRecordError(
            f"{field} must be a time with its offset, such as 2026-11-22T14:02:00Z"
        ) from error
    if not EARLIEST <= moment <= now + AHEAD_MAX:
        raise InvalidRecordError(f"{field} must be after the year 1999 and not in the future")
    return moment


def _moment(told: Any) -> datetime:
    if not isinstance(told, str) or not _TIME.fullmatch(told):
        raise ValueError
    return datetime.fromisoformat(told.upper())
