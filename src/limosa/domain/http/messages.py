"""Messages to the machines of partners: posted over HTTPS, with a client certificate where they
want one."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import requests
from django.utils import timezone
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from limosa.domain.http.retry_after import wait_told
from limosa.domain.http.session import bounded_reply, new_session
from limosa.foundation.errors import ProviderError

CONNECT_SECONDS = 3
READ_SECONDS = 10
REPLY_BYTES_MAX = 64 * 1024
_TOO_MANY = 429


class NotReachedError(ProviderError):
    """It is certain that nothing was sent, or that nothing was done with it."""


class TooManyCallsError(NotReachedError):
    """It takes no more calls for now (HTTP 429), so nothing was done with this one.

    `wait`: for how long, by its Retry-After; None: it did not say.
    """

    def __init__(self, *, wait: timedelta | None) -> None:
        super().__init__("it takes no more calls for now", retryable=True)
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Reply:
    """What was answered, whatever the status."""

    status: int
    body: bytes


class MessageLine:
    """Keeps connections to partners. May be shared between threads.

    certificate, key: files in PEM that are shown; empty: none. ca: a file with those who issue the
    partner's; empty: the issuers that browsers trust.
    """

    def __init__(self, *, certificate: str = "", key: str = "", ca: str = "") -> None:
        self._session = new_session()
        if certificate:
            self._session.cert = (certificate, key) if key else certificate
        self._session.verify = ca or True

    def post(self, url: str, body: bytes, *, headers: Mapping[str, str]) -> Reply:
        """Return the reply, as `ask` does."""
        return self.ask("POST", url, body, headers=headers)

    def ask(
        self,
        method: str,
        url: str,
        body: bytes = b"",
        *,
        headers: Mapping[str, str],
        bytes_max: int = REPLY_BYTES_MAX,
    ) -> Reply:
        """Return the reply, but for 429. A user name and a password in the URL are sent.

        `bytes_max`: of the reply. Raises ProviderError: there is none, or a longer one, and it is
        not known what became of the message; or NotReachedError.
        """
        try:
            response, content = bounded_reply(
                self._session,
                method,
                url,
                seconds=(CONNECT_SECONDS, READ_SECONDS),
                bytes_max=bytes_max,
                data=body,
                headers=headers,
            )
        except requests.RequestException as error:
            said = f"no answer ({type(error).__name__})"
            if _was_not_reached(error):
                raise NotReachedError(said, retryable=True) from error
            raise ProviderError(said, retryable=True) from error
        except OSError as error:
            raise NotReachedError("a file for TLS can't be read", retryable=True) from error
        if response.status_code == _TOO_MANY:
            raise TooManyCallsError(wait=wait_told(response.headers, now=timezone.now()))
        return Reply(response.status_code, content)


def _was_not_reached(error: requests.RequestException) -> bool:
    """Whether no connection was made, or we refused the other side's certificate.

    Of any other fault of TLS it is not certain: ours is refused only after the message was sent.
    """
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    if isinstance(reason, NewConnectionError | ConnectTimeoutError):
        return True
    cause = reason.args[0] if isinstance(reason, Exception) and reason.args else None
    return isinstance(cause, ssl.SSLCertVerificationError)
