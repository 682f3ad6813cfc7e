"""Carries the SDK's calls to Stripe.

The SDK (`stripe`) is used as it comes; it takes an HTTP client of ours, which it has a class for.
Why ours: the SDK's own reads replies of any size, follows redirects, obeys proxies and .netrc,
keeps a session per thread, and tries a call again however long the first attempt took (SOURCES.md
has the lines). Whatever comes back is a JSON object before the SDK looks at it.
"""

import json
from collections.abc import Mapping
from time import monotonic
from typing import Any

import requests
import stripe
from stripe import APIConnectionError, HTTPClient

from limosa.domain.payments.http_session import new_session, read_bounded

CONNECT_SECONDS = 3
READ_SECONDS = 5
REPLY_BYTES_MAX = 4 * 1024 * 1024  # Ours: a page of 100 balance transactions has about 500 KiB.
# A call that failed slowly is not made again: somebody is waiting, and a query comes later.
RETRY_WITHIN_SECONDS = 2
RETRIES_MAX = 1
# Else the SDK writes an id of this machine into the home folder and sends it with how long each
# call took. It knows no other switch than this one for the whole process.
stripe.enable_telemetry = False


class Connection(HTTPClient):
    """Keeps connections to Stripe. May be shared between threads."""

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
        """Make one attempt. Raises APIConnectionError when there is no reply in JSON.

        Its `should_retry` tells the SDK whether another attempt may help and is soon enough.
        Raises ProviderError when the reply is too large.
        """
        retry_until = monotonic() + RETRY_WITHIN_SECONDS
        try:
            with self._session.request(
                method,
                url,
                headers=headers,
                data=post_data,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
            ) as response:
                body = read_bounded(response, bytes_max=REPLY_BYTES_MAX).decode(errors="replace")
        except requests.RequestException as error:
            raise _no_reply(
                f"no answer ({type(error).__name__})", should_retry=monotonic() < retry_until
            ) from error
        _check(body, response.status_code, should_retry=monotonic() < retry_until)
        return body, response.status_code, response.headers

    def close(self) -> None:
        """Give the connections back."""
        self._session.close()


def _no_reply(message: str, *, should_retry: bool) -> APIConnectionError:
    return APIConnectionError(  # type: ignore[no-untyped-call]
        message, should_retry=should_retry
    )


def _check(body: str, status: int, *, should_retry: bool) -> None:
    """Let through what the SDK can take apart: an object, and of an error one with its error."""
    try:
        reply = json.loads(body)
    except (ValueError, RecursionError):
        reply = None
    is_success = 200 <= status < 300
    if not isinstance(reply, dict) or not (is_success or isinstance(reply.get("error"), dict)):
        raise _no_reply(f"HTTP {status}, not a reply of Stripe", should_retry=should_retry)
