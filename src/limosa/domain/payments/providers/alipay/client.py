"""Calls to Alipay's gateway, and the URLs that a payer opens there.

One URL takes all calls: `method` names the call, `biz_content` holds its parameters. The gateway
answers HTTP 200 to everything that it understood, refusals included, and signs its answers. What it
can't attribute (an unknown application, a signature of ours that it can't read) it answers
unsigned, and such an answer is not believed.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from shutil import copyfileobj
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO
from urllib.parse import urlencode, urlsplit

import requests
from django.utils import timezone

from limosa.domain.http.session import bounded_reply, new_session, once_more_if_fast
from limosa.domain.payments.message_refusals import MessageRefusedError
from limosa.domain.payments.providers.alipay import wire
from limosa.domain.payments.providers.alipay.account import Account
from limosa.domain.payments.providers.alipay.refusals import Refusal
from limosa.domain.payments.providers.alipay.signature import (
    SIGN_TYPE,
    Member,
    PlatformKey,
    sign,
    split_members,
    text_to_sign,
)
from limosa.foundation.errors import ProviderError

CONNECT_SECONDS = 3
READ_SECONDS = 5
REPLY_BYTES_MAX = 256 * 1024  # Ours: a query's reply is about two kilobytes.
RETRY_WITHIN_SECONDS = 2
DOWNLOAD_BYTES_MAX = 64 * 1024 * 1024  # Ours: a day of 100,000 payments is about five, zipped.
_IN_MEMORY_BYTES_MAX = 1024 * 1024
_CHUNK_BYTES = 64 * 1024

SUCCESS = "10000"
# "Service unavailable": the equivalent of HTTP 500.
_BROKEN = "20000"
# It can't identify the caller: an unknown application, a signature by another key, a missing
# permission.
_UNAUTHORIZED = frozenset({"20001", "40002", "40006"})
_FORM = {"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"}


@dataclass(frozen=True, slots=True)
class Answer:
    """A signed answer from the platform. `text` is the signed part, verbatim."""

    code: str
    sub_code: str
    fields: Mapping[str, Any]
    text: str

    @property
    def is_success(self) -> bool:
        """Whether the call succeeded, which says nothing yet about the payment or refund."""
        return self.code == SUCCESS


class Client:
    """Keeps connections to one gateway. Thread-safe.

    `clock` gives the timestamp that the platform requires in each request.
    """

    def __init__(
        self,
        account: Account,
        platform_key: PlatformKey,
        *,
        clock: Callable[[], datetime] = timezone.now,
    ) -> None:
        self._account = account
        self._platform_key = platform_key
        self.clock = clock
        self._session = new_session()

    def call(self, method: str, content: Mapping[str, Any], *, notify_url: str = "") -> Answer:
        """Make one call and return its verified answer, whether success or refusal.

        A call that failed quickly is retried once: each is idempotent by the number it carries.
        Raises ProviderError(retryable=True) if there is no such answer: the outcome is then
        unknown, and has to be queried.
        """
        parameters = self._parameters(method, content, at=self.clock(), notify_url=notify_url)
        body = urlencode({"biz_content": parameters.pop("biz_content")})
        url = f"{self._account.gateway_url}?{urlencode(parameters)}"
        return once_more_if_fast(
            lambda: self._attempt(method, url, body), within_seconds=RETRY_WITHIN_SECONDS
        )

    def page_url(
        self, method: str, content: Mapping[str, Any], *, at: datetime, notify_url: str,
        return_url: str,
    ) -> str:  # fmt: skip
        """Return the URL at which the payer pays; always the same for the same arguments.

        Makes no call: the platform learns of the payment when the URL is opened.
        """
        parameters = self._parameters(
            method, content, at=at, notify_url=notify_url, return_url=return_url
        )
        return f"{self._account.gateway_url}?{urlencode(parameters)}"

    def download(self, url: str, into: BinaryIO) -> None:
        """Write the file at a URL given by the platform, completely or not at all.

        Raises ProviderError(retryable=True).
        """
        allowed = {"https", urlsplit(self._account.gateway_url).scheme}
        if urlsplit(url).scheme not in allowed:
            raise ProviderError("reply not understood: not a secure link", retryable=True)
        with SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES_MAX) as file:
            try:
                self._fetch(url, file)
            except requests.RequestException as error:
                raise _no_answer(error) from error
            file.seek(0)
            copyfileobj(file, into)

    def _fetch(self, url: str, file: SpooledTemporaryFile[bytes]) -> None:
        with self._session.get(
            url,
            headers={"Accept-Encoding": "identity"},
            timeout=(CONNECT_SECONDS, READ_SECONDS),
            allow_redirects=False,
            stream=True,
        ) as response:
            if response.status_code != requests.codes.ok:
                raise ProviderError(f"HTTP {response.status_code}", retryable=True)
            for chunk in response.iter_content(_CHUNK_BYTES):
                file.write(chunk)
                if file.tell() > DOWNLOAD_BYTES_MAX:
                    raise ProviderError("reply too large", retryable=True)

    def _parameters(
        self, method: str, content: Mapping[str, Any], *, at: datetime, notify_url: str = "",
        return_url: str = "",
    ) -> dict[str, str]:  # fmt: skip
        """Return a signed request. Empty parameters are neither signed nor sent."""
        known = {
            "app_id": self._account.app_id,
            "method": method,
            "format": "JSON",
            "charset": "utf-8",
            "sign_type": SIGN_TYPE,
            "timestamp": wire.beijing_time(at),
            "version": "1.0",
            "notify_url": notify_url,
            "return_url": return_url,
            "biz_content": json.dumps(content, ensure_ascii=False, separators=(",", ":")),
        }
        parameters = {name: value for name, value in known.items() if value}
        signature = sign(self._account.private_key, text_to_sign(parameters))
        return parameters | {"sign": signature}

    def _attempt(self, method: str, url: str, body: str) -> Answer:
        try:
            response, reply = bounded_reply(
                self._session,
                "POST",
                url,
                seconds=(CONNECT_SECONDS, READ_SECONDS),
                bytes_max=REPLY_BYTES_MAX,
                data=body,
                headers=_FORM,
            )
        except requests.RequestException as error:
            raise _no_answer(error) from error
        if response.status_code != requests.codes.ok:
            raise ProviderError(f"HTTP {response.status_code}", retryable=True)
        try:
            answer = self._verified(method, split_members(reply))
        except MessageRefusedError as refused:
            # Signed with a key other than the one in our settings, or forged.
            raise ProviderError(
                f"reply not verified: {refused}",
                retryable=True,
                is_unauthorized=refused.reason is Refusal.SIGNATURE_WRONG,
            ) from refused
        if answer.code == _BROKEN:
            raise ProviderError(f"{answer.code} {answer.sub_code}", retryable=True)
        return answer

    def _verified(self, method: str, members: Mapping[str, Member]) -> Answer:
        """Return the answer once its signature is verified.

        An unsigned answer is reported by its code, for people to read, and does not count as an
        answer.
        """
        nothing = Member("", {})
        node = members.get(f"{method.replace('.', '_')}_response")
        said = node or members.get("error_response", nothing)
        fields = said.value if isinstance(said.value, dict) else {}
        answer = Answer(
            wire.read_code(fields, "code"), wire.read_code(fields, "sub_code"), fields, said.text
        )
        signature = members.get("sign", nothing).value
        if not isinstance(signature, str) or not signature:
            raise ProviderError(
                f"reply not signed: {answer.code} {answer.sub_code}".rstrip(),
                retryable=True,
                is_unauthorized=answer.code in _UNAUTHORIZED,
            )
        self._platform_key.check(said.text.encode(), signature)
        return answer


def _no_answer(error: requests.RequestException) -> ProviderError:
    return ProviderError(f"no answer ({type(error).__name__})", retryable=True)
