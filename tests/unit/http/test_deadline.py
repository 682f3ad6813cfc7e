"""A reply ends in time, however little of it comes at a time."""

import socket
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest

from limosa.domain.http.deadline import AdapterInTime, ReplyInTime
from limosa.domain.http.session import new_session

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"


class Soon(ReplyInTime):
    seconds_max = 0.3


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(5.0)
        yield ours, theirs


def reply_of(ours: socket.socket) -> bytes:
    connection = HTTPConnection("unused")
    connection.sock = ours
    connection.response_class = Soon
    connection.request("GET", "/")
    with connection.getresponse() as reply:
        return reply.read()


def drip(theirs: socket.socket, *, before: bytes) -> threading.Event:
    """Send something whole, then a byte at a time until told to stop."""
    stop = threading.Event()

    def send() -> None:
        theirs.sendall(before)
        while not stop.wait(0.02):
            theirs.sendall(b"x")

    threading.Thread(target=send, daemon=True).start()
    return stop


def test_a_whole_reply_is_read(ends: tuple[socket.socket, socket.socket]) -> None:
    ends[1].sendall(HEAD + b"whole")
    assert reply_of(ends[0]) == b"whole"


@pytest.mark.parametrize("before", [b"HTTP/1.1 200 OK\r\nX: ", HEAD.replace(b"5", b"9999")])
def test_a_reply_that_drips_is_given_up(
    ends: tuple[socket.socket, socket.socket], before: bytes
) -> None:
    stop = drip(ends[1], before=before)
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        reply_of(ends[0])
    assert time.monotonic() - began < 4  # Each byte came within the socket's own five seconds.
    stop.set()


def test_every_session_reads_in_time() -> None:
    adapter = new_session().get_adapter("https://api.example")
    assert isinstance(adapter, AdapterInTime)
    for scheme in ("http", "https"):
        pool = adapter.poolmanager.connection_from_host("api.example", scheme=scheme)
        assert pool.ConnectionCls.response_class is ReplyInTime
