"""Language, home, country, currency, payments, and when to be notified."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from limosa.domain.accounts.operations.keep_preferences import PREFERENCES, keep_preferences
from limosa.domain.accounts.queries import pin_status
from limosa.domain.autorenewal.queries import methods_in_use
from limosa.domain.payments.queries import saved_methods_of
from limosa.web.storefront.access import person_of
from limosa.web.storefront.forms import SettingsForm
from limosa.web.storefront.languages import remember_language, use_language


@login_required
def settings(request: HttpRequest) -> HttpResponse:
    """Show the settings, or store them."""
    person = person_of(request)
    if request.method != "POST":
        form = SettingsForm(instance=person)
        return _page(request, form)
    form = SettingsForm(request.POST, instance=person)
    if not form.is_valid():
        person.refresh_from_db()
        return _page(request, form, status=400)
    keep_preferences(person=person, names=PREFERENCES)
    use_language(request, person.language)
    messages.success(request, gettext("Saved."))
    response = redirect("settings")
    remember_language(response, person.language)
    return response


def _page(request: HttpRequest, form: SettingsForm, *, status: int = 200) -> HttpResponse:
    pin = pin_status(subscriber_id=person_of(request).pk, now=timezone.now())
    saved = saved_methods_of(person_of(request).pk)
    in_use = methods_in_use(person_of(request).pk)
    methods = [(one, in_use.get(one.public_id, [])) for one in saved]
    context = {"form": form, "pin": pin, "saved_methods": methods}
    return render(request, "storefront/settings.html", context, status=status)
