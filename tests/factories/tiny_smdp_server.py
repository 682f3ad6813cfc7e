"""The tiny SM-DP+ behind HTTPS: ES9+ with orders, retries and notifications, for an LPA."""

import json
import ssl
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from tests.factories.tiny_smdp import (
    ICCID,
    TinySmdp,
    check,
    fields,
    inside,
    metadata,
    notified,
    profile,
    tlv,
)

ALL_EVENTS = tlv("b6", notified(0, 1, 2, 3))


class Refusal(Exception):
    """What the server answers instead: subject and reason."""


@dataclass
class Order:
    iccid: bytes = ICCID
    code: str = ""
    state: str = "released"
    offered: bytes = b""
    one_time: ec.EllipticCurvePrivateKey | None = None
    package: bytes = b""


@dataclass
class _Session:
    smdp: TinySmdp
    order: Order | None = None
    request: bytes = b""


@dataclass
class TinyServer:
    """Orders by their matching ids. `changes` may change an answer's fields, by the function."""

    pki: Path
    curve: str = "P-256"
    orders: dict[str, Order] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    connections: int = 0
    notifications: list[bytes] = field(default_factory=list)
    cancelled: list[int] = field(default_factory=list)
    changes: dict[str, Callable[[dict[str, Any]], object]] = field(default_factory=dict)
    sessions: dict[str, _Session] = field(default_factory=dict)
    euicc_certificate: bytes = b""

    def answer(self, function: str, asked: dict[str, Any]) -> dict[str, Any] | None:
        self.calls.append(function)
        found = getattr(self, f"_{function}")(asked)
        if found is not None and function in self.changes:
            self.changes[function](found)
        return found if found is None else dict(found)

    def _initiateAuthentication(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        if asked["smdpAddress"].casefold() != "smdp.example.com":
            raise Refusal("8.8.1", "3.8")
        smdp = TinySmdp(self.pki / self.curve)
        transaction = smdp.transaction_id.hex().upper()
        self.sessions[transaction] = _Session(smdp)
        request = smdp.authenticate_server(b64decode(asked["euiccChallenge"]))
        parts = fields(inside(request))
        return {
            "transactionId": transaction,
            "serverSigned1": _text(smdp.signed_1(b64decode(asked["euiccChallenge"]))),
            "serverSignature1": _text(parts["5f37"]),
            "euiccCiPKIdToBeUsed": _text(parts["04"]),
            "serverCertificate": _text(smdp.certificate("dp_auth")),
        }

    def _authenticateClient(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        session = self._session(asked)
        said = session.smdp.take_authentication(b64decode(asked["authenticateServerResponse"]))
        matching_id = inside(fields(inside(said["a0"]))["80"]).decode()
        order = self.orders.get(matching_id)
        if order is None or order.state not in {"released", "downloaded"}:
            raise Refusal("8.2.6", "3.8")
        session.order = order
        self.euicc_certificate = session.smdp.euicc_certificate
        request = session.smdp.prepare_download(needs_code=bool(order.code), offered=order.offered)
        session.request = request
        signed, signature = fields(inside(request))["5f37"], inside(request)
        return {
            "transactionId": asked["transactionId"],
            "profileMetadata": _text(metadata(order.iccid, ALL_EVENTS)),
            "smdpSigned2": _text(signature[: signature.index(signed)]),
            "smdpSignature2": _text(signed),
            "smdpCertificate": _text(session.smdp.certificate("dp_pb")),
        }

    def _getBoundProfilePackage(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        session = self._session(asked)
        order = session.order
        assert order is not None
        response = b64decode(asked["prepareDownloadResponse"])
        said = session.smdp.take_preparation(session.request, response)
        if order.code and inside(said["04"]) != session.smdp.hash_of(order.code):
            raise Refusal("8.2.7", "3.8")
        order.offered = session.smdp.euicc_point
        order.state = "downloaded"
        package = session.smdp.package(
            store_metadata=metadata(order.iccid, ALL_EVENTS), content=profile(order.iccid)
        )
        return {
            "transactionId": asked["transactionId"],
            "boundProfilePackage": _text(package.whole()),
        }

    def _cancelSession(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        session = self._session(asked)
        answer = inside(b64decode(asked["cancelSessionResponse"]))
        parts = fields(inside(answer))
        check(session.smdp.euicc_certificate, parts["5f37"], parts["30"])
        self.cancelled.append(inside(fields(inside(parts["30"]))["82"])[0])
        del self.sessions[asked["transactionId"]]
        return {}

    def _handleNotification(self, asked: dict[str, Any]) -> None:  # noqa: N802
        content = b64decode(asked["pendingNotification"])
        parts = fields(inside(content))
        signed = parts.get("bf27") or parts["bf2f"]
        check(self.euicc_certificate, parts["5f37"], signed)
        self.notifications.append(content)

    def _session(self, asked: dict[str, Any]) -> _Session:
        try:
            return self.sessions[asked["transactionId"]]
        except KeyError:
            raise Refusal("8.10.1", "3.9") from None


class HttpsServer:
    """Serves a TinyServer on a free loopback port, with the PKI's TLS certificate."""

    def __init__(self, tiny: TinyServer) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        files = tiny.pki / "P-256"
        context.load_cert_chain(files / "dp_tls.pem", files / "dp_tls.key")
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.tiny = tiny
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    tiny: TinyServer

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a phone that drops its connection is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10
    wbufsize = 64 * 1024  # Head and body in one packet: the second would wait for the first.
    server: _Server

    def setup(self) -> None:
        self.server.tiny.connections += 1
        super().setup()

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status: dict[str, Any] = {"status": "Executed-Success"}
        answer: dict[str, Any] | None = {}
        try:
            answer = self.server.tiny.answer(self.path.rpartition("/")[2], asked)
        except Refusal as refusal:
            subject, reason = refusal.args
            codes = {"subjectCode": subject, "reasonCode": reason}
            status = {"status": "Failed", "statusCodeData": codes}
        if answer is None:
            self.send_response(204)
            self.end_headers()
            return
        body = json.dumps({"header": {"functionExecutionStatus": status}, **answer}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _text(data: bytes) -> str:
    return b64encode(data).decode()
