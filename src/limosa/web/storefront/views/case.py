"""A person's case: their question, our answer, and their one reply."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from limosa.domain.support.models import CaseState
from limosa.domain.support.operations.reply_to_case import reply_to_case
from limosa.domain.support.refusals import CaseNotWaitingError
from limosa.web.storefront.access import own_case
from limosa.web.storefront.forms import ReplyForm
from limosa.web.wording.refusals import refusal_text


@never_cache
@login_required
def case(request: HttpRequest, number: str) -> HttpResponse:
    """Show one's own case; POST stores the reply to our answer."""
    shown = own_case(request, number)
    form = ReplyForm(request.POST if request.method == "POST" else None)
    may_reply = shown.state == CaseState.ANSWERED and not shown.by_guest
    if form.is_valid() and not shown.by_guest:
        try:
            reply_to_case(case=shown, reply=form.cleaned_data["reply"], now=timezone.now())
        except CaseNotWaitingError as refusal:
            messages.error(request, refusal_text(refusal))
        else:
            messages.success(request, gettext("Your reply has been sent."))
        return redirect("case", shown.number)
    context = {
        "case": shown,
        "form": form,
        "may_reply": may_reply,
    }
    status = 400 if form.is_bound else 200
    return render(request, "storefront/case.html", context, status=status)
