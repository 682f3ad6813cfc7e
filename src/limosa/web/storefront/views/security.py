"""What happened to a person's account, newest first."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from limosa.web.storefront.access import person_of
from limosa.web.storefront.paging import page_by_id
from limosa.web.wording.security_events import event_lines


@login_required
def security_activity(request: HttpRequest) -> HttpResponse:
    """Show a page of sign-ins, wrong passwords and changes to what protects the account."""
    events = person_of(request).security_events.all()
    page = page_by_id(events, before=request.GET.get("before", ""))
    context = {"page": page, "lines": event_lines(page.rows)}
    return render(request, "storefront/security_activity.html", context)
