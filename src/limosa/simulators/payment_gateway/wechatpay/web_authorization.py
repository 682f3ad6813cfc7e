"""Identifies the payer to a shop: WeChat's web authorization (OAuth 2.0).

Source: developers.weixin.qq.com/doc/service, "网页授权". /connect/oauth2/authorize sends the
browser back to `redirect_uri` with a `code`, valid once and for five minutes; the shop's server
exchanges it at /sns/oauth2/access_token for the payer's openid, which is specific to this appid.
With `snsapi_base` the payer is not asked. As in the real one, errors have status 200.

Each browser is one person: a cookie identifies them.
"""

import hashlib
import json
import re
import secrets
import sqlite3
from base64 import urlsafe_b64encode
from hmac import compare_digest
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from limosa.simulators.loopback_http import Reply, Request, Routes
from limosa.simulators.page_look import see_other
from limosa.simulators.payment_gateway.faulty_replies import Style, with_reply_faults
from limosa.simulators.payment_gateway.pay_page import Sheet, pay_page, web_address
from limosa.simulators.payment_gateway.wechatpay.merchant import Merchant
from limosa.simulators.payment_gateway.wire import Desk, Json

CODE_SECONDS = 300
TOKEN_SECONDS = 7200
_COOKIE = "wechat_person"
_SCOPES = {"snsapi_base", "snsapi_userinfo"}


class WebAuthorization:
    """Answers both halves of the exchange."""

    def __init__(self, desk: Desk, merchant: Merchant) -> None:
        self._desk, self._merchant = desk, merchant

    def add_to(self, routes: Routes) -> None:
        routes.add("GET", "/connect/oauth2/authorize", self._authorize)
        style = Style(lambda: _told(_error(-1, "system error")), lambda reply, _fault: reply)
        exchange = with_reply_faults(self._desk, "openid", self._exchange, style)
        routes.add("GET", "/sns/oauth2/access_token", exchange)

    def _authorize(self, request: Request, _words: dict[str, str]) -> Reply:
        query = request.query
        target = web_address(query.get("redirect_uri", ""))
        is_known = query.get("appid") == self._merchant.appid and query.get("scope") in _SCOPES
        if not target or not is_known or query.get("response_type") != "code":
            return _refusal()
        person = _person_of(request) or secrets.token_hex(16)
        code, now = secrets.token_urlsafe(24), self._desk.clock()
        with self._desk.store.transaction() as db:
            db.execute(
                "INSERT INTO wechatpay_codes VALUES (?, ?, ?, ?, 0)",
                (code, self._openid(person), query["scope"], now + CODE_SECONDS),
            )
        reply = see_other(_with_query(target, code=code, state=query.get("state", "")))
        cookie = f"{_COOKIE}={person}; Path=/connect; HttpOnly; SameSite=Lax; Max-Age=31536000"
        return Reply(302, b"", {**reply.headers, "Set-Cookie": cookie})

    def _exchange(self, request: Request, _words: dict[str, str]) -> Reply:
        query, now = request.query, self._desk.clock()
        if query.get("appid") != self._merchant.appid:
            return _told(_error(40013, "invalid appid"))
        if not compare_digest(query.get("secret", "").encode(), self._merchant.app_secret.encode()):
            return _told(_error(40125, "invalid appsecret"))
        if query.get("grant_type") != "authorization_code":
            return _told(_error(40002, "invalid grant_type"))
        with self._desk.store.transaction() as db:
            answer = _use_code(db, query.get("code", ""), now=now)
            self._desk.note(db, now, "openid", str(answer.get("openid", "")))
        return _told(answer)

    def _openid(self, person: str) -> str:
        """Return the person's openid for this appid: 28 characters, always the same."""
        digest = hashlib.sha256(f"{self._merchant.appid} {person}".encode()).digest()
        return "o" + urlsafe_b64encode(digest).decode()[:27]


def _use_code(db: sqlite3.Connection, code: str, *, now: float) -> Json:
    row = db.execute("SELECT * FROM wechatpay_codes WHERE code = ?", (code,)).fetchone()
    if row is None or row["expires_at"] < now:
        return _error(40029, "invalid code")
    if row["is_used"]:
        return _error(40163, "code been used")
    db.execute("UPDATE wechatpay_codes SET is_used = 1 WHERE code = ?", (code,))
    return {
        "access_token": secrets.token_urlsafe(64),
        "expires_in": TOKEN_SECONDS,
        "refresh_token": secrets.token_urlsafe(64),
        "openid": row["openid"],
        "scope": row["scope"],
    }


def _error(code: int, message: str) -> Json:
    return {"errcode": code, "errmsg": f"{message}, rid: {secrets.token_hex(12)}"}


def _told(answer: Json) -> Reply:
    # The real one labels its JSON text/plain.
    return Reply(200, json.dumps(answer).encode(), {"Content-Type": "text/plain"})


def _person_of(request: Request) -> str:
    found = re.search(
        rf"(?:^|; ){_COOKIE}=([0-9a-f]{{32}})(?:;|$)", request.headers.get("cookie", "")
    )
    return found[1] if found else ""


def _with_query(url: str, **more: str) -> str:
    parts = urlsplit(url)
    query = parse_qsl(parts.query, keep_blank_values=True) + list(more.items())
    return urlunsplit(parts._replace(query=urlencode(query), fragment=""))


def _refusal() -> Reply:
    text = (
        "链接无法访问：appid、redirect_uri、response_type 或 scope 有误。",
        "This link is wrong: check appid, redirect_uri, response_type and scope.",
    )
    sheet = Sheet(
        channel="微信 · WeChat",
        heading=("无法打开", "Cannot open"),
        lead=text,
        status=400,
    )
    return pay_page(sheet)
