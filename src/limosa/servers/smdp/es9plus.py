"""ES9+ over HTTP: each function of a phone handed to its operation, in a thread.

A function that is refused is answered 200 with the status of SGP.22 in its header. HTTP's own
errors are for what never reached a function. A notification is answered 204 once its bytes are
kept, whatever they hold: its card forgets it then.

Source: SGP.22 section 6.5 (HTTP, JSON).
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from starlette.routing import Route
from starlette.types import ASGIApp

from limosa.domain.rsp.operations.authenticate_client import authenticate_client
from limosa.domain.rsp.operations.cancel_session import cancel_session
from limosa.domain.rsp.operations.get_bound_profile_package import get_bound_profile_package
from limosa.domain.rsp.operations.handle_notification import handle_notification
from limosa.domain.rsp.operations.initiate_authentication import initiate_authentication
from limosa.protocols.sgp22 import es9plus
from limosa.protocols.sgp22.identity import Smdp
from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.servers.endpoints.endpoint import Incoming
from limosa.servers.endpoints.threads import ThreadsInTurn
from limosa.servers.limits import Limits
from limosa.servers.smdp.answers import in_json, nothing_to_say
from limosa.servers.smdp.eid_limit import EidLimit
from limosa.servers.smdp.function import Function
from limosa.servers.smdp.verifying import NotificationVerifier

T = TypeVar("T")


class Es9Plus:
    """The functions for phones of one process. threads: they may use the database. verifier: of
    what phones report. eids: how often each eUICC may ask."""

    def __init__(
        self,
        *,
        smdp: Smdp,
        threads: ThreadsInTurn,
        verifier: NotificationVerifier,
        eids: EidLimit,
    ) -> None:
        self._threads = threads
        self._verifier = verifier
        self._package = partial(get_bound_profile_package, smdp=smdp)
        self._functions: dict[str, Callable[..., bytes]] = {
            "initiateAuthentication": partial(initiate_authentication, smdp=smdp),
            "authenticateClient": partial(authenticate_client, smdp=smdp, admit=eids.admit),
            "cancelSession": partial(_cancelled, smdp=smdp),
        }

    def routes(self, limits: Limits) -> list[Route]:
        """Return a route for each function."""
        answers: dict[str, Callable[[Incoming], Awaitable[ASGIApp]]] = {
            name: partial(self._answer, function=function)
            for name, function in self._functions.items()
        }
        answers["getBoundProfilePackage"] = self._give_package
        answers["handleNotification"] = self._take_notification
        return [
            Route(
                f"{es9plus.PATH}{name}",
                Function(answer, limits=limits),
            )
            for name, answer in answers.items()
        ]

    async def _answer(self, incoming: Incoming, *, function: Callable[..., bytes]) -> ASGIApp:
        try:
            body = await self._in_thread(incoming, function)
        except RspRefusal as refusal:
            body = es9plus.refusal_body(refusal.status)
        return in_json(body)

    async def _give_package(self, incoming: Incoming) -> ASGIApp:
        """Give a package; whoever ordered may be told of the download."""
        told: list[str] = []
        answer = await self._answer(incoming, function=partial(self._package, tell=told.append))
        self._verifier.wake_to_tell(told)
        return answer

    async def _take_notification(self, incoming: Incoming) -> ASGIApp:
        """Take what a phone reports. A phone forgets what is answered 204, and sends the rest
        again: if the database is away, or the card's bytes did not arrive in the body (400)."""
        try:
            await self._in_thread(incoming, handle_notification)
        except RspRefusal as refusal:
            return in_json(es9plus.refusal_body(refusal.status), status=400)
        self._verifier.wake()
        return nothing_to_say()

    async def _in_thread(self, incoming: Incoming, work: Callable[..., T]) -> T:
        return await self._threads.run(
            partial(work, body=incoming.body, now=_now()),
            whom=incoming.whom,
            receive=incoming.receive,
        )


def _cancelled(*, smdp: Smdp, body: bytes, now: datetime) -> bytes:
    cancel_session(smdp=smdp, body=body, now=now)
    return es9plus.DONE


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 -- the edge: here time is read, and passed on.
