"""Observes each request: an id, a count, its duration, and optionally a line in the log.

It wraps the whole application, so that every response is seen, whoever gives it. The id is returned
as X-Request-ID, and is part of every line logged meanwhile.
"""

import logging
from collections.abc import Callable
from time import monotonic

from prometheus_client import Counter, Gauge, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from limosa.domain.payments.notify_url import PREFIX as NOTIFICATIONS
from limosa.servers.request_number import begin_request

PATH_LETTERS_MAX = 1_000  # Of a line in the log; no page's path is longer.
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

REQUESTS = Counter("limosa_requests", "Requests answered.", ("kind", "method", "status"))
TIMES = Histogram("limosa_request_seconds", "Time to an answer.", ("kind",), buckets=SECONDS)
OPEN = Gauge(
    "limosa_requests_open", "Requests not answered yet.", ("kind",), multiprocess_mode="livesum"
)

logger = logging.getLogger(__name__)
access = logging.getLogger("limosa.access")


class Observed:
    """An observed ASGI application. has_access_log: log a line for each request, without its query.

    tells_ready: called once it is ready; whether to log that, by the process's name.
    """

    def __init__(
        self,
        application: ASGIApp,
        *,
        has_access_log: bool,
        name: str = "web",
        tells_ready: Callable[[], bool] = lambda: True,
    ) -> None:
        self._application = application
        self._has_access_log = has_access_log
        self._name = name
        self._tells_ready = tells_ready

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            telling = _telling_when_ready(send, self._tells_ready, name=self._name)
            await self._application(scope, receive, telling)
        else:
            await self._observe(scope, receive, send)

    async def _observe(self, scope: Scope, receive: Receive, send: Send) -> None:
        number, began, kind = begin_request(), monotonic(), kind_of(scope["path"])
        status = 0

        async def send_numbered(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                number_header = (b"x-request-id", number.encode())
                message = {**message, "headers": [*message.get("headers", ()), number_header]}
            await send(message)

        with OPEN.labels(kind).track_inprogress():
            try:
                await self._application(scope, receive, send_numbered)
            finally:
                seconds = monotonic() - began
                self._keep(scope, kind=kind, status=status, seconds=seconds)

    def _keep(self, scope: Scope, *, kind: str, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in METHODS else "other"
        REQUESTS.labels(kind, method, status).inc()
        if kind != "stream":  # A stream lasts as long as somebody watches.
            TIMES.labels(kind).observe(seconds)
        if self._has_access_log:
            client = scope.get("client")
            address = client[0] if client else "-"
            path = scope["path"][:PATH_LETTERS_MAX]
            access.info("%s %s %r %d %.1f ms", address, method, path, status, seconds * 1000)


def kind_of(path: str) -> str:
    """Return the kind of a path; there are few kinds, so that the metrics stay few."""
    if path.startswith(NOTIFICATIONS):
        return "notification"
    for beginning, kind in (
        ("/static/", "static"),
        ("/events/", "stream"),
        ("/console/", "console"),
        ("/feeds/", "feed"),
        ("/suppliers/", "callback"),
        ("/gsma/rsp2/es9plus/", "es9plus"),
        ("/gsma/rsp2/es2plus/", "es2plus"),
    ):
        if path.startswith(beginning):
            return kind
    return "health" if path in {"/healthz", "/readyz"} else "page"


def _telling_when_ready(send: Send, tells_ready: Callable[[], bool], *, name: str) -> Send:
    async def send_and_tell(message: Message) -> None:
        await send(message)
        if message["type"] == "lifespan.startup.complete" and tells_ready():
            logger.info("%s: ready", name)

    return send_and_tell
