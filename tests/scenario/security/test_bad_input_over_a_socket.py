"""Bad input to a running server, byte for byte: pages, static files, what machines ask for.

LIMOSA_SOCKET_FUZZ_COUNT asks for more than a test needs; the figures are printed.
"""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from random import Random  # noqa: TID251 -- seeded, so that a run can be had again

import pytest

from tests.fuzzing.addresses import Known, routes
from tests.fuzzing.attacks import FEED_KEY, Attack, Attacker
from tests.fuzzing.in_process import explored
from tests.fuzzing.record import Record
from tests.fuzzing.world import make_world
from tests.processes import LIMOSA, Process, free_ports, is_answering
from tests.scenario.web_process import STRIPE, own_environment

pytestmark = [
    pytest.mark.figures,
    pytest.mark.enable_socket,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(7200),
]
COUNT = int(os.environ.get("LIMOSA_SOCKET_FUZZ_COUNT", "300"))
SEED = int(os.environ.get("LIMOSA_FUZZ_SEED", "20261122"))
ANSWER_SECONDS_MAX = 20.0
# What is no page of Django's, and so in no URL table.
BESIDE = [
    "events/orders/L-23456789",
    "feeds/usage",
    "healthz",
    "payments/stripe/notify",
    "readyz",
    "static/limosa.css",
    "suppliers/own_network/callback",
]


@pytest.fixture
def port() -> Iterator[int]:
    (found,) = free_ports(1)
    told = {"LIMOSA_WEB_WORKERS": "1", "LIMOSA_USAGE_FEED_KEY": FEED_KEY, **STRIPE}
    with Process(
        [*LIMOSA, "web", "--port", str(found)],
        environment=own_environment(**told),
        is_ready=lambda: is_answering(f"http://127.0.0.1:{found}"),
    ):
        yield found


def test_a_running_server_answers_or_refuses_all_of_it(port: int) -> None:
    world = make_world()
    known, cookies = explored(world), list(world.cookies().values())
    _know_what_is_beside(known)
    wanted = [*routes(), *BESIDE]
    attacker, record = Attacker(known, wanted, seed=SEED), Record(SEED, wanted)
    random = Random(SEED)  # noqa: S311 -- no secret
    for _ in range(COUNT):
        attack = attacker.next()
        session = random.choice(cookies)
        began = time.perf_counter()
        status, head = _send(port, _bytes(attack, port, session))
        seconds = time.perf_counter() - began
        record.note(attack, route=attack.route, status=status, seconds=seconds)
        # The HTTP library refuses what is no HTTP, before anything of ours sees it.
        if status not in {0, 400} or b"content-security-policy" in head:
            assert b"x-content-type-options: nosniff" in head, (attack, head)
    print(f"over a socket: {record}")  # noqa: T201 -- a figure
    record.check()
    assert is_answering(f"http://127.0.0.1:{port}")


def _know_what_is_beside(known: Known) -> None:
    for route in BESIDE:
        known.paths[route].append(f"/{route}")


def _bytes(attack: Attack, port: int, session: str) -> bytes:
    headers = {"Host": f"127.0.0.1:{port}".encode(), "Connection": b"close", **attack.headers}
    cookies = {"sessionid": session.encode(), **attack.cookies}
    headers.setdefault("Cookie", b"; ".join(b"%b=%b" % (k.encode(), v) for k, v in cookies.items()))
    if attack.content_type:
        headers["Content-Type"] = attack.content_type.encode()
    if attack.body or attack.method == "POST":
        headers["Content-Length"] = str(len(attack.body)).encode()
    target = attack.path.encode() + (b"?" + attack.query if attack.query else b"")
    lines = [b"%b %b HTTP/1.1" % (attack.method.encode(), target)]
    lines += [b"%b: %b" % (name.encode(), value) for name, value in headers.items()]
    return b"\r\n".join(lines) + b"\r\n\r\n" + attack.body


def _send(port: int, request: bytes) -> tuple[int, bytes]:
    """Return the status and the head of the answer, in small letters; 0: there was none."""
    with socket.create_connection(("127.0.0.1", port), timeout=ANSWER_SECONDS_MAX) as caller:
        received = b""
        # It may be refused before all of it is sent.
        with suppress(BrokenPipeError, ConnectionResetError):
            caller.sendall(request)
        with suppress(ConnectionResetError):
            while b"\r\n\r\n" not in received and (block := caller.recv(65536)):
                received += block
    head = received.partition(b"\r\n\r\n")[0].lower()
    return (int(head.split()[1]) if head else 0), head
