"""A small HTTP/1.1 server on loopback: the standard library's, with a thread per connection.

Three processes of the demo need a few pages and a few JSON calls each, a few hundred requests a
second at most, an instant start, and full control over the wire (a reply that never comes, a
truncated body). `http.server` is good at that, and adds no dependency.
"""

import logging
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit

log = logging.getLogger(__name__)

BODY_BYTES_MAX = 1024 * 1024
IDLE_SECONDS_MAX = 15.0
DRAIN_SECONDS_MAX = 5.0


@dataclass(frozen=True, slots=True)
class Request:
    """A request as received. `target` is the path with its query exactly as sent, `headers` has
    lower-case names, `peer` is the client's address."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    peer: str

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def form(self) -> dict[str, str]:
        text = self.body.decode("utf-8", errors="replace")
        return dict(parse_qsl(text, keep_blank_values=True))


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


# A handler takes the request and the words captured by its pattern. None closes the connection
# without a reply.
Handler = Callable[[Request, dict[str, str]], Reply | None]


class Routes:
    """Maps methods and paths to handlers. A pattern is a path with `{words}` in it."""

    def __init__(self) -> None:
        self._routes: list[tuple[str, re.Pattern[str], Handler]] = []

    def add(self, method: str, pattern: str, handler: Handler) -> None:
        expression = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern)
        self._routes.append((method, re.compile(expression + r"\Z"), handler))

    def answer(self, request: Request) -> Reply | None:
        """Return the handler's reply; 404 for an unknown path, 405 for another method."""
        methods: list[str] = []
        wanted = "GET" if request.method == "HEAD" else request.method
        for method, pattern, handler in self._routes:
            found = pattern.match(request.path)
            if found is None:
                continue
            if method == wanted:
                words = {name: unquote(word) for name, word in found.groupdict().items()}
                return handler(request, words)
            methods.append(method)
        if methods:
            return Reply(405, b"method not allowed\n", {"Allow": ", ".join(methods)})
        return Reply(404, b"not found\n", {"Content-Type": "text/plain"})


class LoopbackServer(ThreadingHTTPServer):
    """Serves `routes` on a loopback address; port 0 picks any free port.

    The constructor takes the port and raises OSError if it is in use. Nobody can connect before
    `start`, so whoever connects finds everything ready. `stop` accepts no new connections, lets the
    requests in progress finish (within 5 s), and closes.
    """

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, routes: Routes, *, port: int, host: str = "127.0.0.1") -> None:
        self.routes = routes
        self._active = 0
        self._idle = threading.Condition()
        try:
            super().__init__((host, port), _Connection, bind_and_activate=False)
            self.server_bind()
        except OSError as error:
            self.server_close()
            raise OSError(error.errno, f"{host}:{port}: {error.strerror}") from error
        self._thread = threading.Thread(target=self._serve, name="http", daemon=True)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def url(self) -> str:
        return f"http://{self.server_address[0]!s}:{self.port}"

    def _serve(self) -> None:
        self.serve_forever(poll_interval=0.05)

    def start(self) -> None:
        self.server_activate()
        self._thread.start()

    def stop(self) -> None:
        self.shutdown()
        self._thread.join()
        with self._idle:
            self._idle.wait_for(lambda: self._active == 0, timeout=DRAIN_SECONDS_MAX)
        self.server_close()

    def answer(self, request: Request) -> Reply | None:
        """Answer one request, counted as in progress meanwhile. An error of ours is a 500."""
        with self._idle:
            self._active += 1
        try:
            return self.routes.answer(request)
        except Exception:
            log.exception("%s %s failed", request.method, request.path)
            return Reply(500, b"internal error\n", {"Content-Type": "text/plain"})

    def answered(self) -> None:
        """Record that a reply has been sent."""
        with self._idle:
            self._active -= 1
            self._idle.notify_all()


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS_MAX
    disable_nagle_algorithm = True
    wbufsize = 64 * 1024
    server: LoopbackServer

    def do_GET(self) -> None:
        self._exchange()

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815

    def _exchange(self) -> None:
        body = self._read_body()
        if body is None:
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, body, str(self.client_address[0]))
        try:
            self._send(self.server.answer(request))
            self.wfile.flush()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # The client has gone; what was done stays done.
        finally:
            self.server.answered()

    def _read_body(self) -> bytes | None:
        """Return the body; None after having refused it (its length is unknown, or too large)."""
        length = self.headers.get("Content-Length", "0")
        fault: HTTPStatus | None = None
        if "Transfer-Encoding" in self.headers:
            fault = HTTPStatus.LENGTH_REQUIRED
        elif not (length.isascii() and length.isdigit()):
            fault = HTTPStatus.BAD_REQUEST
        elif len(length) > 9 or int(length) > BODY_BYTES_MAX:
            fault = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        if fault is not None:
            self.close_connection = True
            self.send_error(fault)
            return None
        return self.rfile.read(int(length))

    def _send(self, reply: Reply | None) -> None:
        if reply is None:
            self.close_connection = True
            return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status != HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)

    def version_string(self) -> str:
        return "limosa-simulator"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (inherited name)
        log.debug(format, *args)
