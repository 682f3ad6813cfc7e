"""Removing a person's saved methods."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from limosa.domain.autorenewal.operations.wake_for_person import wake_for_person
from limosa.domain.payments.operations.forget_saved_method import forget_saved_method
from limosa.foundation.errors import ProviderError
from limosa.web.provider_calls import provider_calls
from limosa.web.storefront.access import person_of


@login_required
@require_POST
def forget(request: HttpRequest, public_id: str) -> HttpResponse:
    """Remove a saved card or account at its provider and here; repeating it is not an error."""
    try:
        forget_saved_method(
            subscriber_id=person_of(request).pk,
            public_id=public_id,
            now=timezone.now(),
            caller=provider_calls().caller(subscriber_id=person_of(request).pk),
        )
        wake_for_person(subscriber_id=person_of(request).pk, now=timezone.now())
    except ProviderError:
        messages.error(
            request,
            gettext(
                "The payment service has not confirmed the removal yet, so it is still listed "
                "here. Please try again in a moment."
            ),
        )
    else:
        messages.success(request, gettext("Removed. It can no longer be charged."))
    return redirect("settings")
