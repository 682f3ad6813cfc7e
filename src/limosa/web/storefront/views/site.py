"""The site as a whole: the manifest that makes it installable."""

from django.http import HttpRequest, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import cache_control


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
