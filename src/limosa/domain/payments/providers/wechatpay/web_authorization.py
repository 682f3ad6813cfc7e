"""Identifies a payer in WeChat's browser by its web authorization, without asking them.

Source: developers.weixin.qq.com/doc/service, "网页授权": /connect/oauth2/authorize with the scope
`snsapi_base` sends the browser back with a code, valid once and for five minutes, which
/sns/oauth2/access_token exchanges for the openid, using the app's secret.

The secret is part of the request's URL, as documented. Libraries log URLs and put them into
exceptions, so this uses `http.client`, which does neither.
"""

import re
import ssl
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlencode, urlsplit

from requests.utils import DEFAULT_CA_BUNDLE_PATH

from limosa.domain.http.deadline import ReplyInTime
from limosa.domain.payments.message_refusals import understood_reply
from limosa.domain.payments.providers.wechatpay import wire
from limosa.foundation.errors import LocalProtocolError, ProviderError

ANSWER_SECONDS = 5
REPLY_BYTES_MAX = 64 * 1024  # Ours: a real one is about 400 bytes.
SYSTEM_BUSY = -1  # The only code that asks for a retry.
_STATE = re.compile(r"[0-9A-Za-z]{1,128}", re.ASCII)
_CODE = re.compile(r"[\x21-\x7e]{1,512}", re.ASCII)


class WebAuthorization:
    """The web authorization of one app. Thread-safe."""

    def __init__(self, *, appid: str, app_secret: str, open_url: str, api_url: str) -> None:
        self._appid = appid
        self._app_secret = app_secret
        self._open_url = open_url.rstrip("/")
        self._api_url = urlsplit(api_url.rstrip("/"))
        self._trust = ssl.create_default_context(cafile=DEFAULT_CA_BUNDLE_PATH)

    def __repr__(self) -> str:
        return f"WebAuthorization({self._appid})"

    def url(self, *, back_url: str, state: str) -> str:
        """Return where to send the browser. `state`: letters and digits, at most 128.

        The order of the parameters, and the fragment after #, are prescribed.
        """
        if not _STATE.fullmatch(state):
            raise LocalProtocolError("state has other than letters and digits")
        query = urlencode(
            {
                "appid": self._appid,
                "redirect_uri": back_url,
                "response_type": "code",
                "scope": "snsapi_base",
                "state": state,
            }
        )
        return f"{self._open_url}/connect/oauth2/authorize?{query}#wechat_redirect"

    @understood_reply()
    def openid(self, code: str) -> str:
        """Return the openid for a code.

        Called only once: a code whose answer was lost is used up. Raises ProviderError; retryable
        means that another code may help, which the browser fetches without the person noticing.
        """
        if not _CODE.fullmatch(code):
            raise ProviderError("not a code", retryable=False)
        fields = wire.read_object(self._exchange(code))
        if fields.get("errcode", 0) != 0:
            raise _refused(fields["errcode"])
        return wire.read_openid(fields)

    def _exchange(self, code: str) -> bytes:
        query = urlencode(
            {
                "appid": self._appid,
                "secret": self._app_secret,
                "code": code,
                "grant_type": "authorization_code",
            }
        )
        connection = self._connect()
        try:
            connection.request("GET", f"{self._api_url.path}/sns/oauth2/access_token?{query}")
            reply = connection.getresponse()
            body = reply.read(REPLY_BYTES_MAX + 1)
        except (OSError, HTTPException) as error:
            # Not chained, because the cause may contain the URL.
            raise ProviderError(f"no answer ({type(error).__name__})", retryable=True) from None
        finally:
            connection.close()
        if reply.status != 200 or len(body) > REPLY_BYTES_MAX:
            raise ProviderError(f"HTTP {reply.status}, {len(body)} bytes", retryable=True)
        return body

    def _connect(self) -> HTTPConnection:
        host = self._api_url.netloc
        connection = (
            HTTPSConnection(host, timeout=ANSWER_SECONDS, context=self._trust)
            if self._api_url.scheme == "https"
            else HTTPConnection(host, timeout=ANSWER_SECONDS)
        )
        connection.response_class = ReplyInTime
        return connection


def _refused(code: object) -> ProviderError:
    said = code if type(code) is int else "malformed"
    return ProviderError(f"errcode {said}", retryable=code == SYSTEM_BUSY)
