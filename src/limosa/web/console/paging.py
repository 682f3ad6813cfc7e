"""Paged lists, newest first, by id or by time: the last page is as fast as the first."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

PAGE_SIZE = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIME_AND_ID = re.compile(r"([0-9]{1,16})-([0-9]{1,18})")
_Row = TypeVar("_Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[_Row]):
    """Rows, and the key of the next page; None on the last page. `kept`: the rest of the query
    string."""

    rows: list[_Row]
    next_before: int | str | None
    is_first: bool
    kept: str = ""


def page_of(rows: QuerySet[_Row], request: HttpRequest, *, size: int = PAGE_SIZE) -> Page[_Row]:
    """Return the page that `?before=` requests; the first one if it is invalid."""
    asked = request.GET.get("before", "")
    before = int(asked) if asked.isdecimal() and len(asked) < 19 else None
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: size + 1])
    shown = found[:size]
    next_before: int | None = shown[-1].pk if len(found) > size else None
    return Page(shown, next_before, before is None)


def page_by_time(
    rows: QuerySet[_Row], *, field: str, before: str, kept: str, size: int = PAGE_SIZE
) -> Page[_Row]:
    """Return the page before a row, identified by its time and id; the first one if it is invalid.

    For rows limited to some days: uses the index on the time, not on the id.
    """
    named = _TIME_AND_ID.fullmatch(before)
    if named:
        at = _EPOCH + timedelta(microseconds=int(named[1]))
        older = Q(**{f"{field}__lt": at}) | Q(**{field: at, "pk__lt": int(named[2])})
        rows = rows.filter(older, **{f"{field}__lte": at})
    found = list(rows.order_by(f"-{field}", "-pk")[: size + 1])
    shown = found[:size]
    next_before = None
    if len(found) > size:
        passed = (getattr(shown[-1], field) - _EPOCH) // timedelta(microseconds=1)
        next_before = f"{passed}-{shown[-1].pk}"
    return Page(shown, next_before, not named, kept)
