"""Keyset pagination, so that the millionth page costs no more than the first.

A key is a whole number: a row's id, or the microsecond of its creation.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet

PAGE_LENGTH = 20
_KEY_DIGITS_MAX = 18
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows, newest first. `older`: the key of the next page; None at the end."""

    rows: list[Row]
    older: int | None
    is_first: bool


def page_by_id(rows: QuerySet[Row], *, before: str) -> Page[Row]:
    """Return the rows with an id below `before`; the newest, if it is not a number."""
    return _page(
        rows.order_by("-id"), before, cut=lambda key: {"id__lt": key}, key_of=lambda row: row.pk
    )


def page_by_time(rows: QuerySet[Row], *, before: str) -> Page[Row]:
    """Return the rows created before the microsecond `before`; the newest, if it is not a
    number."""
    return _page(
        rows.order_by("-created_at"),
        before,
        cut=lambda key: {"created_at__lt": _EPOCH + timedelta(microseconds=key)},
        key_of=lambda row: (row.created_at - _EPOCH) // timedelta(microseconds=1),
    )


def _page(
    rows: QuerySet[Row],
    before: str,
    *,
    cut: Callable[[int], dict[str, Any]],
    key_of: Callable[[Any], int],
) -> Page[Row]:
    is_first = not (before.isdecimal() and len(before) < _KEY_DIGITS_MAX)
    if not is_first:
        rows = rows.filter(**cut(int(before)))
    found = list(rows[: PAGE_LENGTH + 1])
    shown = found[:PAGE_LENGTH]
    return Page(shown, key_of(shown[-1]) if len(found) > PAGE_LENGTH else None, is_first)
