"""Signed calls to eSIM Access."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from limosa.domain.connectivity.suppliers.esim_access import wire
from limosa.domain.connectivity.unsent import fault_of
from limosa.domain.http.messages import REPLY_BYTES_MAX, MessageLine

LIST_BYTES_MAX = 32 * 1024 * 1024  # Ours: some thousand plans, each with its networks.


class Connection:
    """Keeps connections to eSIM Access. May be shared between threads."""

    def __init__(self, *, url: str, access_code: str, secret: str) -> None:
        self._url = url.rstrip("/") + wire.PATH
        self._account = wire.Account(access_code, secret)
        self._line = MessageLine()

    def ask(
        self, call: str, content: Mapping[str, Any], *, bytes_max: int = REPLY_BYTES_MAX
    ) -> wire.Answer:
        """Return what was answered, be it a refusal.

        Raises ProviderError: nobody knows what became of it; or NotReachedError.
        """
        body = wire.body(content)
        now_ms = int(timezone.now().timestamp() * 1000)
        headers = self._account.headers(body, request_id=uuid.uuid4().hex, timestamp_ms=now_ms)
        reply = self._line.ask("POST", self._url + call, body, headers=headers, bytes_max=bytes_max)
        if reply.status != 200:
            raise fault_of(reply)
        return wire.read_answer(reply.body)
