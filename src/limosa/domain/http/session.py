"""HTTP to a provider's API, for providers whose SDK has no suitable transport.

Connections are reused, the environment is ignored, replies are limited in size, and a call that
failed quickly is retried once, which the idempotency keys of the port make safe.
"""

from collections.abc import Callable
from http.cookiejar import DefaultCookiePolicy
from time import monotonic
from typing import Any, TypeVar

import requests

from limosa.domain.http.deadline import AdapterInTime
from limosa.foundation.errors import ProviderError

CONNECTIONS_MAX = 16
_CHUNK_BYTES = 16 * 1024
_Answer = TypeVar("_Answer")


def new_session() -> requests.Session:
    """Return a session to one host, which may be shared between threads."""
    session = requests.Session()
    # No proxies, no .netrc (which would replace our Authorization), no look at the environment for
    # each call; and no cookies, so that threads share only the connection pool, which has a lock.
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = AdapterInTime(pool_connections=1, pool_maxsize=CONNECTIONS_MAX, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def read_bounded(response: requests.Response, *, bytes_max: int) -> bytes:
    """Return the body of a streamed reply. Raises ProviderError if it is larger."""
    body = bytearray()
    for chunk in response.iter_content(_CHUNK_BYTES):
        body += chunk
        if len(body) > bytes_max:
            raise ProviderError("reply too large", retryable=True)
    return bytes(body)


def bounded_reply(
    session: requests.Session,
    method: str,
    url: str,
    *,
    seconds: tuple[float, float],
    bytes_max: int,
    **words: Any,
) -> tuple[requests.Response, bytes]:
    """Send a request, and return the reply and its body; redirects are not followed.

    `seconds`: to connect, and to wait for data. `words`: for `Session.request`.
    Raises: requests.RequestException; ProviderError if the body is larger than `bytes_max`.
    """
    with session.request(
        method, url, timeout=seconds, allow_redirects=False, stream=True, **words
    ) as response:
        return response, read_bounded(response, bytes_max=bytes_max)


def once_more_if_fast(attempt: Callable[[], _Answer], *, within_seconds: float) -> _Answer:
    """Return the result of `attempt`, retried once if it fails within the time.

    A call that failed slowly is not retried: somebody is waiting, and the payment is polled later.
    """
    retry_until = monotonic() + within_seconds
    try:
        return attempt()
    except ProviderError:
        if monotonic() > retry_until:
            raise
    return attempt()
