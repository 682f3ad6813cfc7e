"""Another SM-DP+, which takes orders by ES2+ in its own way. Shares no code with ours.

By plain HTTP on loopback: http.server, and JSON as the standard has it.
"""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ADDRESS = "rsp.other.example"
# What it may be told to do with the next call of a function, in place of answering as it should.
LOST_BEFORE, LOST_AFTER, SLOW, GARBAGE, BUSY = "before", "after", "slow", "garbage", "busy"
SLOW_SECONDS = 1.0
PATH = "/gsma/rsp2/es2plus/"


@dataclass
class Ordered:
    """A profile that was taken. call: which call took it."""

    iccid: str
    call: str
    state: str = "allocated"
    matching_id: str = ""


@dataclass
class OtherSmdp:
    """recognizes: whether a repeated call is answered as before. codes: what a function is refused
    with. script: by function, what is done with its next calls. turns_away: the status and the
    `Retry-After` that the next calls get."""

    recognizes: bool = True
    left: int = 100
    tells_address: bool = True
    tells_matching_id: bool = True
    codes: dict[str, tuple[str, str]] = field(default_factory=dict)
    script: dict[str, list[str]] = field(default_factory=dict)
    turns_away: list[tuple[int, str]] = field(default_factory=list)
    orders: list[Ordered] = field(default_factory=list)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        """Where it takes orders."""
        return f"http://127.0.0.1:{self.port}"

    def function(self, name: str, message: dict[str, Any]) -> dict[str, Any]:
        """Return the JSON of an answer, having done what was asked."""
        call = f"{name} {message['header']['functionCallIdentifier']}"
        if self.recognizes and call in self.answers:
            return self.answers[call]
        answer = self._refused(*self.codes[name]) if name in self.codes else self._do(name, message)
        if answer["header"]["functionExecutionStatus"]["status"] == "Executed-Success":
            self.answers[call] = answer
        return answer

    def _do(self, name: str, message: dict[str, Any]) -> dict[str, Any]:
        if name == "downloadOrder":
            return self._order(message["header"]["functionCallIdentifier"])
        found = [one for one in self.orders if one.iccid == message["iccid"].rstrip("F")]
        if not found:
            return self._refused("8.2.1", "3.9")
        (order,) = found
        wanted = {"confirmOrder": ("allocated",), "cancelOrder": ("allocated", "released")}[name]
        if order.state not in wanted:
            return self._refused("8.2.1", "3.5")
        if name == "cancelOrder":
            order.state = message["finalProfileStatusIndicator"].lower()
            return self._done()
        order.state, order.matching_id = "released", message["matchingId"]
        told = {"smdpAddress": ADDRESS} if self.tells_address else {}
        if self.tells_matching_id:
            told["matchingId"] = order.matching_id
        return self._done(**told)

    def _order(self, call: str) -> dict[str, Any]:
        if not self.left:
            return self._refused("8.2.1", "3.9")
        self.left -= 1
        self.orders.append(Ordered(f"89010000000000{len(self.orders):05d}", call))
        return self._done(iccid=self.orders[-1].iccid)

    def _done(self, **fields: str) -> dict[str, Any]:
        status = {"status": "Executed-Success"}
        return {"header": {"functionExecutionStatus": status}, **fields}

    def _refused(self, subject: str, reason: str) -> dict[str, Any]:
        codes = {"subjectCode": subject, "reasonCode": reason}
        status = {"status": "Failed", "statusCodeData": codes}
        return {"header": {"functionExecutionStatus": status}}


@contextmanager
def running(smdp: OtherSmdp) -> Iterator[OtherSmdp]:
    """Let it listen at a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            name = self.path.removeprefix(PATH)
            smdp.heard.append(name)
            if smdp.turns_away:
                self.reply(smdp.turns_away[0][0], b"<html>", wait=smdp.turns_away.pop(0)[1])
                return
            script = smdp.script.get(name, [])
            what = script.pop(0) if script else ""
            if what == BUSY:
                self.reply(503, b"busy")
                return
            answer = {} if what == LOST_BEFORE else smdp.function(name, json.loads(body))
            if what in (LOST_BEFORE, LOST_AFTER):
                self.close_connection = True
                return
            time.sleep(SLOW_SECONDS if what == SLOW else 0)
            self.reply(200, b"<html>" if what == GARBAGE else json.dumps(answer).encode())

        def reply(self, status: int, body: bytes, *, wait: str = "") -> None:
            self.send_response(status)
            if wait:
                self.send_header("retry-after", wait)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    smdp.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield smdp
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
