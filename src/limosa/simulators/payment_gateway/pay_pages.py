"""What the payer sees: scan a code, look at the order, pay or cancel. Works without scripts.

A code or link leads to /pay/<token>. As with WeChat's H5 payment, a `redirect_url` in the address
is where the payer goes afterwards, paid or not, and tells the merchant nothing.
"""

from html import escape
from urllib.parse import parse_qs, quote, urlsplit

from limosa.simulators.clock import beijing_time
from limosa.simulators.loopback_http import Reply, Request, Routes
from limosa.simulators.page_look import STYLE_PATH, Frame, page, see_other, style_reply
from limosa.simulators.payment_gateway.gateway import Gateway
from limosa.simulators.payment_gateway.merchant import MERCHANT_NAME
from limosa.simulators.payment_gateway.orders import (
    CODE_URL_PREFIX,
    NotPayableError,
    Order,
    Payment,
    find_order,
)

_FRAME = Frame(aside="模拟支付 · Demo pay")
_NO_MONEY = """<p class="notice">演示用，不会扣真钱。<br>
<span lang="en">A demo: no real money moves.</span></p>"""
_SIGNS = {"CNY": "¥", "USD": "$", "JPY": "JP¥", "EUR": "€"}


class PayPages:
    """Serves the payer's pages on behalf of a gateway."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def add_to(self, routes: Routes) -> None:
        routes.add("GET", STYLE_PATH, lambda _request, _words: style_reply())
        routes.add("GET", "/", self._scan)
        routes.add("GET", "/scan", self._scan)
        routes.add("GET", "/pay/{token}", self._show)
        routes.add("POST", "/pay/{token}/confirm", self._confirm)
        routes.add("POST", "/pay/{token}/cancel", self._cancel)

    def _scan(self, request: Request, _words: dict[str, str]) -> Reply:
        """Do what a phone does with the code: open its page. Without a code, ask for one."""
        code = request.query.get("code_url", "").strip()
        if not code:
            return _code_form()
        token = parse_qs(urlsplit(code).query).get("pr", [""])[0]
        if not code.startswith(CODE_URL_PREFIX) or self._find(token) is None:
            return _unknown()
        return see_other(_with_redirect(f"/pay/{quote(token)}", request))

    def _show(self, request: Request, words: dict[str, str]) -> Reply:
        order = self._find(words["token"])
        if order is None:
            return _unknown()
        has_lapsed = order.has_lapsed(self._gateway.clock())
        return _order_page(order, request, has_lapsed=has_lapsed)

    def _confirm(self, request: Request, words: dict[str, str]) -> Reply:
        """Pay. When this has answered, the payment is on disk and its notification is queued."""
        order = self._find(words["token"])
        if order is None:
            return _unknown()
        here = _with_redirect(f"/pay/{order.token}", request)
        try:
            self._gateway.pay(order.out_trade_no, Payment())
        except NotPayableError:
            return see_other(here)  # The page says what is the matter, also to a second press.
        return see_other(_redirect_url(request) or here)

    def _cancel(self, request: Request, words: dict[str, str]) -> Reply:
        """Go back without paying; the order stays open."""
        return see_other(_redirect_url(request) or f"/pay/{quote(words['token'])}?cancelled=1")

    def _find(self, token: str) -> Order | None:
        with self._gateway.store.transaction() as db:
            return find_order(db, "token", token)


def _order_page(order: Order, request: Request, *, has_lapsed: bool) -> Reply:
    amount = f"{_SIGNS.get(order.currency, order.currency + ' ')}{order.total / 100:,.2f}"
    facts = {
        ("收款方", "Payee"): MERCHANT_NAME,
        ("商品", "For"): order.description,
        ("单号", "Number"): order.out_trade_no,
    }
    if order.paid_at is not None:
        facts["时间", "Time"] = beijing_time(order.paid_at).replace("T", " ")[:19]
    rows = "".join(
        f'<div><dt>{zh} <span lang="en">{en}</span></dt><dd>{escape(value)}</dd></div>'
        for (zh, en), value in facts.items()
    )
    title, state, actions = _state_of(order, request, has_lapsed=has_lapsed)
    content = (
        f"{_NO_MONEY}{state}<h1>{title}</h1>"
        f'<p class="amount">{escape(amount)}</p><dl>{rows}</dl>{actions}'
    )
    return page(f"付款 {amount} · Pay", content, _FRAME)


def _state_of(order: Order, request: Request, *, has_lapsed: bool) -> tuple[str, str, str]:
    """Return heading, notice and buttons for the state the order is in."""
    back = ""
    if redirect_url := _redirect_url(request):
        back = f'<a class="button quiet" href="{escape(redirect_url)}">返回商家 · Back</a>'
    if order.is_paid:
        notice = '<p class="notice good" role="status">支付成功，可以关闭此页。<br>'
        notice += '<span lang="en">Paid. You can close this page.</span></p>'
        return "已支付 · Paid", notice, back
    if order.state == "CLOSED" or has_lapsed:
        notice = '<p class="notice" role="status">订单已关闭或已过期，请回到商家重新下单。<br>'
        notice += '<span lang="en">This order is closed or too old. Please order again.</span></p>'
        return "不能支付 · Not payable", notice, back
    notice = ""
    if request.query.get("cancelled"):
        notice = '<p class="notice" role="status">已取消，没有付款。<br>'
        notice += '<span lang="en">Cancelled: nothing was paid.</span></p>'
    forms = ""
    for act, kind, label in (("confirm", "", "支付 · Pay"), ("cancel", "quiet", "取消 · Cancel")):
        action = escape(_with_redirect(f"/pay/{order.token}/{act}", request))
        forms += f'<form method="post" action="{action}">'
        forms += f'<button class="{kind}">{label}</button></form>'
    return "确认付款 · Confirm payment", notice, forms


def _code_form() -> Reply:
    content = (
        f"{_NO_MONEY}<h1>扫一扫 · Scan</h1>"
        '<p class="muted">把二维码里的内容粘贴到这里。<br>'
        '<span lang="en">Paste what the QR code says.</span></p>'
        '<form action="/scan"><label for="code">code_url</label>'
        f'<input id="code" name="code_url" placeholder="{CODE_URL_PREFIX}…" required>'
        "<button>打开 · Open</button></form>"
    )
    return page("扫一扫 · Scan", content, _FRAME)


def _unknown() -> Reply:
    content = (
        '<h1>无效的付款码 · Unknown code</h1><p class="muted">请回到商家页面，重新获取付款码。<br>'
        '<span lang="en">Please go back to the shop and get a new code.</span></p>'
    )
    return page("无效的付款码 · Unknown code", content, _FRAME, status=404)


def _redirect_url(request: Request) -> str:
    """Return where to go afterwards; empty unless it is a web address."""
    url = request.query.get("redirect_url", "")
    is_clean = url.isprintable() and " " not in url
    return url if is_clean and urlsplit(url).scheme in {"http", "https"} else ""


def _with_redirect(path: str, request: Request) -> str:
    url = _redirect_url(request)
    return f"{path}?redirect_url={quote(url, safe='')}" if url else path
