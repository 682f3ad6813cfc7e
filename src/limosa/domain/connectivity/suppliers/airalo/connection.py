"""Carries calls to Airalo, with a token that is kept for all of a process."""

import json
from collections.abc import Mapping
from functools import lru_cache
from math import inf
from threading import Lock
from time import monotonic
from typing import Any
from urllib.parse import urlencode

from limosa.domain.connectivity.engine.foreign_values import Fields
from limosa.domain.connectivity.suppliers.airalo import signature, wire
from limosa.domain.connectivity.suppliers.airalo.account import Account
from limosa.domain.connectivity.unsent import FORBIDDEN, UNAUTHORIZED, TurnedAwayError, fault_of
from limosa.domain.http.messages import REPLY_BYTES_MAX, MessageLine, NotReachedError
from limosa.foundation.errors import ProviderError

LIST_BYTES_MAX = 32 * 1024 * 1024  # Ours: packages come with instructions in HTML.
# A token is valid for a day, whatever it says of itself (a year).
TOKEN_SECONDS_MAX = 24 * 60 * 60
TOKEN_SPARE_SECONDS = 60
# Ours: a worker holds an order for 90 seconds, and a call takes up to 15. An order sent later could
# arrive when another worker has found none, and ordered it again.
_BEGIN_WITHIN_SECONDS = 45.0


class NoTokenError(NotReachedError):
    """There is no token, so what was to be asked was not sent."""


class Connection:
    """Keeps connections and a token. May be shared between threads."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._line = MessageLine()
        self._lock = Lock()
        self._token = ""
        self._valid_until = 0.0

    def get(
        self, path: str, query: Mapping[str, str], *, bytes_max: int = REPLY_BYTES_MAX
    ) -> Fields:
        """Return an answer. Raises ReplyRefusedError; NotReachedError, also if we are turned away;
        ProviderError."""
        asked = f"?{urlencode(query)}" if query else ""
        return self._ask("GET", f"{path}{asked}", b"", {}, bytes_max)

    def post(self, path: str, content: Mapping[str, Any], *, begin_until: float) -> Fields:
        """Return the answer to a signed message. Raises as `get`; NotReachedError also if it is
        later than `begin_until`, by which it has to be sent."""
        headers = {
            "content-type": "application/json",
            signature.HEADER: signature.sign(self._account.client_secret, content),
        }
        body = json.dumps(content, separators=(",", ":")).encode()
        return self._ask("POST", path, body, headers, REPLY_BYTES_MAX, begin_until)

    def _ask(
        self,
        method: str,
        path: str,
        body: bytes,
        headers: Mapping[str, str],
        bytes_max: int,
        begin_until: float = inf,
    ) -> Fields:
        """Ask; once more with a new token if the old one is not taken: nothing was done then."""
        token = self._current_token()
        _check_time(begin_until)
        try:
            return self._send(method, path, body, {**headers, **_bearer(token)}, bytes_max)
        except TurnedAwayError as away:
            if away.status != UNAUTHORIZED:
                raise
        self._forget(token)
        token = self._current_token()
        _check_time(begin_until)
        return self._send(method, path, body, {**headers, **_bearer(token)}, bytes_max)

    def _send(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str], bytes_max: int
    ) -> Fields:
        reply = self._line.ask(
            method,
            f"{self._account.url}/v2/{path}",
            body,
            headers={"accept": "application/json", **headers},
            bytes_max=bytes_max,
        )
        if reply.status in (UNAUTHORIZED, FORBIDDEN):
            raise fault_of(reply)
        return wire.read_reply(reply.status, reply.body)

    def _current_token(self) -> str:
        """Return a token. Only one thread fetches one, and the others wait for it."""
        with self._lock:
            if not self._token or monotonic() >= self._valid_until:
                self._token, seconds = self._fetch_token()
                valid = min(seconds, TOKEN_SECONDS_MAX) - TOKEN_SPARE_SECONDS
                self._valid_until = monotonic() + valid
            return self._token

    def _fetch_token(self) -> tuple[str, int]:
        """Raises NotReachedError, whatever went wrong: nothing else was sent."""
        form = wire.token_form(self._account.client_id, self._account.client_secret)
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            signature.HEADER: signature.sign(self._account.client_secret, form),
        }
        try:
            answer = self._send("POST", "token", urlencode(form).encode(), headers, REPLY_BYTES_MAX)
            return wire.read_token(answer)
        except NotReachedError:
            raise
        except ProviderError as error:
            # Its refusals of a client are 401 and 422.
            is_refused = isinstance(error, wire.ReplyRefusedError)
            raise NoTokenError(
                f"no token: {error}", retryable=True, is_unauthorized=is_refused
            ) from error

    def _forget(self, token: str) -> None:
        with self._lock:
            if self._token == token:
                self._token = ""


@lru_cache(maxsize=16)
def connection_for(account: Account) -> Connection:
    """Return the connection of an account, which all of the process share."""
    return Connection(account)


def order_begins_until() -> float:
    """Return until when an order that is begun now may be sent, by the monotonic clock."""
    return monotonic() + _BEGIN_WITHIN_SECONDS


def _check_time(begin_until: float) -> None:
    if monotonic() > begin_until:
        raise NotReachedError("its answers take too long", retryable=True)


def _bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}
