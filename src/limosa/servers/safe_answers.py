"""Security headers for every response: pages, events, notifications, refusals.

Django sets them on its own responses; here they are added to those that lack them, so that a
response from the event loop, or one for a page that failed, is no exception.
"""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Headers = list[tuple[bytes, bytes]]


def with_safe_answers(application: ASGIApp, *, hsts_seconds: int) -> ASGIApp:
    """Return the ASGI application with nosniff and HSTS on all its responses.

    hsts_seconds: 0 if the service is not served over HTTPS.
    """
    added: Headers = [(b"x-content-type-options", b"nosniff")]
    if hsts_seconds:
        added.append((b"strict-transport-security", f"max-age={hsts_seconds}".encode()))

    async def safe(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_safe(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _completed(message, added)}
            await send(message)

        await application(scope, receive, send_safe)

    return safe


def _completed(message: Message, added: Headers) -> Headers:
    headers: Headers = list(message.get("headers", ()))
    names = {name.lower() for name, _ in headers}
    return [*headers, *(pair for pair in added if pair[0] not in names)]
