"""The open platform's only URL, `gateway.do`, and the files of bills.

`method` names the call. A call is authenticated first; its answer is a member `<method>_response`
and a signature over that member's text. Two methods are for the payer's browser, and redirect to a
page. If a fault was requested, the answer fails, before or after the work was done.
"""

import json
import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from urllib.parse import parse_qsl, urlsplit

from limosa.simulators.clock import BEIJING
from limosa.simulators.loopback_http import Handler, Reply, Request, Routes
from limosa.simulators.page_look import see_other
from limosa.simulators.payment_gateway.alipay import crypto, refunds
from limosa.simulators.payment_gateway.alipay.bills import bill_file, day_lines
from limosa.simulators.payment_gateway.alipay.cashier import code_url, page_path
from limosa.simulators.payment_gateway.alipay.merchant import GATEWAY_PATH, Merchant
from limosa.simulators.payment_gateway.alipay.refusals import (
    GatewayRefusalError,
    broken,
    invalid,
    parameter,
    refused,
)
from limosa.simulators.payment_gateway.alipay.trades import (
    begin_trade,
    close_lapsed,
    close_trade,
    known_trade,
    place_trade,
    trade_view,
)
from limosa.simulators.payment_gateway.alipay.validation import check_public, content_of
from limosa.simulators.payment_gateway.faulty_replies import Style, with_reply_faults
from limosa.simulators.payment_gateway.wire import Desk, Json

BILL_SECONDS = 30.0
BILLS_MAX = 100
_PAGES = ("alipay.trade.page.pay", "alipay.trade.wap.pay")


@dataclass(frozen=True, slots=True)
class Call:
    """An authenticated call, inside the transaction of its work."""

    db: sqlite3.Connection
    parameters: dict[str, str]
    content: Json
    now: float


Operation = Callable[[Call], Json]


class GatewayApi:
    """Answers the merchant's calls. `settle` completes the refunds that are due, and notifies."""

    def __init__(
        self, desk: Desk, merchant: Merchant, *, settle: Callable[[sqlite3.Connection, float], None]
    ) -> None:
        self._desk, self._merchant, self._settle = desk, merchant, settle
        self._bills: dict[str, tuple[float, bytes]] = {}
        self._handlers = {
            method: self._handler(method, name, operation)
            for method, name, operation in (
                ("alipay.trade.precreate", "create", self._precreate),
                ("alipay.trade.query", "query", self._query),
                ("alipay.trade.close", "close", self._close),
                ("alipay.trade.refund", "refund", self._refund),
                ("alipay.trade.fastpay.refund.query", "query_refund", self._query_refund),
                ("alipay.data.dataservice.bill.downloadurl.query", "bill", self._bill_url),
            )
        }

    def add_to(self, routes: Routes) -> None:
        for method in ("GET", "POST"):
            routes.add(method, GATEWAY_PATH, self._answer)
        routes.add("GET", "/alipay/bill/{token}", self._download)

    def _answer(self, request: Request, words: dict[str, str]) -> Reply | None:
        method = parameters_of(request).get("method", "")
        if method in _PAGES:
            return self._open_page(request)
        # An unknown method is refused by whichever handler looks first.
        handler = self._handlers.get(method, self._handlers["alipay.trade.query"])
        return handler(request, words)

    # The frame around every operation.

    def _handler(self, method: str, name: str, operation: Operation) -> Handler:
        def work(request: Request, _words: dict[str, str]) -> Reply:
            return self._perform(name, operation, request)

        def finish(reply: Reply, fault: str) -> Reply:
            return self._finish(method, reply, fault)

        return with_reply_faults(self._desk, name, work, Style(_server_error, finish))

    def _perform(self, name: str, operation: Operation, request: Request) -> Reply:
        desk, now = self._desk, self._desk.clock()
        parameters = parameters_of(request)
        subject = _subject_of(parameters)
        try:
            content = self._authenticated(parameters)
            with desk.store.transaction() as db:
                close_lapsed(db, now=now)
                answer = operation(Call(db, parameters, content, now))
                desk.note(db, now, name, subject, code="10000")
        except GatewayRefusalError as refusal:
            with desk.store.transaction() as db:
                desk.note(db, now, name, subject, code=refusal.sub_code)
            headers = {} if refusal.is_signed else {"X-Unsigned": "1"}
            return Reply(200, _json(refusal.body), headers)
        desk.wake()
        return Reply(200, _json({"code": "10000", "msg": "Success", **answer}))

    def _finish(self, method: str, reply: Reply, fault: str) -> Reply:
        """Put the answer into its member and sign it, or corrupt the signature."""
        text, node = reply.body, f"{method.replace('.', '_')}_response"
        body = b'{"%s":%s' % (node.encode(), text)
        if "X-Unsigned" not in reply.headers and fault != "unsigned":
            message = b"something else" if fault == "bad_signature" else text
            signature = crypto.sign(self._merchant.platform_key, message)
            body += b',"sign":"%s"' % signature.encode()
        return Reply(200, body + b"}", {"Content-Type": "text/html;charset=utf-8"})

    def _authenticated(self, parameters: dict[str, str]) -> Json:
        """Return the content of a complete request from the merchant."""
        if parameters.get("app_id", self._merchant.app_id) != self._merchant.app_id:
            raise invalid("app_id", "无效的AppID参数")
        check_public(parameters)
        message = crypto.pairs_message(parameters)
        if not crypto.is_signed_by(self._merchant.app_public_key, message, parameters["sign"]):
            raise invalid("signature", "验签出错，请确认签名内容与私钥")
        return content_of(parameters)

    # The operations.

    def _open_page(self, request: Request) -> Reply:
        """Begin the trade that a payer's browser brings, and redirect to its payment page."""
        desk, now = self._desk, self._desk.clock()
        parameters = parameters_of(request)
        try:
            content = self._authenticated(parameters)
            with desk.store.transaction() as db:
                trade = begin_trade(db, place_trade(db, parameters, content, now=now))
                close_lapsed(db, now=now)
                desk.note(db, now, "create", trade.out_trade_no, code="10000")
        except GatewayRefusalError as refusal:
            return _error_page(refusal)
        desk.wake()
        return see_other(page_path(trade))

    def _precreate(self, call: Call) -> Json:
        trade = place_trade(call.db, call.parameters, call.content, now=call.now)
        return {
            "out_trade_no": trade.out_trade_no,
            "qr_code": code_url(self._desk.base_url, trade),
        }

    def _query(self, call: Call) -> Json:
        trade = known_trade(call.db, str(call.content["out_trade_no"]))
        return trade_view(trade, refunded=refunds.refunded(call.db, trade.out_trade_no))

    def _close(self, call: Call) -> Json:
        trade = known_trade(call.db, str(call.content["out_trade_no"]))
        closed = close_trade(call.db, trade, now=call.now)
        return {"out_trade_no": closed.out_trade_no, "trade_no": closed.trade_no}

    def _refund(self, call: Call) -> Json:
        outcome = self._desk.faults.take_refund_outcome() or refunds.OUTCOMES[0]
        if outcome == "SELLER_BALANCE_NOT_ENOUGH":
            raise refused("ACQ.SELLER_BALANCE_NOT_ENOUGH", "卖家余额不足")
        wait = self._desk.refund_seconds if outcome == "LATER" else 0.0
        trade = known_trade(call.db, str(call.content["out_trade_no"]))
        asked = refunds.ask_refund(
            call.db, trade, call.content, settles_at=call.now + wait, now=call.now
        )
        self._settle(call.db, call.now)
        return refunds.asked_view(call.db, asked)

    def _query_refund(self, call: Call) -> Json:
        self._settle(call.db, call.now)
        trade = known_trade(call.db, str(call.content["out_trade_no"]))
        number = str(call.content["out_request_no"])
        return refunds.refund_view(refunds.find_refund(call.db, trade.out_trade_no, number), trade)

    def _bill_url(self, call: Call) -> Json:
        """Write a day's bill, and return its URL, which is valid for half a minute."""
        try:
            day = date.fromisoformat(str(call.content["bill_date"]))
        except ValueError:
            raise parameter("bill_date", "格式为 yyyy-MM-dd") from None
        if day > datetime.fromtimestamp(call.now, BEIJING).date():
            raise refused("BILL_NOT_EXIST", "账单不存在")
        lines = day_lines(call.db, day)
        if not lines:
            raise refused("NO_BILL_DATA", "商户在请求的账单时间内没有发生当前账单类型的业务")
        token = secrets.token_hex(16)
        while len(self._bills) >= BILLS_MAX:
            self._bills.pop(next(iter(self._bills)))
        body = bill_file(lines, self._merchant, day, now=call.now)
        self._bills[token] = (call.now + BILL_SECONDS, body)
        return {"bill_download_url": f"{self._desk.base_url}/alipay/bill/{token}"}

    def _download(self, _request: Request, words: dict[str, str]) -> Reply:
        until, body = self._bills.get(words["token"], (0.0, b""))
        if self._desk.clock() >= until:
            return Reply(404, b"", {"Content-Type": "text/plain"})
        return Reply(200, body, {"Content-Type": "application/zip"})


def parameters_of(request: Request) -> dict[str, str]:
    """Return the parameters of the URL and the form together."""
    query = urlsplit(request.target).query
    pairs = parse_qsl(query, keep_blank_values=True)
    return dict(pairs) | request.form


def _json(value: Json) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _server_error() -> Reply:
    return Reply(200, _json(broken().body))


def _subject_of(parameters: dict[str, str]) -> str:
    """Return the number that a call is about, for the event log."""
    try:
        content = json.loads(parameters.get("biz_content", ""))
    except ValueError:
        return ""
    if not isinstance(content, dict):
        return ""
    return str(content.get("out_request_no") or content.get("out_trade_no") or "")[:64]


def _error_page(refusal: GatewayRefusalError) -> Reply:
    """Show the payer's browser what is wrong, in GBK, as the real one does."""
    text = (
        "<!doctype html><title>支付宝</title><p>调试错误，请回到请求来源地，重新发起请求。"
        f"<p>错误代码 {escape(refusal.sub_code)} 错误原因: {escape(refusal.sub_msg)}"
    )
    return Reply(200, text.encode("gb18030"), {"Content-Type": "text/html;charset=GBK"})
