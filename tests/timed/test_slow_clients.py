"""Five hundred slow sockets of each kind, and normal pages beside them."""

import resource
import secrets
import sys
from collections.abc import Callable, Iterator

import pytest

from limosa.domain.ordering.changes import watch_path
from limosa.servers.crowd import REQUESTS_OF_ADDRESS_MAX, STREAMS_OF_ADDRESS_MAX
from limosa.servers.endpoints.watchers import STREAMS_OF_TOKEN_MAX
from tests.factories.ordering import make_order
from tests.scenario.web_process import Web
from tests.timed.slow_clients import SOCKETS, Slow, p95, page_times

pytestmark = [
    pytest.mark.figures,
    pytest.mark.enable_socket,
    pytest.mark.django_db(transaction=True),
]

PAGE = "/accounts/login/"
FEED_KEY = "the key of the feed"
LARGE_BYTES = 1024 * 1024
CALM_SECONDS = 1.0
ATTACK_SECONDS = 2.0
# Whatever else this machine does makes pages slower, never quicker: one good round of three proves
# that the sockets cost them nothing. Where they do, pages are not answered in any.
ROUNDS_MAX = 3


@pytest.fixture(scope="module")
def web(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    files = tmp_path_factory.mktemp("static")
    (files / "staticfiles.json").write_text('{"paths": {}, "version": "1.1", "hash": ""}')
    for name, size in {"large": LARGE_BYTES, "small": 20_000}.items():
        (files / f"{name}.bin").write_bytes(secrets.token_bytes(size))
    running = Web(
        LIMOSA_WEB_WORKERS="1", LIMOSA_USAGE_FEED_KEY=FEED_KEY, LIMOSA_STATIC_ROOT=str(files)
    )
    try:
        for _ in range(10):
            running.status(PAGE)  # Templates are read, statements prepared.
        yield running
    finally:
        running.kill()


@pytest.fixture(autouse=True)
def many_files() -> Iterator[None]:
    """Allow the test itself to hold so many sockets open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, 2048), hard), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n".encode()


def post(path: str) -> bytes:
    """Return a header after which Django wants the body: without these it refuses before."""
    lines = (
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Cookie: csrftoken={'a' * 32}",
        f"Authorization: Bearer {FEED_KEY}",
        "Content-Type: application/x-www-form-urlencoded",
        "Content-Length: 1000",
    )
    return "\r\n".join([*lines, "", ""]).encode()


@pytest.mark.parametrize(
    ("kind", "begin"),
    [
        ("header", get(PAGE) + b"X-Slow: "),
        ("body of a page", post(PAGE)),
        ("body of the usage feed", post("/feeds/usage")),
        ("body of a notification", post("/payments/stripe/notify")),
    ],
)
def test_sockets_that_drip_cost_the_pages_nothing(web: Web, kind: str, begin: bytes) -> None:
    slow = run_beside(web, kind, lambda: Slow(web.port, begin=lambda _: begin, drip=b"x"))
    assert b"HTTP/1.1 200 OK" not in slow.answers


def test_sockets_that_never_read_cost_the_pages_nothing(web: Web) -> None:
    def begin(number: int) -> bytes:
        """Ask for much, or, as most do, for little: making it all is not what is looked at."""
        return get(f"/static/{'large' if number % 24 == 0 else 'small'}.bin") + b"\r\n"

    slow = run_beside(web, "never reading", lambda: Slow(web.port, begin=begin, reads=False))
    if sys.platform == "linux":
        # The kernel has taken so little that the answers stand in the server, to be sent.
        assert 0 < slow.kernel_bytes_max < LARGE_BYTES / 2, slow.kernel_bytes_max


def test_watchers_cost_the_pages_nothing_and_each_token_has_five(web: Web) -> None:
    paths = [watch_path(make_order().number) for _ in range(SOCKETS // 10)]
    slow = run_beside(
        web,
        "watching",
        # Twice as many of each token as it may have.
        lambda: Slow(web.port, begin=lambda number: get(paths[number // 10]) + b"\r\n"),
    )
    assert slow.answers.count(b"HTTP/1.1 200 OK") == SOCKETS // 2
    assert slow.answers.count(b"HTTP/1.1 429 Too Many Requests") == SOCKETS // 2


def test_an_address_watches_so_much_and_others_go_on(web: Web) -> None:
    each = STREAMS_OF_TOKEN_MAX
    paths = [watch_path(make_order().number) for _ in range(SOCKETS // each)]
    slow = Slow(web.port, begin=lambda number: get(paths[number // each]) + b"\r\n", addresses=1)
    with slow.attack():
        slow.wait_for_answers(SOCKETS)
        with web.watch(make_order()) as stream:  # From another address.
            assert stream.status == 200
    assert slow.answers.count(b"HTTP/1.1 200 OK") == STREAMS_OF_ADDRESS_MAX
    left = SOCKETS - STREAMS_OF_ADDRESS_MAX
    assert slow.answers.count(b"HTTP/1.1 429 Too Many Requests") == left


def test_one_address_holds_so_much_open_and_others_go_on(web: Web) -> None:
    slow = Slow(web.port, begin=lambda _: post(PAGE), addresses=1)
    with slow.attack():
        page_times(web.port, PAGE, seconds=0.5)
        slow.wait_for_answers(SOCKETS - REQUESTS_OF_ADDRESS_MAX)
    assert set(slow.answers) == {b"HTTP/1.1 429 Too Many Requests"}


def run_beside(web: Web, kind: str, make: Callable[[], Slow]) -> Slow:
    """Ask for pages alone and beside slow sockets; print and compare. Return the last sockets."""
    for last in range(1, ROUNDS_MAX + 1):
        calm = page_times(web.port, PAGE, seconds=CALM_SECONDS)
        slow = make()
        with slow.attack():
            beside = page_times(web.port, PAGE, seconds=ATTACK_SECONDS)
        print(  # noqa: T201 -- a figure
            f"{SOCKETS} × {kind}: p95 {p95(calm):.1f} ms alone ({len(calm)} pages), "
            f"{p95(beside):.1f} ms beside ({len(beside)}), worst {beside[-1]:.1f} ms; "
            f"{len(slow.answers)} answered, {slow.ended} ended"
        )
        if p95(beside) <= 2 * p95(calm):
            return slow
        assert last < ROUNDS_MAX, "more than twice the time in each round"
    raise AssertionError
