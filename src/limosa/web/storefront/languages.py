"""A page's language: the address's (`?lang=es`), or else the person's own, or else the one chosen
here, or else the browser's."""

from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_POST

from limosa.domain.accounts.operations.keep_preferences import keep_preferences
from limosa.web.own_paths import own_path

CODES = frozenset(code for code, _name in settings.LANGUAGES)
# What asks for a language in an address.
FIELD = "lang"


def use_language(request: HttpRequest, code: str) -> None:
    """Use a language for this request; an unknown one changes nothing."""
    if code in CODES:
        translation.activate(code)
        request.LANGUAGE_CODE = code


def asked_language(request: HttpRequest) -> str:
    """Return the language that the address asks for; empty: none, or none of ours."""
    code = request.GET.get(FIELD, "") if request.method in {"GET", "HEAD"} else ""
    return code if code in CODES else ""


class PersonLanguageMiddleware:
    """Serves a page in the language of its address, or a signed-in person in that of their
    settings. A stranger who has chosen none keeps that of the address for the pages after it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Choose the language, then answer. Without a session cookie nothing is read."""
        own = ""
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            own = request.user.language
        asked = asked_language(request)
        use_language(request, asked or own)
        answer = self.get_response(request)
        is_for_all = "public" in answer.get("Cache-Control", "")  # Caches hand it to others, too.
        is_kept = bool(own) or settings.LANGUAGE_COOKIE_NAME in request.COOKIES
        if asked and not is_kept and not is_for_all:
            remember_language(answer, asked)
        return answer


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Store the choice in a cookie and, when signed in, in the person's settings; go back."""
    code = request.POST.get("language", "")
    # Not redirect(), which would also accept the name of a view.
    back = without_language(own_path(request.POST.get("next", "")))
    response = HttpResponseRedirect(back or reverse("home"))
    if code in CODES:
        remember_language(response, code)
        if request.user.is_authenticated:
            request.user.language = code
            keep_preferences(person=request.user, names=["language"])
    return response


def without_language(path: str) -> str:
    """Return a path without the language that it asks for: another one was just chosen."""
    # Not urlsplit(), which makes of some a path that leads to another site.
    place, _, query = path.partition("?")
    fields = parse_qsl(query, keep_blank_values=True)
    others = [(name, value) for name, value in fields if name != FIELD]
    if len(others) == len(fields):
        return path
    return f"{place}?{urlencode(others)}" if others else place


def remember_language(response: HttpResponseBase, code: str) -> None:
    """Set the cookie that Django's own LocaleMiddleware reads."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=60 * 60 * 24 * 365,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
