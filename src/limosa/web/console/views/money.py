"""The books: the trial balance on any day, and an account's postings."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from limosa.domain.accounts.models import Subscriber
from limosa.domain.ledger.models import Account, AccountKind, Posting
from limosa.domain.ledger.queries import TrialRow, balance_of, trial_balance
from limosa.foundation.money import Money
from limosa.web.console.access import staff_page
from limosa.web.console.days import read_day
from limosa.web.console.paging import page_of
from limosa.web.console.service_zone import day_zone


@dataclass(frozen=True, slots=True)
class Book:
    """One currency's accounts. In correct books debits equal credits, and suspense is zero."""

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
        """Money that could not be attributed."""
        rows = (row for row in self.rows if row.kind == AccountKind.SUSPENSE)
        return Money(sum(row.balance_minor for row in rows), self.currency)


def books(until: datetime | None = None) -> list[Book]:
    """Return the trial balance, a book for each currency; `until`: of what was posted before
    then."""
    by_currency = groupby(trial_balance(until=until), key=lambda row: row.currency)
    return [Book(currency, list(rows)) for currency, rows in by_currency]


@staff_page
def money(request: HttpRequest, staff: Subscriber) -> HttpResponse:
    """Show the books at the end of a day, or now; for one currency, or for all."""
    day = read_day(request.GET.get("day", ""))
    every = books(_end_of(day) if day else None)
    currency = request.GET.get("currency", "")
    return render(
        request,
        "console/money.html",
        {
            "books": [book for book in every if currency in {"", book.currency}],
            "currencies": [book.currency for book in every],
            "currency": currency,
            "day": day,
            "now": timezone.now(),
            "staff": staff,
        },
    )


@staff_page
def account(request: HttpRequest, staff: Subscriber, code: str) -> HttpResponse:
    """Show an account's postings, newest first, with the entries they belong to."""
    shown = get_object_or_404(Account, code=code)
    postings = Posting.objects.filter(account=shown).select_related("entry", "account")
    return render(
        request,
        "console/account.html",
        {
            "account": shown,
            "balance": Money(balance_of(code=code), shown.currency),
            "page": page_of(postings, request),
            "staff": staff,
        },
    )


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(0), tzinfo=day_zone())
