"""How control calls are answered: who may call, JSON in and out, and errors.

A wire may add control calls of its own, under /control/{wire}/…, by `posted` and `shown`.
"""

import json
from collections.abc import Callable, Collection
from ipaddress import ip_address

from limosa.simulators.loopback_http import Handler, Reply, Request
from limosa.simulators.payment_gateway.wire import Json, NotOfferedError, NotPayableError

Members = dict[str, object]
_STATUSES: dict[type[Exception], int] = {
    NotPayableError: 409,
    NotOfferedError: 400,
    LookupError: 404,
    ValueError: 400,
    TypeError: 400,
}


def posted(act: Callable[[Members], Json]) -> Handler:
    def handle(request: Request, _words: dict[str, str]) -> Reply:
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            return answer(415, {"error": "Content-Type: application/json is needed"})
        members = json.loads(request.body or b"{}")
        if not isinstance(members, dict):
            raise TypeError("a JSON object is needed")
        return answer(200, act(members))

    return guarded(handle)


def shown(show: Callable[[Request, dict[str, str]], Json]) -> Handler:
    def handle(request: Request, words: dict[str, str]) -> Reply:
        return answer(200, show(request, words))

    return guarded(handle)


def guarded(handle: Callable[[Request, dict[str, str]], Reply]) -> Handler:
    """Admit only this machine, and turn errors into answers that say why."""

    def let_in(request: Request, words: dict[str, str]) -> Reply:
        if not ip_address(request.peer).is_loopback:
            return answer(403, {"error": "loopback only"})
        try:
            return handle(request, words)
        except tuple(_STATUSES) as error:
            status = next(code for kind, code in _STATUSES.items() if isinstance(error, kind))
            return answer(status, {"error": str(error)})

    return let_in


def answer(status: int, body: Json) -> Reply:
    content = json.dumps(body, ensure_ascii=False, indent=2).encode() + b"\n"
    return Reply(status, content, {"Content-Type": "application/json; charset=utf-8"})


def text(members: Members, name: str) -> str:
    value = members.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name}: a text is needed")
    return value


def optional_text(members: Members, name: str) -> str | None:
    return text(members, name) if name in members else None


def optional_whole(members: Members, name: str) -> int | None:
    value = members.get(name)
    if value is not None and (type(value) is not int or value < 1):
        raise ValueError(f"{name}: a whole number from 1 is needed")
    return value


def one_of(members: Members, name: str, values: Collection[str], *, needed: bool = False) -> str:
    """Return one of the values; the first one if it is optional and absent."""
    value = text(members, name) if needed or name in members else next(iter(values))
    if value not in values:
        raise ValueError(f"{name}: one of {', '.join(values)}")
    return value
