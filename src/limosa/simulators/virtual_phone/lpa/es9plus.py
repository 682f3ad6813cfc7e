"""ES9+ as the phone speaks it: JSON over HTTPS, checked against the CIs that the phone trusts.

Source: SGP.22 sections 5.6 (functions), 6.3 and 6.5 (JSON over HTTP).
"""

import json
import ssl
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from urllib3.connection import HTTPSConnection
from urllib3.exceptions import HTTPError, NameResolutionError

from limosa.simulators.virtual_phone.lpa.faults import (
    BadAnswer,
    ConnectionLost,
    Interrupted,
    LpaFault,
    NameUnknown,
    ServerRefused,
)

PREFIX = "/gsma/rsp2/es9plus/"
INITIATE = "initiateAuthentication"
AUTHENTICATE = "authenticateClient"
GET_PACKAGE = "getBoundProfilePackage"
CANCEL = "cancelSession"
NOTIFY = "handleNotification"

ANSWER_BYTES_MAX = 2 * 1024 * 1024
SECONDS_MAX = 30.0
_HEADERS = {
    "Content-Type": "application/json",
    "User-Agent": "gsma-rsp-lpad",
    "X-Admin-Protocol": "gsma/rsp/v2.2.2",
}
_REASONS: dict[type[Exception], str] = {
    ConnectionRefusedError: "：对方拒绝连接",
    ConnectionResetError: "：连接被对方中断",
    TimeoutError: "：等待应答超时",
}
_DONE = {"Executed-Success", "Executed-WithWarning"}


@dataclass(frozen=True, slots=True)
class Route:
    """Where a server is reached: its name, which its certificate has, and the way there."""

    name: str
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Connecting:
    """How a phone connects. `trusted` is a file with the CIs' certificates; `retries` is how often
    a call is repeated whose answer was lost; `keeps` keeps one connection for all calls.

    `drops` is asked before an answer is read whether it is to be lost: for tests.
    """

    trusted: Path
    retries: int = 1
    keeps: bool = False
    drops: Callable[[str], bool] = lambda _call: False


class Es9Plus:
    """The functions of one server. Close it when done."""

    def __init__(self, route: Route, connecting: Connecting) -> None:
        self._route, self._how = route, connecting
        self._connection: HTTPSConnection | None = None
        self._context: ssl.SSLContext | None = None

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def call(self, function: str, fields: dict[str, Any]) -> dict[str, Any]:
        """Call a function, and return the fields of its answer; none for a notification.

        Raises ServerRefused, BadAnswer, or ConnectionLost when the last retry failed; Interrupted
        if a test wanted the answer lost and there is no retry.
        """
        body = json.dumps(fields).encode()
        for attempt in range(self._how.retries + 1):
            try:
                status, answer = self._exchange(function, body)
            except (ConnectionLost, Interrupted):
                if attempt == self._how.retries:
                    raise
                continue
            return _fields_of(function, status, answer)
        raise AssertionError

    def _exchange(self, function: str, body: bytes) -> tuple[int, bytes]:
        connection = self._connection or self._connect()
        self._connection = None
        try:
            connection.request(
                "POST", PREFIX + function, body=body, headers=_HEADERS, preload_content=False
            )
            if self._how.drops(function):
                connection.close()
                raise Interrupted(f"the answer to {function} was lost")
            response = connection.getresponse()
            answer = response.read(ANSWER_BYTES_MAX + 1)
        except (OSError, HTTPError, ssl.SSLError) as error:
            connection.close()
            raise _lost(self._route, error) from error
        if self._how.keeps:
            self._connection = connection
        else:
            connection.close()
        if len(answer) > ANSWER_BYTES_MAX:
            raise BadAnswer(function, "it is too long")
        return response.status, answer

    def _connect(self) -> HTTPSConnection:
        self._context = self._context or _context(self._how.trusted)
        return HTTPSConnection(
            self._route.host,
            self._route.port,
            timeout=SECONDS_MAX,
            ssl_context=self._context,
            server_hostname=self._route.name,
        )


def encoded(data: bytes) -> str:
    return b64encode(data).decode()


def decoded(call: str, fields: dict[str, Any], name: str) -> bytes:
    """Return a field's bytes. Raises BadAnswer unless it is there, and strictly Base64."""
    value = fields.get(name)
    if not isinstance(value, str):
        raise BadAnswer(call, f"{name} is missing")
    try:
        return b64decode(value, validate=True)
    except (Base64Error, ValueError) as error:
        raise BadAnswer(call, f"{name} is not Base64") from error


def transaction_of(call: str, fields: dict[str, Any]) -> bytes:
    """Return the transaction id, which is hexadecimal. Raises BadAnswer."""
    try:
        found = bytes.fromhex(fields["transactionId"])
    except (KeyError, TypeError, ValueError) as error:
        raise BadAnswer(call, "transactionId is missing, or not hexadecimal") from error
    if not 0 < len(found) <= 16:
        raise BadAnswer(call, "transactionId has a wrong length")
    return found


def _context(trusted: Path) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=str(trusted))
    except (OSError, ssl.SSLError) as error:
        raise LpaFault(
            f"{trusted} has no certificates to trust: {error.strerror or error}.",
            f"{trusted} 中没有可信任的证书。",
        ) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _fields_of(function: str, status: int, answer: bytes) -> dict[str, Any]:
    if function == NOTIFY:
        if status != 204:
            raise BadAnswer(function, f"status {status}, not 204")
        return {}
    if status != 200:
        raise BadAnswer(function, f"status {status}")
    try:
        fields = json.loads(answer)
        execution = fields["header"]["functionExecutionStatus"]
        outcome = execution["status"]
    except (ValueError, KeyError, TypeError) as error:
        raise BadAnswer(function, "it has no functionExecutionStatus") from error
    if outcome not in _DONE:
        codes = execution.get("statusCodeData") or {}
        subject, reason = (str(codes.get(name, "")) for name in ("subjectCode", "reasonCode"))
        if not subject or not reason:
            raise BadAnswer(function, f"it says {outcome}, and not why")
        raise ServerRefused(function, subject, reason, str(codes.get("message", "")))
    return dict(fields)


def _lost(route: Route, error: Exception) -> LpaFault:
    """Blame the name, or the way to it where that is another one."""
    if isinstance(error, ssl.SSLCertVerificationError):
        why = error.verify_message.rstrip(".")
        return ConnectionLost(
            f"{route.name} can't be trusted: {why}.", f"无法信任 {route.name} 的证书。"
        )
    if isinstance(error, NameResolutionError):
        return NameUnknown(route.host)
    cause = error.__cause__ if isinstance(error.__cause__, OSError) else error
    reason = getattr(cause, "strerror", None) or cause
    where = f"{route.host}:{route.port}"
    if route.host.casefold() != route.name.casefold():
        where += f" (the way to {route.name})"
    chinese = next((said for kind, said in _REASONS.items() if isinstance(cause, kind)), "")
    return ConnectionLost(
        f"The connection to {where} failed: {reason}. Try again.",
        f"与 {route.host}:{route.port} 的连接失败{chinese}。请重试。",
    )
