"""Many requests at once from one address: others go on, and nobody works for who has hung up."""

import math
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from tests.scenario.web_process import Web
from tests.timed.slow_clients import p95, page_times

pytestmark = [
    pytest.mark.figures,
    pytest.mark.enable_socket,
    pytest.mark.django_db(transaction=True),
]

PAGE = "/accounts/login/"
ATTACKER = "127.2.0.1"
BURST = 60
ROUNDS = 6
TOKEN = "a" * 32


@pytest.fixture(scope="module")
def web(django_db_setup: None) -> Iterator[Web]:
    running = Web(LIMOSA_WEB_WORKERS="1")
    try:
        for _ in range(10):
            running.status(PAGE)
        yield running
    finally:
        running.kill()


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode()


def sign_in(number: int) -> bytes:
    body = f"csrfmiddlewaretoken={TOKEN}&login=nobody{number}%40example.com&password=wrong-{number}"
    lines = (
        f"POST {PAGE} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Cookie: csrftoken={TOKEN}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
        "Connection: close",
    )
    return ("\r\n".join([*lines, "", ""]) + body).encode()


def ask(port: int, request: bytes) -> socket.socket:
    one = socket.socket()
    one.settimeout(60)
    one.bind((ATTACKER, 0))
    one.connect(("127.0.0.1", port))
    one.sendall(request)
    return one


def answer_of(one: socket.socket) -> bytes:
    said = b""
    with one:
        while part := one.recv(65536):
            said += part
    return said.partition(b"\r\n")[0]


def test_a_burst_of_sign_ins_leaves_the_pages_to_others(web: Web) -> None:
    calm = page_times(web.port, PAGE, seconds=1)
    sockets = [ask(web.port, sign_in(number)) for number in range(BURST)]
    began = time.monotonic()
    answers: list[bytes] = []
    work = threading.Thread(target=lambda: answers.extend(answer_of(one) for one in sockets))
    work.start()
    beside: list[float] = []
    while work.is_alive():
        beside += page_times(web.port, PAGE, seconds=0, patience_seconds=30)
    took_ms = (time.monotonic() - began) * 1000
    work.join()
    beside.sort()
    print(  # noqa: T201 -- a figure
        f"{BURST} sign-ins at once took {took_ms:.0f} ms; pages beside them: p95 "
        f"{p95(beside):.0f} ms, worst {beside[-1]:.0f} ms ({len(beside)}); alone {p95(calm):.0f} ms"
    )
    assert {answer.split()[1] for answer in answers} <= {b"200", b"429"}
    # In one line with the sign-ins, the first page would wait for most of them.
    assert beside[-1] < took_ms / 3
    assert len(beside) > 3


def test_what_nobody_waits_for_is_not_made(web: Web) -> None:
    """Best of some rounds: the loop may hear late of who has gone, when the threads are busy."""
    (one_ms, *_) = page_times(web.port, PAGE, seconds=0.5)
    waited: list[float] = []
    while len(waited) < ROUNDS and min(waited, default=math.inf) >= BURST * one_ms * 3 / 4:
        waited.append(wait_behind_abandoned(web.port))
    print(  # noqa: T201
        f"{BURST} pages asked for and abandoned: the next took "
        f"{', '.join(f'{ms:.0f}' for ms in waited)} ms, one alone takes {one_ms:.0f} ms"
    )
    assert min(waited) < BURST * one_ms * 3 / 4


def wait_behind_abandoned(port: int) -> float:
    """Return after how many milliseconds a page is there that others asked for and left."""
    for one in [ask(port, get(PAGE)) for _ in range(BURST)]:
        one.close()
    began = time.monotonic()
    assert answer_of(ask(port, get(PAGE))).split()[1] == b"200"
    return (time.monotonic() - began) * 1000
