"""What the payer sees: scan a code, look at the order, pay or cancel. Works without scripts.

A code, a link or a prepay id leads to /wechatpay/pay/<token>. As with WeChat's H5 payment, a
`redirect_url` in the URL is where the payer goes afterwards, paid or not, and proves nothing to the
merchant.
"""

from collections.abc import Callable
from urllib.parse import parse_qs, quote, urlsplit

from limosa.simulators.clock import beijing_time
from limosa.simulators.loopback_http import Reply, Request, Routes
from limosa.simulators.page_look import see_other
from limosa.simulators.payment_gateway.code_pages import (
    CodePayment,
    code_form,
    payment_page,
    unknown_code,
)
from limosa.simulators.payment_gateway.pay_page import (
    Sheet,
    pay_page,
    return_address,
    with_return_address,
)
from limosa.simulators.payment_gateway.wechatpay import crypto
from limosa.simulators.payment_gateway.wechatpay.merchant import Merchant
from limosa.simulators.payment_gateway.wechatpay.orders import (
    CODE_URL_PREFIX,
    Order,
    find_order,
    find_payable,
)
from limosa.simulators.payment_gateway.wire import Desk, Json, NotPayableError, Payment

CHANNEL = "微信支付 · WeChat Pay"
_SCAN_PATH = "/wechatpay/scan"
_PAY_PATH = "/wechatpay/pay"
_JSAPI_PATH = "/wechatpay/jsapi"


def page_path(order: Order) -> str:
    """Return where the payer pays."""
    return f"{_PAY_PATH}/{order.token}"


class PayPages:
    """Serves the payer's pages. `pay` takes the payment."""

    def __init__(
        self, desk: Desk, merchant: Merchant, *, pay: Callable[[str, Payment], Json]
    ) -> None:
        self._desk, self._merchant, self._pay = desk, merchant, pay

    def add_to(self, routes: Routes) -> None:
        routes.add("GET", _SCAN_PATH, self._scan)
        routes.add("GET", _JSAPI_PATH, self._open_in_wechat)
        routes.add("GET", f"{_PAY_PATH}/{{token}}", self._show)
        routes.add("POST", f"{_PAY_PATH}/{{token}}/confirm", self._confirm)
        routes.add("POST", f"{_PAY_PATH}/{{token}}/cancel", self._cancel)

    def _scan(self, request: Request, _words: dict[str, str]) -> Reply:
        """Do what a phone does with the code: open its page. Without a code, ask for one."""
        code = request.query.get("code_url", "").strip()
        if not code:
            return code_form(CHANNEL, path=_SCAN_PATH, example=f"{CODE_URL_PREFIX}…")
        token = parse_qs(urlsplit(code).query).get("pr", [""])[0]
        order = self._find(token)
        if not code.startswith(CODE_URL_PREFIX) or order is None:
            return unknown_code(CHANNEL)
        return see_other(with_return_address(page_path(order), request))

    def _open_in_wechat(self, request: Request, _words: dict[str, str]) -> Reply:
        """Do what WeChat does when a page in it requests a payment (getBrandWCPayRequest).

        The page may give only the `prepay_id`; the signature is checked if it is sent, with appId,
        timeStamp, nonceStr, package and paySign.
        """
        query = request.query
        prepay_id = query.get("prepay_id") or query.get("package", "").partition("prepay_id=")[2]
        with self._desk.store.transaction() as db:
            order = find_payable(db, prepay_id)
        if order is None or order.kind != "jsapi":
            return unknown_code(CHANNEL)
        if "paySign" in query and not self._is_signed(query, prepay_id):
            return _wrongly_signed()
        return see_other(with_return_address(page_path(order), request))

    def _is_signed(self, query: dict[str, str], prepay_id: str) -> bool:
        """Source: pay.weixin.qq.com/doc/v3, "JSAPI调起支付": four lines, the merchant's key."""
        words = (query.get("appId"), query.get("timeStamp"), query.get("nonceStr"))
        message = "".join(f"{word}\n" for word in (*words, f"prepay_id={prepay_id}")).encode()
        is_own = query.get("appId") == self._merchant.appid and query.get("signType") == "RSA"
        key = self._merchant.merchant_public_key
        return is_own and crypto.is_signed_by(key, message, query["paySign"])

    def _show(self, request: Request, words: dict[str, str]) -> Reply:
        order = self._find(words["token"])
        if order is None:
            return unknown_code(CHANNEL)
        return _order_page(order, request, now=self._desk.clock())

    def _confirm(self, request: Request, words: dict[str, str]) -> Reply:
        """Pay. Once this has answered, the payment is on disk and its notification is queued."""
        order = self._find(words["token"])
        if order is None:
            return unknown_code(CHANNEL)
        here = with_return_address(page_path(order), request)
        try:
            self._pay(order.out_trade_no, Payment())
        except NotPayableError:
            return see_other(here)  # The page says what is wrong, also on resubmission.
        return see_other(return_address(request) or here)

    def _cancel(self, request: Request, words: dict[str, str]) -> Reply:
        """Go back without paying; the order stays open."""
        here = f"{_PAY_PATH}/{quote(words['token'])}?cancelled=1"
        return see_other(return_address(request) or here)

    def _find(self, token: str) -> Order | None:
        with self._desk.store.transaction() as db:
            return find_order(db, "token", token)


def _order_page(order: Order, request: Request, *, now: float) -> Reply:
    paid_at = ""
    if order.paid_at is not None:
        paid_at = beijing_time(order.paid_at).replace("T", " ")[:19]
    payment = CodePayment(
        channel=CHANNEL,
        path=page_path(order),
        description=order.description,
        number=order.out_trade_no,
        amount_minor=order.total,
        currency=order.currency,
        paid_at=paid_at,
        is_payable=order.state != "CLOSED" and not order.has_lapsed(now),
        shop_url=return_address(request),
    )
    return payment_page(payment, request)


def _wrongly_signed() -> Reply:
    text = (
        "支付验证签名失败，请回到商家页面重试。",
        "The shop's signature of this payment is wrong. Please go back and try again.",
    )
    heading = ("不能支付", "Not payable")
    return pay_page(Sheet(channel=CHANNEL, heading=heading, lead=text, status=400))
