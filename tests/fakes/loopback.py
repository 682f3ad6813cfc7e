"""A web server on loopback for one test: what it answers is a function, and its next replies can be
told to go wrong. Shares no code with the product."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

# What may be done with a request, in place of answering it as it should be.
LOST_BEFORE, LOST_AFTER, HTML, REDIRECT, HUGE, SLOW, BUSY = (
    "lost before",
    "lost after",
    "html",
    "redirect",
    "huge",
    "slow",
    "busy",
)
FAULTS = (LOST_BEFORE, LOST_AFTER, HTML, REDIRECT, HUGE, BUSY)
SLOW_SECONDS = 2.0
HUGE_BYTES = 40 * 1024 * 1024


@dataclass(frozen=True)
class Asked:
    """A request. `headers` by lower-case name."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """A reply. `wait`: its `Retry-After`."""

    status: int
    body: bytes
    content_type: str = "application/json"
    wait: str = ""


@dataclass
class Loopback:
    """`script`: what is done with the next requests, or answered without doing anything.
    `asked`: all of them. `is_scripted`: which requests the script is for."""

    answer: Callable[[Asked], Answer]
    script: list[str | Answer] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    is_scripted: Callable[[Asked], bool] = lambda _: True
    port: int = 0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def listening(loopback: Loopback) -> Iterator[Loopback]:
    """Let it listen at a free port."""

    class Handler(_Handler):
        server_side = loopback

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    loopback.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield loopback
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_side: Loopback

    def handle_any(self) -> None:
        """Do what the script says with a request, or answer it."""
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, self.path, headers, body)
        side = self.server_side
        side.asked.append(asked)
        what = side.script.pop(0) if side.script and side.is_scripted(asked) else ""
        if isinstance(what, Answer):
            self.reply(what)
            return
        answer = Answer(500, b"") if what in _WITHOUT else side.answer(asked)
        if what in (LOST_BEFORE, LOST_AFTER):
            self.close_connection = True
            return
        if what == SLOW:
            time.sleep(SLOW_SECONDS)
        self.reply(_FAULTY.get(what, answer))

    def do_GET(self) -> None:
        self.handle_any()

    def do_POST(self) -> None:
        self.handle_any()

    def reply(self, answer: Answer) -> None:
        """Send an answer."""
        self.send_response(answer.status)
        self.send_header("content-type", answer.content_type)
        self.send_header("content-length", str(len(answer.body)))
        if answer.wait:
            self.send_header("retry-after", answer.wait)
        if answer.status == 302:
            self.send_header("location", "/elsewhere")
        try:
            self.end_headers()
            self.wfile.write(answer.body)
        except ConnectionError:
            self.close_connection = True  # It did not want to read so much.

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


_WITHOUT = {LOST_BEFORE, HTML, REDIRECT, HUGE, BUSY}
_FAULTY = {
    HTML: Answer(200, b"<html>Just a moment...</html>", "text/html"),
    REDIRECT: Answer(302, b""),
    BUSY: Answer(503, b"busy", "text/plain"),
    HUGE: Answer(200, b" " * HUGE_BYTES),
}
