"""Carries the SDK's calls to PayPal.

The SDK (`paypal-server-sdk`) knows each call's path, parameters and token, and is used unmodified.
What it leaves open is closed at the two extension points that it offers: its session (limits on
waiting and reply size, no redirects, nothing from the environment) and the callback that sees each
reply before the SDK parses it (SOURCES.md says why it must not parse just any).
"""

import json
from collections.abc import Callable
from http.cookiejar import DefaultCookiePolicy
from time import monotonic
from typing import Any

import requests
from paypalserversdk.configuration import Configuration, Environment, Server
from paypalserversdk.exceptions.api_exception import ApiException
from paypalserversdk.http.auth.o_auth_2 import ClientCredentialsAuthCredentials, OAuth2
from paypalserversdk.http.http_call_back import HttpCallBack
from paypalserversdk.models.o_auth_token import OAuthToken
from paypalserversdk.paypal_serversdk_client import PaypalServersdkClient

from limosa.domain.http.deadline import AdapterInTime
from limosa.domain.http.session import read_bounded
from limosa.domain.payments.message_refusals import MessageRefusedError
from limosa.domain.payments.providers.paypal.account import Account
from limosa.domain.payments.providers.paypal.fields import Fields, read_object
from limosa.foundation.errors import ProviderError

CONNECT_SECONDS = 3
READ_SECONDS = 10  # A capture may take some seconds.
REPLY_BYTES_MAX = 2 * 1024 * 1024  # Ours: 500 settlement lines are about 600 kilobytes.
# A call that failed slowly is not retried: somebody is waiting, and the payment is polled later.
RETRY_WITHIN_SECONDS = 2
CONNECTIONS_MAX = 16
TOKEN_SPARE_SECONDS = 60
UNAUTHORIZED, FORBIDDEN, NOT_FOUND, TOO_MANY = 401, 403, 404, 429
# 409: an earlier call with the same number is still in progress.
ASK_LATER = frozenset({UNAUTHORIZED, FORBIDDEN, 408, 409, TOO_MANY})

Call = Callable[[PaypalServersdkClient], Any]


class ReplyRefusedError(ProviderError):
    """PayPal understood and refused (4xx). `name`, `issue`: its own terms; empty if it gave
    none."""

    def __init__(self, status: int, name: str, issue: str) -> None:
        words = " ".join(word for word in (f"HTTP {status}", name, issue) if word)
        super().__init__(
            words,
            retryable=status in ASK_LATER,
            is_unauthorized=status in {UNAUTHORIZED, FORBIDDEN},
        )
        self.status = status
        self.issue = issue


class Connection:
    """Keeps connections and a token. Thread-safe."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self.session = BoundedSession()
        self._client = self._new_client()

    def call(self, ask: Call) -> Fields:
        """Make one call and return the object in its answer; empty for an empty answer.

        A call that failed quickly is retried once: each is idempotent by the number it carries.
        Raises ReplyRefusedError for a 4xx, otherwise ProviderError(retryable=True): the outcome is
        then unknown, and has to be queried.
        """
        retry_until = monotonic() + RETRY_WITHIN_SECONDS
        try:
            return self._attempt(ask)
        except ReplyRefusedError as refused:
            if refused.status != UNAUTHORIZED:
                raise
            self._client = self._new_client()  # Its token was revoked early.
        except ProviderError:
            if monotonic() > retry_until:
                raise
        return self._attempt(ask)

    def _attempt(self, ask: Call) -> Fields:
        try:
            text = ask(self._client).text
        except requests.RequestException as error:
            raise ProviderError(f"no answer ({type(error).__name__})", retryable=True) from error
        except (ApiException, AttributeError, KeyError, TypeError, ValueError) as error:
            # How the SDK's models fail on an unexpected reply; nothing else is in the `try`.
            raise ProviderError(
                f"reply not understood ({type(error).__name__})", retryable=True
            ) from error
        return read_object(text) if text else {}

    def _new_client(self) -> PaypalServersdkClient:
        configuration = Configuration(
            http_client_instance=self.session,
            http_call_back=ReplyCheck(),
            timeout=CONNECT_SECONDS + READ_SECONDS,
            environment=Environment.PRODUCTION,
            client_credentials_auth_credentials=ClientCredentialsAuthCredentials(
                o_auth_client_id=self._account.client_id,
                o_auth_client_secret=self._account.client_secret,
                o_auth_token_provider=_fetch_token,
                o_auth_clock_skew=TOKEN_SPARE_SECONDS,
            ),
        )
        configuration.environments = {
            Environment.PRODUCTION: {Server.DEFAULT: self._account.api_url}
        }
        return PaypalServersdkClient(config=configuration)


def _fetch_token(_last: OAuthToken | None, manager: OAuth2) -> OAuthToken:
    """Fetch a token. The SDK's own method hides the reason for a failure."""
    return manager.fetch_token()


class ReplyCheck(HttpCallBack):  # type: ignore[misc]  # The SDK ships no types.
    """Sees each reply before the SDK does."""

    def on_before_request(self, request: Any) -> None:
        """Let every request go out."""

    def on_after_response(self, response: Any) -> None:
        """Let only a success through, and only if it is plain data.

        The SDK decodes with jsonpickle, which instantiates any Python object that a `py/…` member
        names. Raises ProviderError.
        """
        status, text = int(response.status_code), str(response.text)
        if 400 <= status < 500:
            raise ReplyRefusedError(status, *_refusal_words(text))
        if not 200 <= status < 300:
            raise ProviderError(f"HTTP {status}", retryable=True)
        if text:
            try:
                json.loads(text, object_pairs_hook=_plain)
            except (ValueError, RecursionError) as error:
                raise ProviderError("reply not understood: not JSON", retryable=True) from error


def _plain(pairs: list[tuple[str, Any]]) -> None:
    """Raise ValueError for an object that asks jsonpickle for more than data."""
    if any(name.startswith("py/") for name, _ in pairs):
        raise ValueError("not plain data")


def _refusal_words(text: str) -> tuple[str, str]:
    """Return name and issue of an error."""
    try:
        error = read_object(text)
    except MessageRefusedError:
        return "", ""
    details = error.get("details")
    first = details[0] if isinstance(details, list) and details else {}
    issue = first.get("issue") if isinstance(first, dict) else None
    return _short_word(error.get("name")), _short_word(issue)


def _short_word(word: object) -> str:
    return word[:40] if isinstance(word, str) and word.isprintable() else ""


class BoundedSession(requests.Session):
    """Limits waiting time and reply size; follows no redirects."""

    def __init__(self) -> None:
        super().__init__()
        # No proxies, no .netrc, no look at the environment for each call; and no cookies, so that
        # threads share only the connection pool, which has a lock.
        self.trust_env = False
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        adapter = AdapterInTime(pool_connections=1, pool_maxsize=CONNECTIONS_MAX, max_retries=0)
        self.mount("https://", adapter)
        self.mount("http://", adapter)

    def request(self, *arguments: Any, **words: Any) -> requests.Response:
        """Send a request and read its reply. Raises requests.RequestException, ProviderError."""
        words |= {
            "timeout": (CONNECT_SECONDS, READ_SECONDS),
            "allow_redirects": False,
            "stream": True,
        }
        with super().request(*arguments, **words) as response:
            body = read_bounded(response, bytes_max=REPLY_BYTES_MAX)
        response._content = body  # noqa: SLF001 -- as `Response.content` would keep it.
        response.encoding = "utf-8"  # JSON always is; requests would guess, slowly.
        return response
