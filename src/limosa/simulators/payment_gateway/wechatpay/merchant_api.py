"""The merchant's calls: /v3/pay/transactions/…, /v3/refund/domestic/…, /v3/bill/…,
/v3/certificates.

Every call is authenticated first and every answer is signed, including errors. If a fault was
requested, the answer fails, before or after the work was done.
"""

import gzip
import hashlib
import json
import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from limosa.simulators.loopback_http import Handler, Reply, Request, Routes
from limosa.simulators.payment_gateway.faulty_replies import Style, with_reply_faults
from limosa.simulators.payment_gateway.wechatpay import crypto
from limosa.simulators.payment_gateway.wechatpay.bills import day_bill, has_entries
from limosa.simulators.payment_gateway.wechatpay.certificates import sealed_certificates
from limosa.simulators.payment_gateway.wechatpay.merchant import Merchant
from limosa.simulators.payment_gateway.wechatpay.notifications import signature_headers
from limosa.simulators.payment_gateway.wechatpay.orders import (
    CODE_URL_PREFIX,
    Order,
    close_order,
    find_order,
    order_view,
    place_order,
    prepay_id_of,
)
from limosa.simulators.payment_gateway.wechatpay.pay_pages import page_path
from limosa.simulators.payment_gateway.wechatpay.refunds import (
    Settlement,
    find_refund,
    refund_view,
    request_refund,
)
from limosa.simulators.payment_gateway.wechatpay.refusals import Code, GatewayRefusalError
from limosa.simulators.payment_gateway.wechatpay.signing import signer_now
from limosa.simulators.payment_gateway.wechatpay.validation import Text, check_texts, parse_body
from limosa.simulators.payment_gateway.wire import Desk, Json

CLOCK_SECONDS_OFF_MAX = 300
DOWNLOAD_PATH = "/v3/billdownload/file"
DOWNLOAD_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Call:
    """An authenticated call, inside the transaction of its work."""

    db: sqlite3.Connection
    request: Request
    words: dict[str, str]
    now: float


@dataclass(frozen=True, slots=True)
class Download:
    """A bill that waits to be downloaded."""

    content: bytes
    expires_at: float


# An operation returns the body of a 200, None for a 204, or a whole reply.
Operation = Callable[[Call], Json | Reply | None]
Finish = Callable[[Reply, str], Reply]


class MerchantApi:
    """Answers the merchant's calls."""

    def __init__(self, desk: Desk, merchant: Merchant) -> None:
        self._desk, self._merchant = desk, merchant
        self._downloads: dict[str, Download] = {}

    def add_to(self, routes: Routes) -> None:
        pay, by_number = "/v3/pay/transactions", "/v3/pay/transactions/out-trade-no/{number}"
        refund = "/v3/refund/domestic/refunds"
        routes.add("POST", f"{pay}/native", self._handler("create", self._native))
        routes.add("POST", f"{pay}/h5", self._handler("create", self._h5))
        routes.add("POST", f"{pay}/jsapi", self._handler("create", self._jsapi))
        routes.add("GET", by_number, self._handler("query", self._query_by_number))
        routes.add("GET", f"{pay}/id/{{id}}", self._handler("query", self._query_by_id))
        routes.add("POST", f"{by_number}/close", self._handler("close", self._close))
        routes.add("POST", refund, self._handler("refund", self._refund))
        routes.add("GET", f"{refund}/{{number}}", self._handler("query_refund", self._show_refund))
        certificates = self._handler("certificates", self._certificates)
        routes.add("GET", "/v3/certificates", certificates)
        routes.add("GET", "/v3/bill/tradebill", self._handler("bill", self._trade_bill))
        download = self._handler("download_bill", self._download, finish=_unsigned)
        routes.add("GET", DOWNLOAD_PATH, download)

    # The frame around every operation.

    def _handler(self, name: str, operation: Operation, *, finish: Finish | None = None) -> Handler:
        def work(request: Request, words: dict[str, str]) -> Reply:
            return self._perform(name, operation, request, words)

        style = Style(_server_error, finish or self._finish)
        return with_reply_faults(self._desk, name, work, style)

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
        if isinstance(answer, Reply):
            return answer
        return Reply(204) if answer is None else Reply(200, _json(answer))

    def _finish(self, reply: Reply, fault: str) -> Reply:
        """Sign the reply, or corrupt the signature."""
        headers = {"Request-ID": secrets.token_hex(16).upper(), "Cache-Control": "no-cache"}
        if reply.body:
            headers["Content-Type"] = "application/json; charset=utf-8"
        if fault != "unsigned":
            signer = signer_now(self._desk, self._merchant)
            headers |= signature_headers(signer, reply.body, now=self._desk.clock())
            if fault == "bad_signature":
                headers["Wechatpay-Signature"] = crypto.sign(signer.key, b"something else")
        return Reply(reply.status, reply.body, headers)

    def _authenticate(self, request: Request, now: float) -> None:
        """Admit only a fresh, complete request from the merchant."""
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
        known = {merchant.public_key_signer.serial, merchant.certificate_signer.serial}
        if request.headers.get("wechatpay-serial", merchant.public_key_id) not in known:
            raise GatewayRefusalError(Code.PARAM_ERROR, "Wechatpay-Serial 中的公钥ID有误")

    # The operations.

    def _native(self, call: Call) -> Json:
        order = self._place(call, "native")
        return {"code_url": CODE_URL_PREFIX + order.token}

    def _h5(self, call: Call) -> Json:
        order = self._place(call, "h5")
        # Like the real one it has a query string, because merchants append &redirect_url=…
        return {"h5_url": f"{self._desk.base_url}{page_path(order)}?package={order.token}"}

    def _jsapi(self, call: Call) -> Json:
        return {"prepay_id": prepay_id_of(call.db, self._place(call, "jsapi"))}

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

    def _certificates(self, _call: Call) -> Json:
        apiv3_key = self._merchant.apiv3_key
        return sealed_certificates(self._merchant.certificate, apiv3_key=apiv3_key)

    def _trade_bill(self, call: Call) -> Json:
        """Write a day's bill, and return its URL, which is valid for five minutes."""
        day, is_zipped = _bill_query(call.request.query)
        bill = day_bill(call.db, self._merchant, day)
        if not has_entries(bill):
            raise GatewayRefusalError(Code.NO_STATEMENT_EXIST)
        token = secrets.token_urlsafe(32)
        content = gzip.compress(bill, mtime=0) if is_zipped else bill
        self._downloads[token] = Download(content, call.now + DOWNLOAD_SECONDS)
        return {
            "download_url": f"{self._desk.base_url}{DOWNLOAD_PATH}?token={token}",
            "hash_type": "SHA1",
            # The hash of the bill itself, even if it is sent compressed.
            "hash_value": hashlib.sha1(bill, usedforsecurity=False).hexdigest(),
        }

    def _download(self, call: Call) -> Reply:
        found = self._downloads.get(call.request.query.get("token", ""))
        if found is None or found.expires_at < call.now:
            raise GatewayRefusalError(Code.INVALID_REQUEST, "下载地址无效或已过期")
        return Reply(200, found.content, {"Content-Type": "application/octet-stream"})

    def _check_mchid(self, members: Json) -> None:
        check_texts(members, (Text("mchid", 32),))
        if members["mchid"] != self._merchant.mchid:
            raise GatewayRefusalError(Code.MCH_NOT_EXISTS)


def _json(value: Json) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _unsigned(reply: Reply, _fault: str) -> Reply:
    """Leave unsigned: a bill's download is not signed, only the reply with its hash."""
    return Reply(reply.status, reply.body, {"Content-Type": "application/json", **reply.headers})


def _bill_query(query: dict[str, str]) -> tuple[date, bool]:
    """Read the requested day, and whether the bill is to be compressed. Raises
    GatewayRefusalError."""
    if query.get("bill_type", "ALL") != "ALL":
        raise GatewayRefusalError(Code.PARAM_ERROR, "模拟网关仅提供 bill_type=ALL")
    if query.get("tar_type") not in {None, "", "GZIP"}:
        raise GatewayRefusalError(Code.PARAM_ERROR, "tar_type 应为 GZIP")
    text = query.get("bill_date", "")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or len(text) != 10:
        raise GatewayRefusalError(Code.PARAM_ERROR, "bill_date 应为 yyyy-MM-DD")
    return day, query.get("tar_type") == "GZIP"


def _server_error() -> Reply:
    return Reply(500, _json(GatewayRefusalError(Code.SYSTEM_ERROR).body))


def _subject_of(request: Request) -> str:
    """Return the number that a body is about, for the event log."""
    try:
        members = json.loads(request.body)
    except ValueError:
        return ""
    if not isinstance(members, dict):
        return ""
    return str(members.get("out_refund_no") or members.get("out_trade_no") or "")[:64]


def _mismatch(request: Request, message: bytes) -> dict[str, object]:
    """Help the merchant find what was signed differently, as the real gateway does."""
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
