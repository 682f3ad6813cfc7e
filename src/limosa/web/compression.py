"""Which pages are compressed: those that hold nothing of anybody's.

A page that repeats what the address says beside a secret tells that secret by its compressed length
(the BREACH attack). Django's own compression adds up to 100 random bytes, which makes guessing
longer and does not end it. So only pages that are the same for every stranger are compressed, and
only for strangers: their one secret is the CSRF token, which Django masks anew in each answer.
Renewal links and password links stay out: their pages hold the token that opened them.
"""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

OPEN_PAGES = frozenset(
    {
        "home",
        "plans",
        "buy",
        "manifest",
        "account_login",
        "account_signup",
        "account_reset_password",
    }
)


class OpenPagesCompressed(GZipMiddleware):
    """Compresses the pages that strangers see, with random padding."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Compress an answer of an open page to somebody without a session."""
        match = request.resolver_match
        is_open = match is not None and match.url_name in OPEN_PAGES
        if not is_open or settings.SESSION_COOKIE_NAME in request.COOKIES:
            return response
        return super().process_response(request, response)
