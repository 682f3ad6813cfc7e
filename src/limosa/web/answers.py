"""Default headers for every page's response, unless its view set others.

Nothing may be stored: most pages are personal, and a page that somebody forgets to protect is
protected all the same. A view whose response is the same for everybody marks it `public` itself.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

PRIVATE = "private, no-store"


class PrivateAnswers:
    """Marks every response that is not public as private, and not to be stored."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, then mark."""
        answer = self.get_response(request)
        if "public" not in answer.headers.get("Cache-Control", ""):
            answer.headers["Cache-Control"] = PRIVATE
        return answer
