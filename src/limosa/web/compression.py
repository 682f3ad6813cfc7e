"""Which pages are compressed: those without personal content.

If a page contains both a secret and part of the URL, its compressed length reveals the secret (the
BREACH attack). Django's own compression adds up to 100 random bytes, which makes guessing slower
but does not prevent it. So only pages that are the same for every stranger are compressed, and only
for strangers: their one secret is the CSRF token, which Django masks anew in each response. Renewal
links and password links are excluded: their pages contain the token that opened them.
"""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

OPEN_PAGES = frozenset(
    {
        "home",
        "plans",
        "plan",
        "compare",
        "advice",
        "buy",
        "search",
        "suggestions",
        "coverage",
        "coverage_country",
        "coverage_state",
        "coverage_carrier",
        "facts",
        "ratings",
        "rating_place",
        "sitemap",
        "sitemap_part",
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
        """Compress an open page for somebody without a session."""
        match = request.resolver_match
        is_open = match is not None and match.url_name in OPEN_PAGES
        if not is_open or settings.SESSION_COOKIE_NAME in request.COOKIES:
            return response
        return super().process_response(request, response)
