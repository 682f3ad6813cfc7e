"""Calls to TGT with a token, which each process gets for itself and keeps for a day."""

import threading
from collections.abc import Mapping
from time import monotonic
from typing import Any

from limosa.domain.connectivity.suppliers.tgt import wire
from limosa.domain.connectivity.unsent import TurnedAwayError, fault_of
from limosa.domain.http.messages import (
    REPLY_BYTES_MAX,
    MessageLine,
    NotReachedError,
    TooManyCallsError,
)
from limosa.foundation.errors import ProviderError

LIST_BYTES_MAX = 4 * 1024 * 1024  # Ours: a hundred products.
# Ours: a worker holds an order for 90 seconds, and a call takes up to 15.
_BEGIN_WITHIN_SECONDS = 45.0
_RENEWED_BEFORE_SECONDS = 300.0
_HEADERS = {"Content-Type": "application/json; charset=UTF-8"}


class Connection:
    """Keeps connections to TGT, and the token. May be shared between threads."""

    def __init__(self, *, url: str, account_id: str, secret: str) -> None:
        self._url = url.rstrip("/")
        self._account = {"accountId": account_id, "secret": secret}
        self._line = MessageLine()
        self._lock = threading.Lock()
        self._token, self._good_until = "", 0.0

    def talk(self) -> "Talk":
        """Return what makes the calls of one operation."""
        return Talk(self, monotonic() + _BEGIN_WITHIN_SECONDS)

    def post(
        self, path: str, content: Mapping[str, Any], *, token: str = "", bytes_max: int
    ) -> wire.Answer:
        """Return what was answered, be it a refusal. Raises ProviderError, or NotReachedError."""
        headers = {**_HEADERS, "Authorization": f"Bearer {token}"} if token else _HEADERS
        reply = self._line.ask(
            "POST", self._url + path, wire.body(content), headers=headers, bytes_max=bytes_max
        )
        if reply.status != 200:
            raise fault_of(reply)
        return wire.read_answer(reply.body)

    def token(self, *, instead_of: str = "") -> str:
        """Return the token; a new one if it is about to expire, or is the one that was refused.

        Raises NotReachedError: there is none, so nothing else was sent.
        """
        with self._lock:
            if monotonic() < self._good_until and self._token != instead_of:
                return self._token
            try:
                answer = self.post(wire.TOKEN, self._account, bytes_max=REPLY_BYTES_MAX)
                self._token, seconds = wire.read_token(answer)
            except (TooManyCallsError, TurnedAwayError):
                raise
            except ProviderError as error:
                raise NotReachedError(
                    f"no token: {error}", retryable=True, is_unauthorized=error.is_unauthorized
                ) from error
            self._good_until = monotonic() + seconds - min(_RENEWED_BEFORE_SECONDS, seconds / 2)
            return self._token


class Talk:
    """The calls of one operation, which has only so long."""

    def __init__(self, connection: Connection, begin_until: float) -> None:
        self._connection = connection
        self._begin_until = begin_until

    def ask(
        self, call: str, content: Mapping[str, Any], *, bytes_max: int = REPLY_BYTES_MAX
    ) -> wire.Answer:
        """Return what was answered, be it a refusal; with a new token if the token was refused.

        Raises ProviderError: nobody knows what became of it; or NotReachedError.
        """
        token = self._connection.token()
        answer = self._post(call, content, token, bytes_max)
        if answer.code in wire.TOKEN_REFUSED:
            token = self._connection.token(instead_of=token)
            answer = self._post(call, content, token, bytes_max)
        return answer

    def _post(
        self, call: str, content: Mapping[str, Any], token: str, bytes_max: int
    ) -> wire.Answer:
        if monotonic() > self._begin_until:
            raise NotReachedError("its answers take too long", retryable=True)
        return self._connection.post(wire.API + call, content, token=token, bytes_max=bytes_max)
