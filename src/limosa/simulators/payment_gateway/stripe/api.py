"""The frame around every call: the key, idempotency, faults, errors.

Source: docs.stripe.com/api/authentication, docs.stripe.com/api/idempotent_requests.
"""

import json
import secrets
import sqlite3
import threading
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from limosa.simulators.loopback_http import Handler, Reply, Request, Routes
from limosa.simulators.payment_gateway.faulty_replies import Style, with_reply_faults
from limosa.simulators.payment_gateway.stripe import objects
from limosa.simulators.payment_gateway.stripe.account import Account
from limosa.simulators.payment_gateway.stripe.events import API_VERSION
from limosa.simulators.payment_gateway.stripe.form import Params, parse_form
from limosa.simulators.payment_gateway.stripe.objects import Body
from limosa.simulators.payment_gateway.stripe.refusals import RefusalError
from limosa.simulators.payment_gateway.wire import Desk

KEY_LENGTH_MAX = 255
KEY_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Call:
    """An authenticated call, inside the transaction of its work."""

    db: sqlite3.Connection
    params: Params
    words: dict[str, str]
    now: float


# An operation returns the object to answer with.
Operation = Callable[[Call], Body]


class Api:
    """Answers the merchant's calls."""

    def __init__(self, desk: Desk, account: Account) -> None:
        self._desk, self._account = desk, account
        self._lock = threading.Lock()
        self._under_way: set[str] = set()

    def add(self, routes: Routes, verb: str, path: str, name: str, operation: Operation) -> None:
        """Add a call; reply faults refer to it by `name`."""
        routes.add(verb, path, self._handler(name, operation))

    def _handler(self, name: str, operation: Operation) -> Handler:
        def work(request: Request, words: dict[str, str]) -> Reply:
            return self._answered(name, operation, request, words)

        return with_reply_faults(self._desk, name, work, Style(_server_error, _finish))

    def _answered(
        self, name: str, operation: Operation, request: Request, words: dict[str, str]
    ) -> Reply:
        key = request.headers.get("idempotency-key", "") if request.method == "POST" else ""
        try:
            self._authenticate(request)
            self._enter(key)
        except RefusalError as refusal:
            return _json(refusal.status, refusal.body)
        try:
            return self._performed(name, operation, request, words, key)
        finally:
            with self._lock:
                self._under_way.discard(key)

    def _enter(self, key: str) -> None:
        """Admit one call per key at a time."""
        if len(key) > KEY_LENGTH_MAX:
            raise RefusalError(400, "The idempotency key is too long.", kind="idempotency_error")
        with self._lock:
            if key and key in self._under_way:
                raise RefusalError(
                    409,
                    "There is currently another in-progress request using this Idempotent Key.",
                    kind="idempotency_error",
                    code="idempotency_key_in_use",
                )
            self._under_way.add(key)

    def _performed(
        self,
        name: str,
        operation: Operation,
        request: Request,
        words: dict[str, str],
        key: str,
    ) -> Reply:
        desk, now = self._desk, self._desk.clock()
        refusal: RefusalError | None = None
        with desk.store.transaction() as db:
            try:
                said = _replayed(db, key, request, now=now)
                if said is not None:
                    return said
                params = parse_form(
                    request.body.decode()
                    if request.method == "POST"
                    else urlsplit(request.target).query
                )
                reply = _json(200, _shown(db, operation(Call(db, params, words, now)), params))
            except RefusalError as raised:
                refusal, reply = raised, _json(raised.status, raised.body)
            if refusal is None or refusal.keeps:
                _keep(db, key, request, reply, now=now)
            subject = next(iter(words.values()), "")
            desk.note(db, now, name, subject, status=reply.status)
        desk.wake()
        return reply

    def _authenticate(self, request: Request) -> None:
        scheme, _, word = request.headers.get("authorization", "").partition(" ")
        if scheme == "Basic":
            try:
                word = b64decode(word, validate=True).decode().partition(":")[0]
            except ValueError:
                word = ""
        if not secrets.compare_digest(word.encode(), self._account.secret_key.encode()):
            raise RefusalError(401, f"Invalid API Key provided: {word[:8]}********")


def _shown(db: sqlite3.Connection, body: Body, params: Params) -> Body:
    """Return an object as it is answered, with the requested members expanded."""
    paths = params.get("expand") or []
    return objects.expanded(db, objects.shown(body), [str(path) for path in paths])


def _replayed(db: sqlite3.Connection, key: str, request: Request, *, now: float) -> Reply | None:
    """Return the earlier answer to the key. Raises RefusalError for another request."""
    if not key:
        return None
    db.execute("DELETE FROM stripe_keys WHERE at < ?", (now - KEY_SECONDS,))
    row = db.execute("SELECT * FROM stripe_keys WHERE key = ?", (key,)).fetchone()
    if row is None:
        return None
    if row["request"] != _fingerprint(request):
        raise RefusalError(
            400,
            "Keys for idempotent requests can only be used with the same parameters they were"
            " first used with.",
            kind="idempotency_error",
        )
    headers = {"Content-Type": "application/json", "Idempotent-Replayed": "true"}
    return Reply(row["status"], row["body"].encode(), headers)


def _keep(db: sqlite3.Connection, key: str, request: Request, reply: Reply, *, now: float) -> None:
    """Store the answer to a key: a success, or a refusal after the work had begun."""
    if key:
        db.execute(
            "INSERT INTO stripe_keys (key, request, status, body, at) VALUES (?, ?, ?, ?, ?)",
            (key, _fingerprint(request), reply.status, reply.body.decode(), now),
        )


def _fingerprint(request: Request) -> str:
    parts = sorted(request.body.decode().split("&"))
    return f"{request.path} {'&'.join(parts)}"


def _json(status: int, body: Body) -> Reply:
    content = json.dumps(body, ensure_ascii=False, indent=2).encode()
    return Reply(status, content, {"Content-Type": "application/json"})


def _finish(reply: Reply, _fault: str) -> Reply:
    headers = {
        **reply.headers,
        "Request-Id": objects.new_id("req", 14),
        "Stripe-Version": API_VERSION,
        "Cache-Control": "no-cache, no-store",
    }
    return Reply(reply.status, reply.body, headers)


def _server_error() -> Reply:
    message = "An unknown error occurred."
    return _json(500, RefusalError(500, message, kind="api_error").body)
