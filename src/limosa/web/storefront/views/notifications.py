"""Messages to a person, newest first; viewing marks them as read."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from limosa.domain.notifications.kinds import page_path
from limosa.domain.notifications.operations.mark_read import mark_read
from limosa.domain.notifications.wording import texts_for
from limosa.web.storefront.access import person_of
from limosa.web.storefront.paging import page_by_time


@login_required
def notifications(request: HttpRequest) -> HttpResponse:
    """Show a page of messages, and mark what was new on it as read."""
    person = person_of(request)
    page = page_by_time(person.notifications.all(), before=request.GET.get("before", ""))
    rows = [(one, page_path(one), *texts_for(one)) for one in page.rows]
    unread = [notification.pk for notification in page.rows if notification.read_at is None]
    if unread:
        mark_read(subscriber_id=person.pk, notification_ids=unread, now=timezone.now())
    return render(request, "storefront/notifications.html", {"page": page, "rows": rows})
