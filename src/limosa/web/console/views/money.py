"""The books: the trial balance, suspense, and the exchange rates in use."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from limosa.domain.accounts.models import Subscriber
from limosa.domain.catalog.models import ExchangeRate, Price
from limosa.domain.ledger.models import AccountKind
from limosa.domain.ledger.queries import TrialRow, trial_balance
from limosa.foundation.money import Money
from limosa.web.console.access import staff_page

# Rates come every working day; holidays leave gaps of a few days.
RATE_IS_OLD_AFTER = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Book:
    """One currency's accounts. In a right book debits equal credits, and suspense is empty."""

    currency: str
    rows: list[TrialRow]

    @property
    def debit(self) -> Money:
        """All debits."""
        return Money(sum(row.debit_minor for row in self.rows), self.currency)

    @property
    def credit(self) -> Money:
        """All credits."""
        return Money(sum(row.credit_minor for row in self.rows), self.currency)

    @property
    def difference(self) -> Money:
        """What must be zero."""
        return self.debit - self.credit

    @property
    def suspense(self) -> Money:
        """Money that could not be placed."""
        rows = (row for row in self.rows if row.kind == AccountKind.SUSPENSE)
        return Money(sum(row.balance_minor for row in rows), self.currency)


def books() -> list[Book]:
    """Return the trial balance, a book for each currency."""
    by_currency = groupby(trial_balance(), key=lambda row: row.currency)
    return [Book(currency, list(rows)) for currency, rows in by_currency]


@staff_page
def money(request: HttpRequest, staff: Subscriber) -> HttpResponse:
    """Show the books, and the newest rate of each currency that something is sold in."""
    now = timezone.now()
    in_use = Price.objects.order_by("currency").values_list("currency", flat=True).distinct()
    rates = (
        ExchangeRate.objects.filter(currency__in=in_use)
        .order_by("currency", "-day")
        .distinct("currency")
    )
    return render(
        request,
        "console/money.html",
        {
            "books": books(),
            "rates": rates,
            "old_before": now.date() - RATE_IS_OLD_AFTER,
            "now": now,
            "staff": staff,
        },
    )
