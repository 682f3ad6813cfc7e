"""Lists in pages, newest first, by id: the same speed on the first page and on the last."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

PAGE_SIZE = 50
_Row = TypeVar("_Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[_Row]):
    """Rows, and the id to go on from; None on the last page."""

    rows: list[_Row]
    next_before: int | None
    is_first: bool


def page_of(rows: QuerySet[_Row], request: HttpRequest, *, size: int = PAGE_SIZE) -> Page[_Row]:
    """Return the page that `?before=` asks for; the first one when it makes no sense."""
    asked = request.GET.get("before", "")
    before = int(asked) if asked.isdecimal() and len(asked) < 19 else None
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: size + 1])
    shown = found[:size]
    next_before: int | None = shown[-1].pk if len(found) > size else None
    return Page(shown, next_before, before is None)
