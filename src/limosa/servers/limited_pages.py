"""The pages, for requests that name our host and a method of ours.

And for clients that do not hold too much open and send their bodies in time.
"""

import logging

from django.utils.translation import gettext_noop
from starlette.types import Receive, Scope, Send

from limosa.servers.bodies import PAGE_BODY_BYTES_MAX, BodyRefusedError
from limosa.servers.hosts import OTHER_HOST_TEXT, is_for_us
from limosa.servers.limits import Limits
from limosa.servers.pages import Pages
from limosa.servers.replies import plain, refuse
from limosa.servers.turns import SenderGoneError, WaitedTooLongError

TOO_MANY_TEXT = gettext_noop(
    "Too many requests are coming from your network. Please try again in a moment."
)
TOO_BUSY_TEXT = gettext_noop(
    "We are very busy right now, so your request was not processed. Nothing was changed. Please "
    "try again in a moment."
)

# Exactly so: Django takes `post` for POST, while the limit on costly requests does not.
METHODS = ("GET", "HEAD", "POST", "OPTIONS")
_CLOSE = {"connection": "close"}

logger = logging.getLogger(__name__)


class LimitedPages:
    """The pages of one process, as an ASGI application."""

    def __init__(self, pages: Pages, *, limits: Limits) -> None:
        self._pages = pages
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; a refusal here is a line of text in the browser's language."""
        whom = self._limits.counted_as(scope)
        with self._limits.requests.place_for(whom) as has_place:
            if not has_place:
                await refuse(scope, receive, send, 429, TOO_MANY_TEXT)
            elif not is_for_us(scope):
                await plain(400, OTHER_HOST_TEXT, headers=_CLOSE)(scope, receive, send)
            elif scope["method"] not in METHODS:
                allow = {"allow": ", ".join(METHODS)}
                await plain(405, "", headers=_CLOSE | allow)(scope, receive, send)
            else:
                await self._serve(scope, receive, send, whom=whom)

    async def _serve(self, scope: Scope, receive: Receive, send: Send, *, whom: str) -> None:
        try:
            body = await self._limits.bodies.read(scope, receive, bytes_max=PAGE_BODY_BYTES_MAX)
            await self._pages.serve(scope, body, receive, send, whom=whom)
        except BodyRefusedError as refused:
            await refuse(scope, receive, send, refused.status, refused.text)
        except WaitedTooLongError:
            await refuse(scope, receive, send, 503, TOO_BUSY_TEXT)
        except SenderGoneError:
            logger.debug("who asked for %s has gone", scope["path"])
