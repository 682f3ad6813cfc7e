"""A wallet's statement of a month, as a page, as CSV and as PDF."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from limosa.domain.ledger.queries import wallet_balance
from limosa.web.storefront.access import person_of
from limosa.web.storefront.receipt_pdf import draw_receipt
from limosa.web.storefront.statements import (
    Statement,
    as_csv,
    as_receipt,
    month_after,
    month_of,
    statement_of,
)


@never_cache
@login_required
def statement(request: HttpRequest) -> HttpResponse:
    """Show the statement that `?month=2026-11&currency=USD` names; by default this month's."""
    shown = _wanted(request)
    context = {
        "statement": shown,
        "currencies": _currencies(request),
        "before": (shown.month - timedelta(days=1)).replace(day=1),
        "after": month_after(shown.month),
        "is_latest": month_after(shown.month) > timezone.localdate(),
    }
    return render(request, "storefront/statement.html", context)


@never_cache
@login_required
def statement_csv(request: HttpRequest) -> HttpResponse:
    """Send it as a table."""
    shown = _wanted(request)
    return _file(as_csv(shown).encode(), f"{shown.name}.csv", "text/csv; charset=utf-8")


@never_cache
@login_required
def statement_pdf(request: HttpRequest) -> HttpResponse:
    """Send it to be printed."""
    shown = _wanted(request)
    return _file(draw_receipt(as_receipt(shown)), f"{shown.name}.pdf", "application/pdf")


def _file(content: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="limosa-{name}"'
    return response


def _wanted(request: HttpRequest) -> Statement:
    person, known = person_of(request), _currencies(request)
    currency = request.GET.get("currency", "")
    today = timezone.localdate(timezone=ZoneInfo(person.time_zone))
    month = month_of(request.GET.get("month", ""), today=today)
    return statement_of(person, currency=currency if currency in known else known[0], month=month)


def _currencies(request: HttpRequest) -> list[str]:
    """Return the currencies of the person's wallets; their own if they have none."""
    person = person_of(request)
    found = [money.currency for money in wallet_balance(subscriber_id=person.pk)]
    return sorted(found, key=lambda code: code != person.currency) or [person.currency]
