"""A page's language: the person's own, or else the one chosen here, or else the browser's."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_POST

from limosa.domain.accounts.operations.keep_preferences import keep_preferences
from limosa.web.own_paths import own_path

CODES = frozenset(code for code, _name in settings.LANGUAGES)


def use_language(request: HttpRequest, code: str) -> None:
    """Use a language for this request; an unknown one changes nothing."""
    if code in CODES:
        translation.activate(code)
        request.LANGUAGE_CODE = code


class PersonLanguageMiddleware:
    """Serves a signed-in person in the language of their settings."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Choose the language, then answer. Without a session cookie nothing is read."""
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            use_language(request, request.user.language)
        return self.get_response(request)


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Store the choice in a cookie and, when signed in, in the person's settings; go back."""
    code = request.POST.get("language", "")
    # Not redirect(), which would also accept the name of a view.
    response = HttpResponseRedirect(own_path(request.POST.get("next", "")) or reverse("home"))
    if code in CODES:
        remember_language(response, code)
        if request.user.is_authenticated:
            request.user.language = code
            keep_preferences(person=request.user, names=["language"])
    return response


def remember_language(response: HttpResponse, code: str) -> None:
    """Set the cookie that Django's own LocaleMiddleware reads."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=60 * 60 * 24 * 365,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
