"""What the payer sees: scan a code, look at a trade, pay or cancel. Works without scripts.

A code is a URL, /alipay/qr/<token>: opening it means scanning it. Web and phone payments come to
/alipay/cashier/<token>; from there the payer returns with the documented parameters, which are
signed but do not reveal the payment's state: the merchant has to query it.
"""

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from limosa.simulators.loopback_http import Reply, Request, Routes
from limosa.simulators.page_look import see_other
from limosa.simulators.payment_gateway.alipay import crypto
from limosa.simulators.payment_gateway.alipay.merchant import Merchant
from limosa.simulators.payment_gateway.alipay.trades import (
    CLOSED,
    Trade,
    amount_text,
    begin_trade,
    close_lapsed,
    find_trade,
    time_text,
)
from limosa.simulators.payment_gateway.code_pages import (
    CodePayment,
    code_form,
    payment_page,
    unknown_code,
)
from limosa.simulators.payment_gateway.pay_page import (
    return_address,
    web_address,
    with_return_address,
)
from limosa.simulators.payment_gateway.wire import Desk, Json, NotPayableError, Payment

CHANNEL = "支付宝 · Alipay"
_CASHIER, _CODE, _SCAN = "/alipay/cashier", "/alipay/qr", "/alipay/scan"


def page_path(trade: Trade) -> str:
    """Return where the payer pays."""
    return f"{_CASHIER}/{trade.token}"


def code_url(base_url: str, trade: Trade) -> str:
    """Return the content of the QR code."""
    return f"{base_url}{_CODE}/{trade.token}"


def returning(trade: Trade, merchant: Merchant, *, now: float) -> str:
    """Return the merchant's return URL with its parameters; empty if there is none."""
    address = web_address(trade.return_url)
    if not address:
        return ""
    pairs = {
        "app_id": merchant.app_id,
        "auth_app_id": merchant.app_id,
        "method": f"{trade.method}.return",
        "sign_type": "RSA2",
        "charset": "utf-8",
        "timestamp": time_text(now),
        "version": "1.0",
        "out_trade_no": trade.out_trade_no,
        "trade_no": trade.trade_no or "",
        "total_amount": amount_text(trade.total, trade.currency),
        "seller_id": merchant.seller_id,
    }
    message = crypto.pairs_message(pairs, without=("sign", "sign_type"))
    pairs["sign"] = crypto.sign(merchant.platform_key, message)
    joint = "&" if urlsplit(address).query else "?"
    return f"{address}{joint}{urlencode(pairs)}"


class Cashier:
    """Serves the payer's pages. `pay` takes the payment."""

    def __init__(
        self, desk: Desk, merchant: Merchant, *, pay: Callable[[str, Payment], Json]
    ) -> None:
        self._desk, self._merchant, self._pay = desk, merchant, pay

    def add_to(self, routes: Routes) -> None:
        routes.add("GET", _SCAN, self._scan)
        routes.add("GET", f"{_CODE}/{{token}}", self._open_code)
        routes.add("GET", f"{_CASHIER}/{{token}}", self._show)
        routes.add("POST", f"{_CASHIER}/{{token}}/confirm", self._confirm)
        routes.add("POST", f"{_CASHIER}/{{token}}/cancel", self._cancel)

    def _scan(self, request: Request, _words: dict[str, str]) -> Reply:
        """Do what a phone does with a code. Without a code, ask for one."""
        code = request.query.get("code_url", "").strip()
        if not code:
            return code_form(CHANNEL, path=_SCAN, example=f"http://…{_CODE}/…")
        path, _, token = urlsplit(code).path.rpartition("/")
        return self._begin(token, request) if path == _CODE else unknown_code(CHANNEL)

    def _open_code(self, request: Request, words: dict[str, str]) -> Reply:
        return self._begin(words["token"], request)

    def _begin(self, token: str, request: Request) -> Reply:
        """Begin a code's trade, unless it is too late for that."""
        now = self._desk.clock()
        with self._desk.store.transaction() as db:
            trade = find_trade(db, "token", token)
            if trade is not None and not trade.has_lapsed(now):
                trade = begin_trade(db, trade)
        if trade is None:
            return unknown_code(CHANNEL)
        return see_other(with_return_address(page_path(trade), request))

    def _show(self, request: Request, words: dict[str, str]) -> Reply:
        trade = self._find(words["token"])
        return unknown_code(CHANNEL) if trade is None else self._page(trade, request)

    def _confirm(self, request: Request, words: dict[str, str]) -> Reply:
        """Pay. Once this has answered, the payment is on disk and its notification is queued."""
        trade = self._find(words["token"])
        if trade is None:
            return unknown_code(CHANNEL)
        here = with_return_address(page_path(trade), request)
        try:
            self._pay(trade.out_trade_no, Payment())
        except NotPayableError:
            return see_other(here)  # The page says what is wrong, also on resubmission.
        back = returning(trade, self._merchant, now=self._desk.clock())
        return see_other(return_address(request) or back or here)

    def _cancel(self, request: Request, words: dict[str, str]) -> Reply:
        """Go back without paying; the trade stays open."""
        trade = self._find(words["token"])
        if trade is None:
            return unknown_code(CHANNEL)
        quit_url = return_address(request) or web_address(trade.quit_url)
        return see_other(quit_url or f"{page_path(trade)}?cancelled=1")

    def _find(self, token: str) -> Trade | None:
        now = self._desk.clock()
        with self._desk.store.transaction() as db:
            close_lapsed(db, now=now)
            return find_trade(db, "token", token)

    def _page(self, trade: Trade, request: Request) -> Reply:
        now = self._desk.clock()
        payment = CodePayment(
            channel=CHANNEL,
            path=page_path(trade),
            description=trade.subject,
            number=trade.out_trade_no,
            amount_minor=trade.total,
            currency=trade.currency,
            paid_at="" if trade.paid_at is None else time_text(trade.paid_at),
            is_payable=trade.state != CLOSED and not trade.has_lapsed(now),
            shop_url=return_address(request) or returning(trade, self._merchant, now=now),
        )
        return payment_page(payment, request)
