"""Short answers that the event loop gives by itself, without a thread and without Django's pages.

What a person may see is translated, by what their browser asks for.
"""

from collections.abc import Mapping

from django.http import HttpRequest
from django.utils import translation
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send


def plain(status: int, text: str, *, headers: Mapping[str, str] | None = None) -> Response:
    """Return an answer of plain text that nobody keeps. `headers`: beside type and length."""
    return PlainTextResponse(text, status, headers={"cache-control": "no-store", **(headers or {})})


def raw(status: int, content_type: str, body: bytes) -> Response:
    """Return an answer that is given byte for byte, as a provider or a supplier wants it."""
    return Response(
        body, status, headers={"cache-control": "no-store", "content-type": content_type}
    )


async def refuse(scope: Scope, receive: Receive, send: Send, status: int, text: str) -> None:
    """Send a refusal in the browser's language, and end the connection.

    `text`: in English, marked for translation.
    """
    answer = plain(status, in_their_language(scope, text), headers={"connection": "close"})
    await answer(scope, receive, send)


def in_their_language(scope: Scope, text: str) -> str:
    """Return a text, marked for translation, in the language that the browser asks for."""
    request = HttpRequest()
    request.META["HTTP_ACCEPT_LANGUAGE"] = header(scope, "accept-language")
    with translation.override(translation.get_language_from_request(request)):
        return translation.gettext(text) if text else ""


def header(scope: Scope, name: str) -> str:
    """Return the first value of a request's header; empty: it has none."""
    wanted = name.encode()
    pairs: list[tuple[bytes, bytes]] = scope["headers"]
    return next((value.decode("latin-1") for its, value in pairs if its.lower() == wanted), "")
