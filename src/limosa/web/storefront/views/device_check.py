"""Will it work on my device? One field, an answer with its reason, and where to look.

What is typed is not kept, logged or shown again: it may be an EID or an IMEI. The answer is, for
the visit; pages on which a new eSIM is bought show it.
"""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from limosa.domain.devices.engine.answers import Answer
from limosa.domain.devices.engine.checking import check_device
from limosa.domain.devices.shipped_list import shipped_list
from limosa.web.own_paths import own_path
from limosa.web.storefront.about_pages import about_page
from limosa.web.storefront.checked_device import (
    forget_answer,
    hinted_model,
    keep_answer,
    kept_answer,
)
from limosa.web.storefront.device import Platform, ask_for_model, platform_of
from limosa.web.storefront.forms import DeviceCheckForm
from limosa.web.wording.device_answers import LOOKS, REASONS, TRAPS

_APPLE = (Platform.IPHONE, Platform.IPAD)


@sensitive_post_parameters("typed")
@sensitive_variables("form")
@never_cache
def device_check(request: HttpRequest) -> HttpResponse:
    """Show the field and the answer of this visit; on POST, find the answer or forget it."""
    back = own_path(request.POST.get("next", "") or request.GET.get("next", ""))
    form = DeviceCheckForm(request.POST) if request.method == "POST" else None
    if form is not None and (form.data.get("forget") or form.is_valid()):
        _take(request, form)
        here = reverse("device_check")
        return redirect(f"{here}?{urlencode({'next': back})}" if back else here)
    answer = None if form else kept_answer(request, now=timezone.now())
    context = {
        "about": about_page("device_check"),
        "back": back,
        "form": form,
        **_hint(request),
        **_told(answer),
    }
    status = 400 if form else 200
    page = render(request, "storefront/device_check.html", context, status=status)
    ask_for_model(page)
    return page


@sensitive_variables("form")
def _take(request: HttpRequest, form: DeviceCheckForm) -> None:
    if form.data.get("forget"):
        forget_answer(request)
        return
    answer = check_device(form.cleaned_data["typed"], shipped_list())
    keep_answer(request, answer, now=timezone.now())


def _hint(request: HttpRequest) -> dict[str, Any]:
    """Return what the browser says of the device, to be confirmed: it may run on another one."""
    model = hinted_model(request)
    known = check_device(model, shipped_list()).model if model else ""
    platform = platform_of(request)
    return {"hint": model, "hint_name": known or model, "is_apple": platform in _APPLE}


def _told(answer: Answer | None) -> dict[str, Any]:
    if answer is None:
        return {"answer": None}
    return {
        "answer": answer,
        "reason": REASONS[answer.reason],
        "traps": [TRAPS[one] for one in answer.traps],
        "look": LOOKS[answer.look],
        "as_of": date.fromisoformat(answer.as_of) if answer.source else None,
    }
