"""A supplier's API on loopback that is asked by path, and what may go wrong with its next answers.
Shares no code with the adapters."""

import json
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from limosa.domain.http.messages import REPLY_BYTES_MAX
from limosa.simulators.loopback_http import Reply, Request

Answer = Callable[[Request], Reply | None]


@dataclass
class ScriptedApi(ABC):
    """The other side. `script`: what it does with the next calls of a path, instead of what it
    should. `heard`, `asked`: the paths of its calls so far, and what they carried."""

    prefix: ClassVar[str]
    script: dict[str, deque[Answer]] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    @abstractmethod
    def done(self, path: str, request: Request) -> Reply:
        """Do what a call asks for."""

    @abstractmethod
    def order_taken(self, **more: Any) -> dict[str, Any]:
        """Return what it answers to an order that it takes."""

    def says(self, path: str, content: Any, *, status: int = 200, wait: str = "") -> None:
        """Have it answer the next call of a path with this; `wait`: its `Retry-After`."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        headers = {"Retry-After": wait} if wait else {}
        self._add(path, lambda _request: Reply(status, body, headers))

    def loses(self, path: str) -> None:
        """Have it do the next call of a path, and hang up."""

        def lost(request: Request) -> None:
            self.done(path, request)

        self._add(path, lost)

    def hangs_up(self, path: str) -> None:
        """Have it hang up at the next call of a path."""
        self._add(path, lambda _request: None)

    def answer(self, request: Request) -> Reply | None:
        """Answer a call, or do as the script says."""
        path = request.path.removeprefix(self.prefix)
        self.heard.append(path)
        self.asked.append(json.loads(request.body))
        if self.script.get(path):
            return self.script[path].popleft()(request)
        return self.done(path, request)

    def _add(self, path: str, answer: Answer) -> None:
        self.script.setdefault(path, deque()).append(answer)


def reply(content: Any, status: int = 200) -> Reply:
    """Return JSON."""
    return Reply(status, json.dumps(content).encode(), {"Content-Type": "application/json"})


def garbage(other: ScriptedApi, path: str) -> None:
    """Have it answer with a page of a network in between."""
    other.says(path, b"<html>")


def oversized(other: ScriptedApi, path: str) -> None:
    """Have it answer with more than is read."""
    other.says(path, other.order_taken(more="x" * REPLY_BYTES_MAX))


def redirected(other: ScriptedApi, path: str) -> None:
    """Have it send us elsewhere."""
    other.says(path, b"", status=302)


def overloaded(other: ScriptedApi, path: str) -> None:
    """Have it answer as if an order were taken, with the status of a failure."""
    other.says(path, other.order_taken(), status=503)


def deaf(other: ScriptedApi, path: str) -> None:
    """Have it hang up."""
    other.hangs_up(path)


FAULTS = (garbage, oversized, redirected, overloaded, deaf)
