"""The tables that can be exported: their columns, and their rows between two days."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from limosa.domain.ledger.models import Posting
from limosa.domain.payments.models import Difference, Payment
from limosa.web.console.long_reads import EXPORT_SECONDS_MAX, statements_may_take

ROWS_PER_READ = 2_000
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Table:
    """`columns`: the name in the file, where it is read from, and its type: text, integer or time.

    Names are never translated, so that programs find them in any language.
    """

    label: Promise
    columns: tuple[tuple[str, str, str], ...]
    rows_between: Callable[[Span], QuerySet[Any]]

    @property
    def names(self) -> list[str]:
        """The first line of the file."""
        return [name for name, _, _ in self.columns]

    def rows(self, span: Span) -> Iterator[tuple[Any, ...]]:
        """Yield the rows, oldest first, without holding them in memory."""
        places = [place for _, place, _ in self.columns]
        rows = self.rows_between(span).values_list(*places)
        with statements_may_take(EXPORT_SECONDS_MAX):
            yield from rows.iterator(chunk_size=ROWS_PER_READ)


def _journal(span: Span) -> QuerySet[Posting]:
    return Posting.objects.filter(
        entry__posted_at__gte=span[0], entry__posted_at__lt=span[1]
    ).order_by("entry__posted_at", "id")


def _payments(span: Span) -> QuerySet[Payment]:
    return Payment.objects.filter(created_at__gte=span[0], created_at__lt=span[1]).order_by("id")


def _differences(span: Span) -> QuerySet[Difference]:
    return Difference.objects.filter(found_at__gte=span[0], found_at__lt=span[1]).order_by("id")


TABLES: dict[str, Table] = {
    "journal": Table(
        _("Journal"),
        (
            ("entry", "entry__key", "text"),
            ("kind", "entry__kind", "text"),
            ("order_number", "entry__order_number", "text"),
            ("posted_at", "entry__posted_at", "time"),
            ("account", "account__code", "text"),
            ("currency", "account__currency", "text"),
            ("amount_minor", "amount_minor", "integer"),
        ),
        _journal,
    ),
    "payments": Table(
        _("Payments"),
        (
            ("number", "number", "text"),
            ("order_number", "order_number", "text"),
            ("provider", "provider", "text"),
            ("method", "method", "text"),
            ("state", "state", "text"),
            ("amount_minor", "amount_minor", "integer"),
            ("currency", "currency", "text"),
            ("received_minor", "received_minor", "integer"),
            ("received_currency", "received_currency", "text"),
            ("refunded_minor", "refunded_minor", "integer"),
            ("transaction_id", "transaction_id", "text"),
            ("problem", "problem", "text"),
            ("created_at", "created_at", "time"),
            ("paid_at", "paid_at", "time"),
        ),
        _payments,
    ),
    "differences": Table(
        _("Differences"),
        (
            ("id", "id", "integer"),
            ("provider", "provider", "text"),
            ("kind", "kind", "text"),
            ("subject", "subject", "text"),
            ("payment", "payment__number", "text"),
            ("theirs_minor", "theirs_minor", "integer"),
            ("theirs_currency", "theirs_currency", "text"),
            ("ours_minor", "ours_minor", "integer"),
            ("ours_currency", "ours_currency", "text"),
            ("state", "state", "text"),
            ("found_at", "found_at", "time"),
            ("resolved_at", "resolved_at", "time"),
        ),
        _differences,
    ),
}
