"""HTTP replies with a deadline, however slowly they trickle in.

Socket timeouts start again with each byte: a host that sends one a second could hold its caller
indefinitely.
"""

from http.client import HTTPResponse
from io import BufferedReader, RawIOBase
from socket import socket
from time import monotonic
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

REPLY_SECONDS_MAX = 15.0


class ReplyInTime(HTTPResponse):
    """A reply that is read to its end within so many seconds, or fails with TimeoutError."""

    seconds_max = REPLY_SECONDS_MAX

    def __init__(self, sock: socket, *arguments: Any, **words: Any) -> None:
        super().__init__(sock, *arguments, **words)
        self.fp.close()
        self.fp = BufferedReader(_Until(sock, monotonic() + self.seconds_max))


class _Until(RawIOBase):
    """A socket's input, up to a deadline."""

    def __init__(self, sock: socket, ends_at: float) -> None:
        self._sock = sock
        self._received = sock.makefile("rb", buffering=0)
        self._ends_at = ends_at

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left_seconds = self._ends_at - monotonic()
        if left_seconds <= 0:
            raise TimeoutError("the reply comes too slowly")
        usual = self._sock.gettimeout()
        self._sock.settimeout(left_seconds if usual is None else min(usual, left_seconds))
        try:
            return self._received.readinto(buffer)
        finally:
            self._sock.settimeout(usual)

    def close(self) -> None:
        if not self.closed:
            self._received.close()
        super().close()


class _Connection(HTTPConnection):
    response_class = ReplyInTime


class _SecureConnection(HTTPSConnection):
    response_class = ReplyInTime


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class AdapterInTime(HTTPAdapter):
    """Keeps connections whose replies have a deadline."""

    def init_poolmanager(self, *arguments: Any, **words: Any) -> None:
        """Create the pools, as `requests` asks of its adapters."""
        super().init_poolmanager(*arguments, **words)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
