"""Our own addresses (servers/routes.py) as machines ask them, in this process.

What they give to a thread is done in the test's own one, so that it sees what the test has written,
and is taken back with it.
"""

import asyncio
import json
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import Any, ParamSpec, TypeVar

from starlette.routing import Match, Router
from starlette.types import ASGIApp, Message, Scope

from limosa.servers.bodies import BodyReader
from limosa.servers.crowd import REQUESTS_OF_ADDRESS_MAX, Crowd
from limosa.servers.endpoints.health import Health
from limosa.servers.endpoints.notifications import WebhookReceiver
from limosa.servers.endpoints.supplier_callbacks import SupplierCallbacks
from limosa.servers.endpoints.threads import ThreadsInTurn
from limosa.servers.endpoints.usage_feed import UsageFeed
from limosa.servers.endpoints.watched import permitted_topic
from limosa.servers.endpoints.watchers import Watchers
from limosa.servers.events import EventHub, Snapshot
from limosa.servers.limits import Limits
from limosa.servers.proxies import TrustedProxies
from limosa.servers.routes import own_routes

T = TypeVar("T")
P = ParamSpec("P")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was answered. headers: by lower-case name."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes

    def json(self) -> Any:
        """Return the content."""
        return json.loads(self.content)


class Here(Executor):
    """Does in the caller's thread what an event loop in another one gives away."""

    def __init__(self) -> None:
        self._waiting: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self.given = 0

    def submit(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Put work in the queue."""
        self.given += 1
        future: Future[T] = Future()
        self._waiting.put(partial(_do, future, partial(work, *args, **kwargs)))
        return future

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Return what a coroutine returns; do meanwhile what it gives away."""
        with ThreadPoolExecutor(1) as thread:
            done = thread.submit(asyncio.run, coroutine)
            done.add_done_callback(lambda _: self._waiting.put(None))
            while (work := self._waiting.get()) is not None:
                work()
        return done.result()


class Machines:
    """The router of one process, without pages. looked: what there is to watch."""

    def __init__(self, folder: Path) -> None:
        self._here = Here()
        self.looked: dict[str, Snapshot] = {}
        self.hub = EventHub(channel="none", connection_parameters={}, look=self.looked.get)
        threads = ThreadsInTurn(self._here, count=1)
        self.routes = own_routes(
            limits=Limits(
                bodies=BodyReader(),
                requests=Crowd(each_max=REQUESTS_OF_ADDRESS_MAX),
                counted_as=TrustedProxies((), header="x-forwarded-for").counted_as,
            ),
            receiver=WebhookReceiver(threads=self._here),
            watchers=Watchers(self.hub, permitted_topic=permitted_topic, shared_folder=folder),
            callbacks=SupplierCallbacks(threads=threads),
            feed=UsageFeed(threads=threads),
            health=Health(find_obstacle=lambda: ""),
        )
        self._router = Router(self.routes, redirect_slashes=False)

    def route_of(self, path: str) -> str | None:
        """Return the route that leads a path to us, without its first slash; None: none does."""
        scope: Scope = {"type": "http", "path": path, "method": "POST"}
        found = (one.path for one in self.routes if one.matches(scope)[0] is not Match.NONE)
        return next((one.removeprefix("/") for one in found), None)

    @property
    def given_away(self) -> int:
        """How many times something was given to a thread."""
        return self._here.given

    def ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        query: bytes = b"",
        headers: Mapping[str, str | bytes] | None = None,
    ) -> Answer:
        """Return the answer."""
        told = {"host": "testserver"} | {k.lower(): v for k, v in (headers or {}).items()}
        scope: Scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "path": path,
            "query_string": query,
            "headers": [
                (name.encode(), value if isinstance(value, bytes) else value.encode())
                for name, value in told.items()
            ],
            "client": ("192.0.2.1", 50000),
        }
        return self._here.run(_ask(self._router, scope, body))

    def post(
        self, path: str, body: bytes, *, content_type: str = "application/json", **headers: str
    ) -> Answer:
        """Send something. headers: by names with _ for -."""
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("POST", path, body, headers={"content-type": content_type, **told})


async def _ask(application: ASGIApp, scope: Scope, body: bytes) -> Answer:
    unsent: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
    sent: list[Message] = []

    async def receive() -> Message:
        if not unsent:
            await asyncio.Event().wait()  # Its sender waits for the answer.
        return unsent.pop()

    async def send(message: Message) -> None:
        sent.append(message)

    await application(scope, receive, send)
    start, *rest = sent
    return Answer(
        status_code=start["status"],
        headers={name.decode(): value.decode("latin-1") for name, value in start["headers"]},
        content=b"".join(message["body"] for message in rest),
    )


def _do(future: "Future[T]", work: Callable[[], T]) -> None:
    try:
        future.set_result(work())
    except BaseException as error:  # noqa: BLE001 -- it is raised where the result is awaited.
        future.set_exception(error)
