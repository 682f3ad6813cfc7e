"""What all our endpoints share, around the one function that makes each what it is.

The checks, in order: the host is ours, the endpoint accepts the method, the body is read whole,
within limits of size and time, and the sender does not hold too much open. A request whose body has
not come is not counted yet: somebody who sends bodies that never end takes no neighbour's place
behind the same address. Anything refused or failed is answered in the endpoint's own format.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import ClassVar

from django.db import InterfaceError, OperationalError
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from limosa.servers.bodies import BodyRefusedError
from limosa.servers.hosts import OTHER_HOST_TEXT, is_for_us, names_two_hosts
from limosa.servers.limits import Limits
from limosa.servers.outage import is_outage
from limosa.servers.replies import headers, plain
from limosa.servers.turns import SenderGoneError

RETRY = {"retry-after": "5"}
CLOSE = {"connection": "close"}  # The unread rest must not precede the next request.
CERTIFIED = "certified"  # In a scope's state: the certificate of its connection's client.
_BODY_CODES = {400: "body_incomplete", 408: "body_too_slow", 413: "body_too_large"}

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A request that was let in. headers: by lower-case name; the last of several wins. whom: whose
    count it is part of; empty: nobody's. receive: what follows the body, which tells when the
    sender has gone. certified: the client's certificate, in DER; empty: none.
    """

    method: str
    path: str
    parameters: Mapping[str, str]
    query: bytes
    headers: Mapping[str, str]
    body: bytes
    whom: str
    receive: Receive
    certified: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A refusal in place of an answer. code: the reason for programs; the text is for people."""

    status: int
    code: str
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)


class RequestRefusedError(Exception):
    """A request that is refused."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.text)
        self.refusal = refusal


TOO_MANY = Refusal(
    status=429,
    code="too_many_requests",
    text="Too many requests are coming from your network. Send it again later.",
    headers=CLOSE | RETRY,
)
BUSY = Refusal(
    status=503, code="busy", text="Too much to do just now. Send it again later.", headers=RETRY
)
DATABASE_AWAY = Refusal(
    status=503,
    code="database_away",
    text="The database does not answer. Send it again later.",
    headers=RETRY,
)
FAULT = Refusal(status=500, code="fault", text="This is a fault of ours. Send it again later.")
WRONG_HOST = Refusal(status=400, code="wrong_host", text=OTHER_HOST_TEXT)
REPEATED_HEADER = Refusal(
    status=400,
    code="repeated_header",
    text="Authorization, Content-Type and Content-Encoding may be sent once only.",
)
_ONCE = ("authorization", "content-type", "content-encoding")


def say_plainly(refusal: Refusal) -> Response:
    """Return a refusal as a line of text."""
    return plain(refusal.status, refusal.text, headers=refusal.headers)


class Endpoint:
    """One of our endpoints, as an ASGI application.

    answer: receives the request, and returns the answer or raises RequestRefusedError.
    body_bytes_max: the limit on what is posted; 0: it takes GET, and bodies are not read.
    is_counted: whether it counts towards what its sender's address holds open. say: formats a
    refusal.
    """

    tells_methods: ClassVar[bool] = True  # Whether it takes OPTIONS.
    is_probed: ClassVar[bool] = False  # Whether it takes HEAD though bodies are posted to it.

    def __init__(
        self,
        answer: Callable[[Incoming], Awaitable[ASGIApp]],
        *,
        limits: Limits,
        body_bytes_max: int = 0,
        is_counted: bool = False,
        is_for_any_host: bool = False,
        say: Callable[[Refusal], Response] = say_plainly,
    ) -> None:
        self._answer = answer
        self._limits = limits
        posted = ("POST", "HEAD") if self.is_probed else ("POST",)
        self._methods = posted if body_bytes_max else ("GET", "HEAD")
        also = ("OPTIONS",) if self.tells_methods else ()
        self._allow = {"allow": ", ".join((*self._methods, *also))}
        self._wrong_method = Refusal(
            status=405,
            code="wrong_method",
            text=f"Only {self._allow['allow']}.",
            headers=self._allow,
        )
        self._body_bytes_max = body_bytes_max
        self._is_counted = is_counted
        self._is_for_any_host = is_for_any_host
        self._say = say

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        whom = self._limits.counted_as(scope)
        with ExitStack() as place:
            answer = await self._decide(scope, receive, whom, place)
            if answer is not None:
                await answer(scope, receive, send)

    async def _decide(
        self, scope: Scope, receive: Receive, whom: str, place: ExitStack
    ) -> ASGIApp | None:
        """Return the answer, whatever happens; None: nobody is waiting for it."""
        try:
            return await self._let_in(scope, receive, whom, place)
        except RequestRefusedError as refused:
            return self._say(refused.refusal)
        except SenderGoneError:
            return None
        except (InterfaceError, OperationalError) as error:
            if not is_outage(error):
                logger.exception("%r was not answered", scope["path"])
            return self._say(DATABASE_AWAY)
        except Exception:
            # At the edge: whatever the error, the sender has to be told that the request failed.
            logger.exception("%r was not answered", scope["path"])
            return self._say(FAULT)

    async def _let_in(self, scope: Scope, receive: Receive, whom: str, place: ExitStack) -> ASGIApp:
        """Return the answer. place: takes the sender's, until that has been sent."""
        is_wrong = names_two_hosts(scope) if self._is_for_any_host else not is_for_us(scope)
        if is_wrong:
            raise RequestRefusedError(WRONG_HOST)
        if scope["method"] == "OPTIONS" and self.tells_methods:
            return Response(status_code=204, headers=self._allow)
        if scope["method"] not in self._methods:
            raise RequestRefusedError(self._wrong_method)
        if any(len(headers(scope, name)) > 1 for name in _ONCE):
            raise RequestRefusedError(REPEATED_HEADER)
        body = await self._body(scope, receive, whom)
        counted = self._limits.requests.place_for(whom if self._is_counted else "")
        if not place.enter_context(counted):
            raise RequestRefusedError(TOO_MANY)
        return await self._answer(
            Incoming(
                method=scope["method"],
                path=scope["path"],
                parameters=scope["path_params"],
                query=scope["query_string"],
                headers={
                    name.decode("latin-1"): value.decode("latin-1")
                    for name, value in scope["headers"]
                },
                body=body,
                whom=whom,
                receive=receive,
                certified=scope.get("state", {}).get(CERTIFIED, b""),
            )
        )

    async def _body(self, scope: Scope, receive: Receive, whom: str) -> bytes:
        if not self._body_bytes_max:
            return b""
        sender = whom if self._is_counted else ""
        try:
            return await self._limits.bodies.read(
                scope, receive, bytes_max=self._body_bytes_max, whom=sender
            )
        except BodyRefusedError as refused:
            refusal = Refusal(
                status=refused.status,
                code=_BODY_CODES[refused.status],
                text=refused.text,
                headers=CLOSE,
            )
            raise RequestRefusedError(refusal) from None


class ProbedEndpoint(Endpoint):
    """One whose senders may ask by HEAD first whether it is there."""

    is_probed = True
