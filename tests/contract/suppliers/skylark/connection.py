"""Calls to Skylark: JSON over HTTPS, with our key."""

import json
from collections.abc import Mapping
from typing import Any

from limosa.domain.connectivity.unsent import FORBIDDEN, UNAUTHORIZED, fault_of
from limosa.domain.http.messages import MessageLine
from tests.contract.suppliers.skylark import wire


class Connection:
    """Keeps connections to Skylark. May be shared between threads."""

    def __init__(self, *, url: str, key: str) -> None:
        self._url = url.rstrip("/") + "/"
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self._line = MessageLine()

    def ask(self, method: str, path: str, content: Mapping[str, Any] | None = None) -> wire.Answer:
        """Return what was answered, be it a refusal.

        Raises ProviderError: nobody knows what became of it; or NotReachedError.
        """
        body = b"" if content is None else json.dumps(content).encode()
        reply = self._line.ask(method, self._url + path, body, headers=self._headers)
        if reply.status in (UNAUTHORIZED, FORBIDDEN):
            raise fault_of(reply)
        return wire.read_answer(reply.status, reply.body)
