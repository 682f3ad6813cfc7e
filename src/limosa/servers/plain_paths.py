"""Refuses paths that a proxy in front may have read differently.

The server decodes %2F before the path is compared with anything, so /feeds%2Fusage would lead to
/feeds/usage, past a proxy's rule for that path. No link of ours has one.
"""

from starlette.types import ASGIApp, Receive, Scope, Send

from limosa.servers.replies import refuse

NO_PAGE_TEXT = "Page not found"  # The heading of 404.html, which has it translated.


class PlainPaths:
    """An ASGI application whose paths have no encoded slash; one that has is 404."""

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if b"%2f" in scope.get("raw_path", b"").lower():
            await refuse(scope, receive, send, 404, NO_PAGE_TEXT)
        else:
            await self._application(scope, receive, send)
