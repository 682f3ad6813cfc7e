"""What the payer sees: log in as a made-up person, look at the order, approve or cancel.

As on PayPal's own page, the payer returns to the merchant's `return_url` with `token` and
`PayerID`, or to `cancel_url` with `token`, neither of which proves anything to the merchant.
"""

from collections.abc import Callable
from html import escape
from urllib.parse import urlencode, urlsplit

from limosa.simulators.loopback_http import Reply, Request, Routes
from limosa.simulators.page_look import see_other
from limosa.simulators.payment_gateway.pay_page import (
    MERCHANT_NAME,
    Button,
    Notice,
    Pair,
    Sheet,
    pay_page,
    web_address,
)
from limosa.simulators.payment_gateway.paypal.orders import DEFAULT_PAYER, Order, find_order
from limosa.simulators.payment_gateway.paypal.views import APPROVE_PATH
from limosa.simulators.payment_gateway.wire import Desk, NotPayableError

CHANNEL = "PayPal"
PAYERS = (DEFAULT_PAYER, "li.wei@payer.example", "ana.garcia@payer.example")
_VAULT_PAIR: Pair = (
    "你同意 Limosa 续航以后直接从这个 PayPal 账户扣款，无需再次确认；可随时在 PayPal 取消。",
    "You let Limosa charge this PayPal account later without asking. You can end that at PayPal.",
)


class ApprovePages:
    """Serves the payer's pages. `approve` records the payer's approval of an order, by its id."""

    def __init__(self, desk: Desk, *, approve: Callable[[str, str], object]) -> None:
        self._desk, self._approve = desk, approve

    def add_to(self, routes: Routes) -> None:
        routes.add("GET", APPROVE_PATH, self._show)
        routes.add("POST", f"{APPROVE_PATH}/confirm", self._confirm)
        routes.add("POST", f"{APPROVE_PATH}/cancel", self._cancel)

    def _show(self, request: Request, _words: dict[str, str]) -> Reply:
        order = self._find(request.query.get("token", ""))
        return _unknown() if order is None else _order_page(order)

    def _confirm(self, request: Request, _words: dict[str, str]) -> Reply:
        """Approve. Once this has answered, that is on disk and its webhook is queued."""
        order = self._find(request.query.get("token", ""))
        if order is None:
            return _unknown()
        email = request.form.get("payer", DEFAULT_PAYER)
        try:
            self._approve(order.id, email if email in PAYERS else DEFAULT_PAYER)
        except NotPayableError:
            return _order_page(order)  # The page says what is wrong, also on resubmission.
        payer_id = f"PAYER{PAYERS.index(email) if email in PAYERS else 0:08}"
        return _back(order.return_url, order, PayerID=payer_id)

    def _cancel(self, request: Request, _words: dict[str, str]) -> Reply:
        order = self._find(request.query.get("token", ""))
        return _unknown() if order is None else _back(order.cancel_url, order)

    def _find(self, token: str) -> Order | None:
        with self._desk.store.transaction() as db:
            order = find_order(db, token)
        return order if order is not None and order.id == token else None


def _back(address: str, order: Order, **words: str) -> Reply:
    """Send the payer back to the merchant, or to this page if there is no URL."""
    url = web_address(address)
    if not url:
        return see_other(f"{APPROVE_PATH}?token={order.id}")
    joint = "&" if urlsplit(url).query else "?"
    return see_other(f"{url}{joint}{urlencode({'token': order.id, **words})}")


def _order_page(order: Order) -> Reply:
    facts = {
        ("收款方", "Payee"): MERCHANT_NAME,
        ("商品", "For"): order.description,
        ("单号", "Number"): order.invoice_id,
    }
    sheet = Sheet(
        channel=CHANNEL,
        heading=("确认付款", "Confirm payment"),
        amount_minor=order.amount,
        currency=order.currency,
        facts=facts,
        notice=Notice(_VAULT_PAIR) if order.vault_customer is not None else None,
        actions=[
            Button(("登录并付款", "Log in and pay"), _path(order, "confirm"), fields=_payers()),
            Button(("取消", "Cancel"), _path(order, "cancel"), is_quiet=True),
        ],
    )
    if order.is_open:
        return pay_page(sheet)
    over = ("已同意付款，可以关闭此页。", "You have agreed. You can close this page.")
    return pay_page(
        Sheet(
            channel=CHANNEL,
            heading=("已同意", "Approved"),
            amount_minor=order.amount,
            currency=order.currency,
            facts=facts,
            notice=Notice(over, is_good=True),
        )
    )


def _path(order: Order, act: str) -> str:
    return f"{APPROVE_PATH}/{act}?token={order.id}"


def _payers() -> str:
    """Return the choice of made-up payers."""
    choices = "".join(f'<option value="{escape(one)}">{escape(one)}</option>' for one in PAYERS)
    return (
        '<label for="payer">PayPal 账户 · <span lang="en">PayPal account</span></label>'
        f'<select id="payer" name="payer">{choices}</select>'
    )


def _unknown() -> Reply:
    text = (
        "请回到商家页面，重新发起付款。",
        "Please go back to the shop and begin again.",
    )
    sheet = Sheet(
        channel=CHANNEL, heading=("无效的链接", "Unknown link"), notice=Notice(text), status=404
    )
    return pay_page(sheet)
