"""What every answer of a page carries, unless its view said otherwise.

Nothing is kept by anybody: most pages are of one person, and a page that is forgotten when
somebody decides what to protect is then protected all the same. A view whose answer is the same
for everybody says so itself, with `public`.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

PRIVATE = "private, no-store"


class PrivateAnswers:
    """Marks every answer that does not call itself public as private, and not to be stored."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, then mark."""
        answer = self.get_response(request)
        if "public" not in answer.headers.get("Cache-Control", ""):
            answer.headers["Cache-Control"] = PRIVATE
        return answer
