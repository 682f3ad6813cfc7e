"""Refuses paths that a proxy in front may have read differently.

The server decodes %2F before the path is compared with anything, so /feeds%2Fusage would lead to
/feeds/usage, past a proxy's rule for that path. No link of ours has one.
"""

from starlette.types import ASGIApp, Receive, Scope, Send

from limosa.servers.replies import refuse

NO_PAGE_TEXT = "Page not found"  # The heading of 404.html, which has it translated.


async def no_page(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer that there is no such page, in the browser's language."""
    await refuse(scope, receive, send, 404, NO_PAGE_TEXT)


class PlainPaths:
    """An ASGI application whose paths have no encoded slash. otherwise: what answers one that
    has."""

    def __init__(self, application: ASGIApp, *, otherwise: ASGIApp = no_page) -> None:
        self._application = application
        self._otherwise = otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if b"%2f" in scope.get("raw_path", b"").lower():
            await self._otherwise(scope, receive, send)
        else:
            await self._application(scope, receive, send)
