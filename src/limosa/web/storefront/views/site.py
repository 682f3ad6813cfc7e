"""The site as a whole: the manifest that makes it installable, and what robots are told."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import cache_control

from limosa.web.storefront.public_pages import address_of

# What is somebody's own, or the staff's. An address that has a secret in it stands here, too.
_CLOSED = (
    "accounts", "cases", "console", "esims", "events", "language", "not-me", "notifications",
    "orders", "r", "renew", "settings",
)  # fmt: skip


@cache_control(max_age=3600, public=True)
def manifest(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """Return the web app manifest."""
    return JsonResponse(
        {
            "name": "Limosa",
            "short_name": "Limosa",
            "start_url": reverse("home"),
            "display": "standalone",
            "background_color": "#f6f5f1",
            "theme_color": "#0b6e69",
            "icons": [
                {"src": static("img/favicon.svg"), "sizes": "any", "type": "image/svg+xml"},
                {"src": static("img/touch.png"), "sizes": "180x180", "type": "image/png"},
            ],
        },
        content_type="application/manifest+json",
    )


@cache_control(max_age=3600, public=True)
def robots(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Tell robots what is not theirs, and where the pages are listed."""
    lines = [
        "User-agent: *",
        *(f"Disallow: /{name}/" for name in _CLOSED),
        f"Sitemap: {address_of(reverse('sitemap'))}",
    ]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain")
