"""Carries the SDK's calls to WeChat Pay.

The SDK (`wechatpayv3`) knows each call's path and parameters and signs requests; its own transport,
`Core`, is replaced by this one. The SDK opens a connection for each call, verifies only successful
replies and those as re-decoded text, fetches certificates without verification when a serial is
unknown, follows redirects, and does not limit a reply's size (SOURCES.md has the lines). Here
connections are reused, and every reply, whether success or error, is verified over its raw bytes
before it is parsed.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha1
from shutil import copyfileobj
from tempfile import TemporaryFile
from time import monotonic
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import requests
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from wechatpayv3 import __version__ as sdk_version
from wechatpayv3.type import RequestType
from wechatpayv3.utils import build_authorization

from limosa.domain.http.session import new_session, once_more_if_fast, read_bounded
from limosa.domain.payments.message_refusals import MessageRefusedError
from limosa.domain.payments.providers.wechatpay.refusals import Refusal
from limosa.domain.payments.providers.wechatpay.signature import Checks
from limosa.foundation.errors import ProviderError

CONNECT_SECONDS = 3
READ_SECONDS = 5
REPLY_BYTES_MAX = 256 * 1024  # Ours: a query's reply is about two kilobytes.
FILE_BYTES_MAX = 1024 * 1024 * 1024  # Ours: a line of a bill is about 300 bytes.
FILE_SECONDS_MAX = 240  # Its URL is valid for five minutes.
RETRY_WITHIN_SECONDS = 2
UNAUTHORIZED = frozenset({401, 403})
# Signed, but not with the platform key named in the settings.
NOT_BY_OUR_KEY = frozenset({Refusal.SERIAL_UNKNOWN, Refusal.SIGNATURE_WRONG})
KEY_SECONDS_MAX = 4  # To fetch the certificate that the platform has begun to use.


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply signed by the platform: success, or a refusal (4xx).

    `said_at`: the platform's time, in seconds since the epoch, which is signed too.
    """

    status: int
    body: bytes
    said_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The merchant, as identified in a request's signature."""

    mchid: str
    certificate_serial: str
    private_key: RSAPrivateKey


class Connection:
    """Keeps connections to one gateway. Thread-safe."""

    def __init__(
        self, *, gateway_url: str, caller: Caller, platform_keys: Checks, public_key_id: str
    ) -> None:
        self._gateway_url = gateway_url.rstrip("/")
        self._caller = caller
        self._platform_keys = platform_keys
        self._headers = {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "User-Agent": f"limosa wechatpayv3/{sdk_version}",
        }
        if public_key_id:
            # Requests a signature with this key, if the merchant has certificates as well.
            self._headers["Wechatpay-Serial"] = public_key_id
        self._session = new_session()

    def request(
        self,
        path: str,
        method: RequestType = RequestType.GET,
        data: Mapping[str, Any] | None = None,
    ) -> Reply:
        """Make one call and return its verified reply, 2xx or 4xx.

        A call that failed quickly is retried once: each is idempotent by the number it carries.
        Raises ProviderError(retryable=True) if there is no such reply: the outcome is then unknown,
        and has to be queried.
        """
        # Send exactly the bytes that are signed.
        text = json.dumps(data) if data is not None else ""
        return once_more_if_fast(
            lambda: self._attempt(path, method.value, text), within_seconds=RETRY_WITHIN_SECONDS
        )

    def unverified(self, path: str) -> tuple[Mapping[str, str], bytes, int]:
        """Return headers and body of an answer that the caller verifies, and when it was requested,
        in seconds since the epoch. Raises ProviderError."""
        authorization = self._authorization(path, "GET", "")
        with self._response("GET", self._gateway_url + path, authorization, "") as response:
            body = read_bounded(response, bytes_max=REPLY_BYTES_MAX)
        if response.status_code != 200:
            raise ProviderError(f"HTTP {response.status_code}", retryable=True)
        return response.headers, body, _sent_at(authorization)

    def download(self, url: str, *, sha1_hex: str, into: BinaryIO) -> None:
        """Write the file at one of the gateway's URLs, completely or not at all.

        The file is not signed, but its hash is, in the reply that named the URL. It is written to
        `into` only if the hash matches. Raises ProviderError(retryable=True): request another URL.
        """
        parts, gateway = urlsplit(url), urlsplit(self._gateway_url)
        if (parts.scheme, parts.netloc) != (gateway.scheme, gateway.netloc):
            raise ProviderError("the file is at another host", retryable=True)
        path = url.removeprefix(f"{parts.scheme}://{parts.netloc}")
        authorization = self._authorization(path, "GET", "")
        with TemporaryFile() as file:
            with self._response("GET", url, authorization, "") as response:
                if response.status_code != 200:
                    raise ProviderError(f"HTTP {response.status_code}, no file", retryable=True)
                found = _copy_body(response, file)
            if found != sha1_hex.lower():
                raise ProviderError("the file is not the one that was announced", retryable=True)
            file.seek(0)
            copyfileobj(file, into)

    def _attempt(self, path: str, method: str, text: str) -> Reply:
        authorization = self._authorization(path, method, text)
        with self._response(method, self._gateway_url + path, authorization, text) as response:
            body = read_bounded(response, bytes_max=REPLY_BYTES_MAX)
        self._check(response, body, authorization)
        if not (200 <= response.status_code < 300 or 400 <= response.status_code < 500):
            raise ProviderError(f"HTTP {response.status_code}", retryable=True)
        said_at = int(response.headers["wechatpay-timestamp"])
        return Reply(response.status_code, body, said_at)

    def _authorization(self, path: str, method: str, text: str) -> str:
        authorization: str = build_authorization(
            path,
            method,
            self._caller.mchid,
            self._caller.certificate_serial,
            self._caller.private_key,
            data=text,
        )
        return authorization

    @contextmanager
    def _response(
        self, method: str, url: str, authorization: str, text: str
    ) -> Iterator[requests.Response]:
        """Send a request; read the body of the response inside the context."""
        try:
            with self._session.request(
                method,
                url,
                headers=self._headers | {"Authorization": authorization},
                data=text.encode() or None,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
            ) as response:
                yield response
        except requests.RequestException as error:
            raise ProviderError(f"no answer ({type(error).__name__})", retryable=True) from error

    def _check(self, response: requests.Response, body: bytes, authorization: str) -> None:
        """Verify a reply; its freshness is judged by the time that the SDK wrote into the
        request."""
        try:
            self._verify(response.headers, body, now_seconds=_sent_at(authorization))
        except MessageRefusedError as refused:
            raise ProviderError(
                f"HTTP {response.status_code}, not verified: {refused}",
                retryable=True,
                is_unauthorized=response.status_code in UNAUTHORIZED
                or refused.reason in NOT_BY_OUR_KEY,
            ) from refused

    def _verify(self, headers: Mapping[str, str], body: bytes, *, now_seconds: float) -> None:
        """Verify with the known keys, or with the one that is being fetched for it."""
        try:
            self._platform_keys.check(headers, body, now_seconds=now_seconds)
        except MessageRefusedError as refused:
            if refused.awaited is None:
                raise
            refused.awaited(KEY_SECONDS_MAX)
            self._platform_keys.check(headers, body, now_seconds=now_seconds)


def _sent_at(authorization: str) -> int:
    return int(authorization.partition('timestamp="')[2].partition('"')[0])


def _copy_body(response: requests.Response, file: BinaryIO) -> str:
    """Copy a file unchanged, and return its SHA-1: a check for completeness, not for
    authenticity."""
    digest, size, end = sha1(usedforsecurity=False), 0, monotonic() + FILE_SECONDS_MAX
    for chunk in response.iter_content(64 * 1024):
        size += len(chunk)
        if size > FILE_BYTES_MAX or monotonic() > end:
            raise ProviderError("the file is too large, or comes too slowly", retryable=True)
        digest.update(chunk)
        file.write(chunk)
    return digest.hexdigest()
