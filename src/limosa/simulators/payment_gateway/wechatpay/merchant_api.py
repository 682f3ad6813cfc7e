"""The calls of the merchant: /v3/pay/transactions/… and /v3/refund/domestic/….

Every call is authenticated first and every answer is signed, errors too. Where a fault was asked
for, the answer fails, before or after the work was done.
"""

import json
import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from limosa.simulators.loopback_http import Handler, Reply, Request, Routes
from limosa.simulators.payment_gateway.faulty_replies import Style, with_reply_faults
from limosa.simulators.payment_gateway.wechatpay import crypto
from limosa.simulators.payment_gateway.wechatpay.merchant import Merchant
from limosa.simulators.payment_gateway.wechatpay.notifications import signature_headers
from limosa.simulators.payment_gateway.wechatpay.orders import (
    CODE_URL_PREFIX,
    Order,
    close_order,
    find_order,
    order_view,
    place_order,
)
from limosa.simulators.payment_gateway.wechatpay.pay_pages import page_path
from limosa.simulators.payment_gateway.wechatpay.refunds import (
    Settlement,
    find_refund,
    refund_view,
    request_refund,
)
from limosa.simulators.payment_gateway.wechatpay.refusals import Code, GatewayRefusalError
from limosa.simulators.payment_gateway.wechatpay.validation import Text, check_texts, parse_body
from limosa.simulators.payment_gateway.wire import Desk, Json

CLOCK_SECONDS_OFF_MAX = 300


@dataclass(frozen=True, slots=True)
class Call:
    """A call that has been authenticated, inside the transaction that its work happens in."""

    db: sqlite3.Connection
    request: Request
    words: dict[str, str]
    now: float


# An operation returns the body of a 200, or None for a 204.
Operation = Callable[[Call], Json | None]


class MerchantApi:
    """Answers the merchant's calls."""

    def __init__(self, desk: Desk, merchant: Merchant) -> None:
        self._desk, self._merchant = desk, merchant

    def add_to(self, routes: Routes) -> None:
        pay, by_number = "/v3/pay/transactions", "/v3/pay/transactions/out-trade-no/{number}"
        refund = "/v3/refund/domestic/refunds"
        routes.add("POST", f"{pay}/native", self._handler("create", self._native))
        routes.add("POST", f"{pay}/h5", self._handler("create", self._h5))
        routes.add("GET", by_number, self._handler("query", self._query_by_number))
        routes.add("GET", f"{pay}/id/{{id}}", self._handler("query", self._query_by_id))
        routes.add("POST", f"{by_number}/close", self._handler("close", self._close))
        routes.add("POST", refund, self._handler("refund", self._refund))
        routes.add("GET", f"{refund}/{{number}}", self._handler("query_refund", self._show_refund))

    # The frame around every operation.

    def _handler(self, name: str, operation: Operation) -> Handler:
        def work(request: Request, words: dict[str, str]) -> Reply:
            return self._perform(name, operation, request, words)

        return with_reply_faults(self._desk, name, work, Style(_server_error, self._finish))

    def _perform(
        self, name: str, operation: Operation, request: Request, words: dict[str, str]
    ) -> Reply:
        desk, now = self._desk, self._desk.clock()
        subject = words.get("number") or words.get("id") or _subject_of(request)
        try:
            self._authenticate(request, now)
            with desk.store.transaction() as db:
                answer = operation(Call(db, request, words, now))
                desk.note(db, now, name, subject, status=200)
        except GatewayRefusalError as refusal:
            with desk.store.transaction() as db:
                code = refusal.code.name
                desk.note(db, now, name, subject, status=refusal.status, code=code)
            return Reply(refusal.status, _json(refusal.body))
        desk.wake()
        return Reply(204) if answer is None else Reply(200, _json(answer))

    def _finish(self, reply: Reply, fault: str) -> Reply:
        """Sign the reply, or spoil the signature."""
        headers = {"Request-ID": secrets.token_hex(16).upper(), "Cache-Control": "no-cache"}
        if reply.body:
            headers["Content-Type"] = "application/json; charset=utf-8"
        if fault != "unsigned":
            headers |= signature_headers(self._merchant, reply.body, now=self._desk.clock())
        if fault == "bad_signature":
            key = self._merchant.platform_key
            headers["Wechatpay-Signature"] = crypto.sign(key, b"something else")
        return Reply(reply.status, reply.body, headers)

    def _authenticate(self, request: Request, now: float) -> None:
        """Let only the merchant's own, fresh, complete request through."""
        merchant = self._merchant
        header = request.headers.get("authorization", "")
        auth = crypto.parse_authorization(header)
        if auth is None:
            raise GatewayRefusalError(Code.SIGN_ERROR, "Http头Authorization值格式错误")
        if auth.mchid != merchant.mchid or auth.serial != merchant.cert_serial:
            raise GatewayRefusalError(Code.SIGN_ERROR, "商户证书序列号有误")
        clock_text = auth.timestamp
        is_number = clock_text.isascii() and clock_text.isdigit() and len(clock_text) < 12
        if not is_number or abs(int(clock_text) - now) > CLOCK_SECONDS_OFF_MAX:
            raise GatewayRefusalError(
                Code.SIGN_ERROR, "Http头Authorization中的时间戳与发起请求的时间不得超过5分钟"
            )
        message = crypto.request_message(request.method, request.target, auth, request.body)
        if not crypto.is_signed_by(merchant.merchant_public_key, message, auth.signature):
            raise GatewayRefusalError(Code.SIGN_ERROR, detail=_mismatch(request, message))
        wanted_key = request.headers.get("wechatpay-serial", merchant.public_key_id)
        if wanted_key != merchant.public_key_id:
            raise GatewayRefusalError(Code.PARAM_ERROR, "Wechatpay-Serial 中的公钥ID有误")

    # The operations.

    def _native(self, call: Call) -> Json:
        order = self._place(call, "native")
        return {"code_url": CODE_URL_PREFIX + order.token}

    def _h5(self, call: Call) -> Json:
        order = self._place(call, "h5")
        # It has a query string, as the real one, because merchants append &redirect_url=…
        return {"h5_url": f"{self._desk.base_url}{page_path(order)}?package={order.token}"}

    def _place(self, call: Call, kind: str) -> Order:
        members = parse_body(call.request.body)
        return place_order(call.db, self._merchant, members, kind=kind, now=call.now)

    def _query_by_number(self, call: Call) -> Json:
        return self._show(call, find_order(call.db, "out_trade_no", call.words["number"]))

    def _query_by_id(self, call: Call) -> Json:
        return self._show(call, find_order(call.db, "transaction_id", call.words["id"]))

    def _show(self, call: Call, order: Order | None) -> Json:
        self._check_mchid(dict[str, object](call.request.query))
        if order is None or order.kind == "none":
            raise GatewayRefusalError(Code.ORDER_NOT_EXIST)
        return order_view(order, self._merchant)

    def _close(self, call: Call) -> None:
        self._check_mchid(parse_body(call.request.body))
        close_order(call.db, call.words["number"], now=call.now)

    def _refund(self, call: Call) -> Json:
        outcome = self._desk.faults.take_refund_outcome() or "SUCCESS"
        settlement = Settlement(outcome, self._desk.refund_seconds)
        members = parse_body(call.request.body)
        refund = request_refund(call.db, members, settlement, now=call.now)
        order = find_order(call.db, "out_trade_no", refund.out_trade_no)
        if order is None:
            raise GatewayRefusalError(Code.RESOURCE_NOT_EXISTS)
        return refund_view(refund, order)

    def _show_refund(self, call: Call) -> Json:
        refund = find_refund(call.db, call.words["number"])
        order = find_order(call.db, "out_trade_no", refund.out_trade_no) if refund else None
        if refund is None or order is None:
            raise GatewayRefusalError(Code.RESOURCE_NOT_EXISTS, "退款单不存在")
        return refund_view(refund, order)

    def _check_mchid(self, members: Json) -> None:
        check_texts(members, (Text("mchid", 32),))
        if members["mchid"] != self._merchant.mchid:
            raise GatewayRefusalError(Code.MCH_NOT_EXISTS)


def _json(value: Json) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _server_error() -> Reply:
    return Reply(500, _json(GatewayRefusalError(Code.SYSTEM_ERROR).body))


def _subject_of(request: Request) -> str:
    """Return the number that a body is about, for the record of what happened."""
    try:
        members = json.loads(request.body)
    except ValueError:
        return ""
    if not isinstance(members, dict):
        return ""
    return str(members.get("out_refund_no") or members.get("out_trade_no") or "")[:64]


def _mismatch(request: Request, message: bytes) -> dict[str, object]:
    """Help the merchant to find what was signed differently, as the real gateway does."""
    shown = message.decode("utf-8", errors="replace")
    return {
        "detail": {"issue": "sign not match"},
        "field": "signature",
        "location": "authorization",
        "sign_information": {
            "method": request.method,
            "url": request.target,
            "sign_message_length": len(message),
            "truncated_sign_message": shown[:100],
        },
    }
