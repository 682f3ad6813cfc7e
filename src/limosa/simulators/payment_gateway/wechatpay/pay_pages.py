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
from limosa.simulators.payment_gateway.pay_page import (
    MERCHANT_NAME,
    Button,
    Link,
    Notice,
    Pair,
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
            return _code_form()
        token = parse_qs(urlsplit(code).query).get("pr", [""])[0]
        order = self._find(token)
        if not code.startswith(CODE_URL_PREFIX) or order is None:
            return _unknown()
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
            return _unknown()
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
            return _unknown()
        return _order_page(order, request, now=self._desk.clock())

    def _confirm(self, request: Request, words: dict[str, str]) -> Reply:
        """Pay. Once this has answered, the payment is on disk and its notification is queued."""
        order = self._find(words["token"])
        if order is None:
            return _unknown()
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
    facts = {
        ("收款方", "Payee"): MERCHANT_NAME,
        ("商品", "For"): order.description,
        ("单号", "Number"): order.out_trade_no,
    }
    if order.paid_at is not None:
        facts["时间", "Time"] = beijing_time(order.paid_at).replace("T", " ")[:19]
    heading, notice, actions = _state_of(order, request, now=now)
    sheet = Sheet(
        channel=CHANNEL,
        heading=heading,
        amount_minor=order.total,
        currency=order.currency,
        facts=facts,
        notice=notice,
        actions=actions,
    )
    return pay_page(sheet)


def _state_of(
    order: Order, request: Request, *, now: float
) -> tuple[Pair, Notice | None, list[Button | Link]]:
    """Return heading, notice and buttons for the order's state."""
    back: list[Button | Link] = []
    if address := return_address(request):
        back.append(Link(("返回商家", "Back"), address))
    if order.is_paid:
        paid = ("支付成功，可以关闭此页。", "Paid. You can close this page.")
        return ("已支付", "Paid"), Notice(paid, is_good=True), back
    if order.state == "CLOSED" or order.has_lapsed(now):
        over = (
            "订单已关闭或已过期，请回到商家重新下单。",
            "This order is closed or too old. Please order again.",
        )
        return ("不能支付", "Not payable"), Notice(over), back
    notice = None
    if request.query.get("cancelled"):
        notice = Notice(("已取消，没有付款。", "Cancelled: nothing was paid."))
    here = page_path(order)
    buttons: list[Button | Link] = [
        Button(("支付", "Pay"), with_return_address(f"{here}/confirm", request)),
        Button(("取消", "Cancel"), with_return_address(f"{here}/cancel", request), is_quiet=True),
    ]
    return ("确认付款", "Confirm payment"), notice, buttons


def _code_form() -> Reply:
    fields = (
        '<label for="code">code_url</label>'
        f'<input id="code" name="code_url" placeholder="{CODE_URL_PREFIX}…" required>'
    )
    sheet = Sheet(
        channel=CHANNEL,
        heading=("扫一扫", "Scan"),
        lead=("把二维码里的内容粘贴到这里。", "Paste what the QR code says."),
        actions=[Button(("打开", "Open"), _SCAN_PATH, fields=fields, method="get")],
    )
    return pay_page(sheet)


def _wrongly_signed() -> Reply:
    text = (
        "支付验证签名失败，请回到商家页面重试。",
        "The shop's signature of this payment is wrong. Please go back and try again.",
    )
    heading = ("不能支付", "Not payable")
    return pay_page(Sheet(channel=CHANNEL, heading=heading, lead=text, status=400))


def _unknown() -> Reply:
    text = (
        "请回到商家页面，重新获取付款码。",
        "Please go back to the shop and get a new code.",
    )
    return pay_page(
        Sheet(
            channel=CHANNEL,
            heading=("无效的付款码", "Unknown code"),
            lead=text,
            status=404,
        )
    )
