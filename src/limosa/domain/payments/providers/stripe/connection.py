"""Carries the SDK's calls to Stripe.

The SDK (`stripe`) is used unmodified, with an HTTP client of ours, for which it has a base class.
Its own client reads replies of any size, follows redirects, obeys proxies and .netrc, keeps a
session per thread, and retries a call however long the first attempt took (SOURCES.md has the
lines). Here every reply is known to be a JSON object before the SDK parses it.
"""

import json
from collections.abc import Mapping
from time import monotonic
from typing import Any

import requests
import stripe
from stripe import APIConnectionError, HTTPClient

from limosa.domain.http.session import bounded_reply, new_session

CONNECT_SECONDS = 3
READ_SECONDS = 5
REPLY_BYTES_MAX = 4 * 1024 * 1024  # Ours: a page of 100 balance transactions is about 500 KiB.
# A call that failed slowly is not retried: somebody is waiting, and the payment is polled later.
RETRY_WITHIN_SECONDS = 2
RETRIES_MAX = 1
# Otherwise the SDK stores an id of this machine in the home folder and sends it along with the
# duration of each call. This process-wide switch is the only one it has.
stripe.enable_telemetry = False


class Connection(HTTPClient):
    """Keeps connections to Stripe. Thread-safe."""

    name = "requests"

    def __init__(self) -> None:
        super().__init__()
        self._session = new_session()

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        """Make one attempt. Raises APIConnectionError if there is no JSON reply.

        Its `should_retry` tells the SDK whether another attempt may help and is soon enough.
        Raises ProviderError if the reply is too large.
        """
        retry_until = monotonic() + RETRY_WITHIN_SECONDS
        try:
            response, content = bounded_reply(
                self._session,
                method,
                url,
                seconds=(CONNECT_SECONDS, READ_SECONDS),
                bytes_max=REPLY_BYTES_MAX,
                headers=headers,
                data=post_data,
            )
        except requests.RequestException as error:
            raise _no_reply(
                f"no answer ({type(error).__name__})", should_retry=monotonic() < retry_until
            ) from error
        body = content.decode(errors="replace")
        _check(body, response.status_code, should_retry=monotonic() < retry_until)
        return body, response.status_code, response.headers

    def close(self) -> None:
        """Close the connections."""
        self._session.close()


def _no_reply(message: str, *, should_retry: bool) -> APIConnectionError:
    return APIConnectionError(  # type: ignore[no-untyped-call]
        message, should_retry=should_retry
    )


def _check(body: str, status: int, *, should_retry: bool) -> None:
    """Let through only what the SDK can parse: an object and, for an error status, an error
    object."""
    try:
        reply = json.loads(body)
    except (ValueError, RecursionError):
        reply = None
    is_success = 200 <= status < 300
    if not isinstance(reply, dict) or not (is_success or isinstance(reply.get("error"), dict)):
        raise _no_reply(f"HTTP {status}, not a reply of Stripe", should_retry=should_retry)
