"""Setting, changing and resetting the payment PIN.

All of these require the account's password within the last ten minutes, so that an unattended page
or a stolen session is not enough. allauth would store an interrupted POST in the session, PIN
included, so we redirect to its page ourselves, and the form is filled in again.
"""

from collections.abc import Callable
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from limosa.domain.accounts.models import SecurityEventKind, Subscriber
from limosa.domain.accounts.operations.change_payment_pin import change_payment_pin
from limosa.domain.accounts.operations.reset_payment_pin import reset_payment_pin
from limosa.domain.accounts.operations.set_payment_pin import set_payment_pin
from limosa.domain.accounts.origin import Origin
from limosa.domain.accounts.queries import pin_status
from limosa.domain.accounts.refusals import PinMalformedError, PinTooSimpleError
from limosa.foundation.errors import DomainRefusal
from limosa.web.origin import origin_of
from limosa.web.own_paths import own_path
from limosa.web.shown import has_shown_again_lately
from limosa.web.storefront.access import person_of
from limosa.web.storefront.pin_forms import ChangePinForm, NewPinForm
from limosa.web.storefront.security_events import note_event
from limosa.web.wording.refusals import refusal_text

_EVENTS = {
    "set": SecurityEventKind.PIN_SET,
    "change": SecurityEventKind.PIN_CHANGED,
    "reset": SecurityEventKind.PIN_RESET,
}
_hide_pins = sensitive_post_parameters("pin", "again", "old_pin")


@_hide_pins
@never_cache
@login_required
def payment_pin(request: HttpRequest) -> HttpResponse:
    """Show the form that changes the PIN or sets the first one, or handle its submission."""
    if asked := _asks_password(request):
        return asked
    if pin_status(subscriber_id=person_of(request).pk, now=timezone.now()).is_set:
        return _page(request, ChangePinForm, "change", _change)
    return _page(request, NewPinForm, "set", _set)


@_hide_pins
@never_cache
@login_required
def reset_pin(request: HttpRequest) -> HttpResponse:
    """Show the form that replaces a forgotten PIN, or handle its submission."""
    if not pin_status(subscriber_id=person_of(request).pk, now=timezone.now()).is_set:
        return redirect("payment_pin")
    return _asks_password(request) or _page(request, NewPinForm, "reset", _reset)


def _asks_password(request: HttpRequest) -> HttpResponse | None:
    """Return a redirect to the page that asks for the password, unless it was just given."""
    if has_shown_again_lately(request, person_of(request), now=timezone.now()):
        return None
    query = urlencode({"next": request.get_full_path()})
    return HttpResponseRedirect(f"{reverse('account_reauthenticate')}?{query}")


def _page(
    request: HttpRequest,
    form_class: type[NewPinForm],
    deed: str,
    do: Callable[[Subscriber, dict[str, str], Origin], None],
) -> HttpResponse:
    person = person_of(request)
    form = form_class(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            do(person, form.cleaned_data, origin_of(request))
        except DomainRefusal as refusal:
            text = refusal_text(refusal, time_zone=person.time_zone)
            form.add_error(_field_of(refusal, form), text)
        else:
            note_event(request, person=person, kind=_EVENTS[deed])
            messages.success(request, gettext("Your payment PIN is saved."))
            return HttpResponseRedirect(_next_path(request) or reverse("settings"))
    status = pin_status(subscriber_id=person.pk, now=timezone.now())
    context = {
        "form": form,
        "deed": deed,
        "locked_until": status.locked_until,
        "next": _next_path(request),
    }
    return render(
        request, "storefront/payment_pin.html", context, status=400 if form.errors else 200
    )


def _field_of(refusal: DomainRefusal, form: NewPinForm) -> str | None:
    """Return the field that a refusal is about; None: the whole form."""
    if isinstance(refusal, PinMalformedError | PinTooSimpleError):
        return "pin"
    return "old_pin" if "old_pin" in form.fields else None


def _next_path(request: HttpRequest) -> str:
    """Return the page of ours that required a PIN; empty if none did."""
    return own_path(request.POST.get("next", request.GET.get("next", "")))


def _set(person: Subscriber, fields: dict[str, str], _origin: Origin) -> None:
    set_payment_pin(subscriber_id=person.pk, pin=fields["pin"], now=timezone.now())


def _change(person: Subscriber, fields: dict[str, str], origin: Origin) -> None:
    change_payment_pin(
        subscriber_id=person.pk,
        old_pin=fields["old_pin"],
        pin=fields["pin"],
        origin=origin,
        now=timezone.now(),
    )


def _reset(person: Subscriber, fields: dict[str, str], _origin: Origin) -> None:
    reset_payment_pin(subscriber_id=person.pk, pin=fields["pin"], now=timezone.now())
