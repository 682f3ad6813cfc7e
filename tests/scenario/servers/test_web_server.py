"""`limosa web` as a process: pages and streams on one port, a clean end, no orphans."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from http.client import HTTPConnection, HTTPResponse

import pytest

from limosa.domain.ordering.changes import announce_order
from limosa.domain.ordering.models import Order
from limosa.domain.payments.models import InboxMessage, RefusedCount
from limosa.servers.endpoints.watchers import STREAMS_OF_TOKEN_MAX
from tests.factories.ordering import make_order
from tests.processes import LIMOSA, wait_for
from tests.scenario.web_process import SECRET, Web, own_environment

pytestmark = [pytest.mark.enable_socket, pytest.mark.django_db(transaction=True)]


EVENT = "evt_1" + "0" * 23


@pytest.fixture
def web() -> Iterator[Web]:
    running = Web()
    yield running
    running.kill()


def event(stream: HTTPResponse) -> str:
    """Return the next event's name and data."""
    lines: list[bytes] = []
    while not any(line.startswith(b"event") for line in lines) or lines[-1] != b"\n":
        lines.append(stream.readline())
        assert lines[-1], "the stream ended"
    return b"".join(line for line in lines if line.startswith((b"event", b"data"))).decode()


def test_pages_and_streams_are_served_on_one_port(web: Web) -> None:
    assert web.status("/no-such-page") == 404
    # A body reaches Django whole: it is refused for want of a token, not by a broken reader.
    assert web.status("/", data=b"a=b") in {403, 405}
    order = make_order()
    with web.watch(order) as stream:
        assert event(stream) == 'event: changed\ndata: {"state": "placed"}\n'
        Order.objects.filter(pk=order.pk).update(state="cancelled", closed_at=order.placed_at)
        announce_order(order.number)
        assert event(stream) == 'event: changed\ndata: {"state": "cancelled"}\n'
        assert event(stream) == "event: end\ndata: {}\n"
        assert stream.read().strip() == b""


def test_a_token_has_five_streams_in_all_processes_together(web: Web) -> None:
    order = make_order()
    with ExitStack() as watching:
        for _ in range(STREAMS_OF_TOKEN_MAX):
            watching.enter_context(web.watch(order))
        # Each process is met by some of so many tries.
        assert {web.status_of_watching(order) for _ in range(20)} == {429}
        with web.watch(make_order()) as other:
            assert other.status == 200
    wait_for(lambda: web.status_of_watching(order) == 200, what="places that were given back")


def test_notifications_are_kept_if_they_are_genuine_and_counted_if_not(web: Web) -> None:
    said = {
        "id": EVENT,
        "object": "event",
        "type": "product.created",
        "livemode": False,
        "created": int(time.time()),  # noqa: TID251 -- it is compared with the true time.
        "data": {"object": {"object": "product"}},
    }
    body = json.dumps(said).encode()
    assert web.notify(body, SECRET) == 200
    assert web.notify(body, SECRET) == 200
    assert list(InboxMessage.objects.values_list("message_id", "result")) == [(EVENT, "no_news")]
    # As behind a proxy that hides addresses: the flood and the provider share one.
    answers = []
    for _ in range(20):
        assert {web.notify(body, "whsec_other") for _ in range(3)} == {400}
        answers.append(web.notify(body, SECRET))
    assert answers == [200] * 20
    assert web.notify(b" " * (64 * 1024 + 1), SECRET) == 413
    assert web.status("/payments/stripe/notify") == 405
    assert web.status("/payments/nobody/notify", data=b"{}") == 404
    web.process.terminate()
    assert web.process.wait(10) == 0  # It stores the last numbers.
    counts = dict(RefusedCount.objects.values_list("reason", "count"))
    assert sum(counts.values()) == 60
    assert set(counts) == {"signature_wrong"}
    assert InboxMessage.objects.count() == 1


TAKEN = [
    ("OPTIONS", "/payments/stripe/notify", 204, "POST, OPTIONS"),
    ("TRACE", "/payments/stripe/notify", 405, "POST, OPTIONS"),
    ("GET", "/suppliers/own_network/callback", 405, "POST, HEAD, OPTIONS"),
    ("HEAD", "/suppliers/own_network/callback", 200, None),
    ("HEAD", "/feeds/usage", 405, "POST, OPTIONS"),
    ("DELETE", "/events/orders/L-1", 405, "GET, HEAD, OPTIONS"),
    ("HEAD", "/readyz", 200, None),
    ("post", "/accounts/login/", 405, "GET, HEAD, POST, OPTIONS"),
    ("POST", "/feeds%2Fusage", 404, None),
    ("POST", "/accounts%2flogin/", 404, None),
]


def test_own_addresses_say_what_they_take(web: Web) -> None:
    with closing(HTTPConnection("127.0.0.1", web.port, timeout=10)) as caller:
        for method, path, status, allow in TAKEN:
            caller.request(method, path)
            answer = caller.getresponse()
            assert (answer.status, answer.headers["Allow"]) == (status, allow), (method, path)
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["X-Request-ID"]
            answer.read()
            # A body behind the answer to a HEAD would spoil the next answer.
            caller.request("GET", "/healthz")
            assert caller.getresponse().read() == b"alive\n"


def test_it_stops_soon_though_somebody_watches(web: Web) -> None:
    with web.watch(make_order()) as stream:
        event(stream)
        web.process.terminate()
        assert web.process.wait(10) == 0
        assert stream.read() == b""


def test_a_taken_port_is_a_fault_that_names_it(web: Web) -> None:
    second = subprocess.run(
        [*LIMOSA, "web", "--port", str(web.port)],
        env=own_environment(LIMOSA_DEBUG="1"),
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert second.returncode == 1
    assert f"Port {web.port} is taken" in second.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="asks the Linux kernel")
def test_its_workers_do_not_outlive_it(web: Web) -> None:
    web.process.send_signal(signal.SIGKILL)
    web.process.wait()
    deadline = time.monotonic() + 10
    while web.status("/no-such-page"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
