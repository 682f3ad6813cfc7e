"""A link with a promotion code, as on a poster: the code is entered at the next checkout page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from limosa.domain.promotions.engine.code_text import read_code_text
from limosa.web.storefront.entered_codes import keep_typed


@never_cache
def promotion_link(request: HttpRequest, code: str) -> HttpResponse:
    """Keep the code, and go on to the plans. Whether there is such a code is said at the
    checkout."""
    text = read_code_text(code)
    if text is not None and request.method in {"GET", "HEAD"}:
        keep_typed(request, text)
        told = gettext("Choose a plan: the code %(code)s is checked before you pay.")
        messages.info(request, told % {"code": text})
    return redirect("plans")
