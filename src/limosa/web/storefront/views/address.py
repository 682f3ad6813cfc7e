"""An account's address: changed with the password, and restored by its previous owner."""

from allauth.account import views as allauth_views
from allauth.account.decorators import reauthentication_required
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from limosa.domain.accounts.models import Subscriber
from limosa.domain.accounts.operations.lock_account import lock_account
from limosa.domain.accounts.refusals import NotMeTooLateError
from limosa.domain.connectivity.operations.call_off_moves_of import call_off_moves_of
from limosa.domain.notifications.not_me import NotMeLinkError, read_not_me
from limosa.web.storefront.security_events import note_event

_with_password = reauthentication_required(allow_get=True, app="allauth.account")


@login_required
def address(request: HttpRequest) -> HttpResponseBase:
    """Show the address, or begin to change it. An account has one, so nothing else can be done."""
    if request.method == "POST" and "action_add" not in request.POST:
        return redirect("account_email")
    answer: HttpResponseBase = _with_password(allauth_views.email)(request)
    return answer


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def not_me(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether to lock the account, or do it. Link scanners in mail programs only cause the
    question."""
    now = timezone.now()
    try:
        change = read_not_me(token, now=now)
    except NotMeLinkError:
        return render(request, "storefront/not_me.html", {"step": "over"}, status=410)
    if request.method != "POST":
        is_staff = (
            Subscriber.objects.filter(pk=change.subscriber_id).exclude(staff_role="").exists()
        )
        return render(request, "storefront/not_me.html", {"step": "ask", "is_staff": is_staff})
    try:
        happened = lock_account(change=change, now=now)
    except NotMeTooLateError:
        return render(request, "storefront/not_me.html", {"step": "over"}, status=410)
    call_off_moves_of(subscriber_id=change.subscriber_id, now=now)
    person = Subscriber.objects.get(pk=change.subscriber_id)
    for kind in happened:
        note_event(request, person=person, kind=kind)
    return render(request, "storefront/not_me.html", {"step": "locked"})
