"""Plays the operator's phone: a page that shows the code of an authenticator app (RFC 6238)."""

import hmac
import json
from base64 import b32decode

from limosa.simulators.clock import Clock
from limosa.simulators.loopback_http import Reply, Request, Routes
from limosa.simulators.page_look import Frame, page

PATH = "/authenticator/"
PERIOD_SECONDS = 30
_DIGITS = 6
_FRAME = Frame(aside="验证器 · Authenticator", home="/")


def code_at(secret: str, seconds: float) -> str:
    """Return the code at a moment, in seconds since the epoch: RFC 4226 section 5.3, with the time
    of RFC 6238 section 4.
    """
    counter = int(seconds) // PERIOD_SECONDS
    digest = hmac.digest(b32decode(secret), counter.to_bytes(8), "sha1")
    offset = digest[-1] & 0xF
    number = int.from_bytes(digest[offset : offset + 4]) & 0x7FFF_FFFF
    return f"{number % 10**_DIGITS:0{_DIGITS}}"


class AuthenticatorPage:
    """Shows the current code; the page reloads when the next one is due."""

    def __init__(self, secret: str, clock: Clock) -> None:
        self._secret = secret
        self._clock = clock

    def add_to(self, routes: Routes) -> None:
        routes.add("GET", PATH, self._show)
        routes.add("GET", f"{PATH}code.json", self._json)

    def _show(self, _request: Request, _words: dict[str, str]) -> Reply:
        left = self._seconds_left()
        content = (
            "<h1>验证码 · Code</h1>"
            f'<p class="amount">{code_at(self._secret, self._clock())}</p>'
            f'<p class="muted">还有 {left} 秒。<br><span lang="en">{left} seconds left; the page '
            "then shows the next one. A code works once.</span></p>"
        )
        reply = page("验证码 · Code", content, _FRAME)
        return Reply(reply.status, reply.body, {**reply.headers, "Refresh": str(left)})

    def _json(self, _request: Request, _words: dict[str, str]) -> Reply:
        found = {"code": code_at(self._secret, self._clock()), "seconds_left": self._seconds_left()}
        return Reply(200, json.dumps(found).encode(), {"Content-Type": "application/json"})

    def _seconds_left(self) -> int:
        return PERIOD_SECONDS - int(self._clock()) % PERIOD_SECONDS
