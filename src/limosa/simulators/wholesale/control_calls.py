"""How control calls are answered: who may call, JSON in and out, and errors."""

import json
from collections.abc import Callable, Collection
from ipaddress import ip_address

from limosa.simulators.loopback_http import Handler, Reply, Request

Json = object
Members = dict[str, object]
_STATUSES: dict[type[Exception], int] = {LookupError: 404, ValueError: 400, TypeError: 400}


def posted(act: Callable[[Members], Json]) -> Handler:
    def handle(request: Request, _words: dict[str, str]) -> Reply:
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            return _answer(415, {"error": "Content-Type: application/json is needed"})
        members = json.loads(request.body or b"{}")
        if not isinstance(members, dict):
            raise TypeError("a JSON object is needed")
        return _answer(200, act(members))

    return guarded(handle)


def shown(show: Callable[[Request, dict[str, str]], Json]) -> Handler:
    def handle(request: Request, words: dict[str, str]) -> Reply:
        return _answer(200, show(request, words))

    return guarded(handle)


def guarded(handle: Callable[[Request, dict[str, str]], Reply]) -> Handler:
    """Admit only this machine, and turn errors into answers that say why."""

    def let_in(request: Request, words: dict[str, str]) -> Reply:
        if not ip_address(request.peer).is_loopback:
            return _answer(403, {"error": "loopback only"})
        try:
            return handle(request, words)
        except tuple(_STATUSES) as error:
            status = next(code for kind, code in _STATUSES.items() if isinstance(error, kind))
            return _answer(status, {"error": str(error)})

    return let_in


def whole(members: Members, name: str, *, default: int | None = None) -> int:
    """Return a whole number. Raises ValueError."""
    value = members.get(name, default)
    if type(value) is not int:
        raise ValueError(f"{name}: a whole number is needed")
    return value


def seconds(members: Members, name: str, *, default: float | None = None) -> float:
    """Return a number of seconds. Raises ValueError."""
    value = members.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{name}: a number of seconds is needed")  # noqa: TRY004  (a bad request)
    return float(value)


def text(members: Members, name: str, *, default: str | None = None) -> str:
    """Return a text. Raises ValueError."""
    value = members.get(name, default)
    if not isinstance(value, str):
        raise ValueError(f"{name}: a text is needed")  # noqa: TRY004  (a bad request)
    return value


def one_of(members: Members, name: str, values: Collection[str]) -> str:
    """Return one of the values. Raises ValueError."""
    value = text(members, name)
    if value not in values:
        raise ValueError(f"{name}: one of {', '.join(values)}")
    return value


def _answer(status: int, body: Json) -> Reply:
    content = json.dumps(body, ensure_ascii=False, indent=2).encode() + b"\n"
    return Reply(status, content, {"Content-Type": "application/json; charset=utf-8"})
