"""Payment providers: which are offered, in which countries, in which order."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from limosa.domain.accounts.models import Subscriber
from limosa.domain.payments.models import Channel
from limosa.domain.payments.queries import channel_terms
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.set_channel import set_channel
from limosa.web.console.access import staff_action_page, staff_page
from limosa.web.console.forms import ChannelForm


@staff_page
def channels(request: HttpRequest, staff: Subscriber) -> HttpResponse:
    """List the providers that are set up, in the order in which people see them."""
    return _page(request, staff)


@staff_action_page(AuditAction.SET_CHANNEL)
@require_POST
def channel(request: HttpRequest, staff: Subscriber, code: str) -> HttpResponse:
    """Store the decision about a provider."""
    if code not in settings.PAYMENT_PROVIDERS:
        raise Http404
    decided = Channel.objects.filter(provider=code).first() or Channel(provider=code)
    form = ChannelForm(request.POST, instance=decided, auto_id=f"id_{code}_%s")
    if not form.is_valid():
        return _page(request, staff, wrong=form)
    wanted = form.save(commit=False)
    if set_channel(wanted=wanted, actor=staff, now=timezone.now()):
        messages.success(request, gettext("Saved. It applies to every page opened from now on."))
    return redirect("console:channels")


def _page(
    request: HttpRequest, staff: Subscriber, *, wrong: ChannelForm | None = None
) -> HttpResponse:
    decided = Channel.objects.in_bulk()
    rows = []
    for terms in sorted(channel_terms(), key=lambda terms: terms.position):
        row = decided.get(terms.code) or Channel(provider=terms.code)
        form = ChannelForm(instance=row, auto_id=f"id_{terms.code}_%s")
        if wrong is not None and wrong.instance.provider == terms.code:
            form = wrong
        rows.append((terms, form))
    context = {"rows": rows, "form": wrong, "staff": staff}
    return render(request, "console/channels.html", context, status=400 if wrong else 200)
