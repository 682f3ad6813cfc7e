"""The audit log."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from limosa.domain.accounts.models import Subscriber
from limosa.domain.support.models import AuditEntry
from limosa.web.console.access import staff_page
from limosa.web.console.paging import page_of


@staff_page
def record(request: HttpRequest, staff: Subscriber) -> HttpResponse:
    """List staff actions, newest first."""
    page = page_of(AuditEntry.objects.select_related("actor"), request)
    return render(request, "console/record.html", {"page": page, "staff": staff})
