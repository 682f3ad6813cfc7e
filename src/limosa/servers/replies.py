"""Short answers that the event loop gives by itself, without a thread and without Django's pages.

What a person may see is translated, by what their browser asks for.
"""

from collections.abc import Awaitable, Callable

from django.http import HttpRequest
from django.utils import translation

Message = dict[str, object]
Scope = dict[str, object]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


async def reply(
    send: Send, status: int, text: str, *, headers: dict[str, str] | None = None
) -> None:
    """Send a whole answer of plain text. `headers`: beside type, length and no-store."""
    body = text.encode()
    its = {
        "content-type": "text/plain; charset=utf-8",
        "content-length": str(len(body)),
        "cache-control": "no-store",
    } | (headers or {})
    pairs = [(name.encode(), value.encode()) for name, value in its.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def refuse(scope: Scope, send: Send, status: int, text: str) -> None:
    """Send a refusal in the browser's language, and end the connection.

    `text`: in English, marked for translation.
    """
    await reply(send, status, in_their_language(scope, text), headers={"connection": "close"})


def in_their_language(scope: Scope, text: str) -> str:
    """Return a text, marked for translation, in the language that the browser asks for."""
    request = HttpRequest()
    request.META["HTTP_ACCEPT_LANGUAGE"] = header(scope, "accept-language")
    with translation.override(translation.get_language_from_request(request)):
        return translation.gettext(text) if text else ""


def header(scope: Scope, name: str) -> str:
    """Return the first value of a request's header; empty: it has none."""
    wanted = name.encode()
    pairs: list[tuple[bytes, bytes]] = scope["headers"]  # type: ignore[assignment]
    return next((value.decode("latin-1") for its, value in pairs if its.lower() == wanted), "")


def client_address(scope: Scope) -> str:
    """Return whom a request came from; empty: not known."""
    client = scope.get("client")
    return str(client[0]) if client else ""  # type: ignore[index]
