"""Short responses given by the event loop, without a thread and without Django's pages.

Anything that a person may see is in the language that their browser requests.
"""

from collections.abc import Mapping

from django.http import HttpRequest
from django.utils import translation
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send


def plain(status: int, text: str, *, headers: Mapping[str, str] | None = None) -> Response:
    """Return a plain-text response that is not to be stored. `headers`: besides type and length."""
    return PlainTextResponse(text, status, headers={"cache-control": "no-store", **(headers or {})})


def raw(status: int, content_type: str, body: bytes) -> Response:
    """Return a response byte for byte, in the format of a provider or a supplier."""
    return Response(
        body, status, headers={"cache-control": "no-store", "content-type": content_type}
    )


async def refuse(scope: Scope, receive: Receive, send: Send, status: int, text: str) -> None:
    """Send a refusal in the browser's language, and close the connection.

    `text`: in English, marked for translation.
    """
    answer = plain(status, in_their_language(scope, text), headers={"connection": "close"})
    await answer(scope, receive, send)


def in_their_language(scope: Scope, text: str) -> str:
    """Return a text, marked for translation, in the language that the browser requests."""
    request = HttpRequest()
    request.META["HTTP_ACCEPT_LANGUAGE"] = header(scope, "accept-language")
    with translation.override(translation.get_language_from_request(request)):
        return translation.gettext(text) if text else ""


def header(scope: Scope, name: str) -> str:
    """Return the first value of a request's header; empty if it has none."""
    return next(iter(headers(scope, name)), "")


def headers(scope: Scope, name: str) -> list[str]:
    """Return the values of a request's header, one for each line of it."""
    wanted = name.encode()
    pairs: list[tuple[bytes, bytes]] = scope["headers"]
    return [value.decode("latin-1") for its, value in pairs if its.lower() == wanted]
