"""The response while the database is unreachable, or takes longer than anybody should wait.

The page says so and retries by itself, without a script. Nothing here uses the database.
"""

import sys
from urllib.parse import urlsplit

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.defaults import server_error

RETRY_SECONDS = 5


def answer_fault(request: HttpRequest) -> HttpResponse:
    """Answer a request whose page raised an unexpected error (Django's handler500)."""
    if isinstance(sys.exc_info()[1], (InterfaceError, OperationalError)):
        return _away(request)
    return server_error(request)


def _away(request: HttpRequest) -> HttpResponse:
    if request.content_type == "application/json":
        response: HttpResponse = JsonResponse(
            {"error": "The database does not answer. Send it again later."}
        )
    elif "HX-Request" in request.headers:
        response = HttpResponse("")  # The page stays as it is, and polls again.
    else:
        context = {"again": _again(request), "is_form": request.method == "POST"}
        response = render(request, "outage.html", context | {"retry_seconds": RETRY_SECONDS})
    response.status_code = 503
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def _again(request: HttpRequest) -> str:
    """Return what the page retries: empty for itself or, after a form was submitted, the form's
    page.

    The URL itself is not written into the page, since it may grant access to something.
    """
    if request.method != "POST":
        return ""
    referer = urlsplit(request.headers.get("Referer", ""))
    if referer.netloc != request.get_host() or not referer.path.startswith("/"):
        return "/"
    return referer.path + (f"?{referer.query}" if referer.query else "")
