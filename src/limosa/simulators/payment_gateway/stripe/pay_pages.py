"""Where the payer pays: /stripe/checkout/<session>. Works without scripts.

A card whose bank requires authentication leads through a second page, which stands for the bank's.
Afterwards the payer goes where the merchant said, paid or not.
"""

from collections.abc import Callable
from html import escape
from urllib.parse import quote

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
    web_address,
)
from limosa.simulators.payment_gateway.stripe import objects
from limosa.simulators.payment_gateway.stripe.cards import CARDS, USUAL, card_of
from limosa.simulators.payment_gateway.stripe.checkout import SESSION, check_payable
from limosa.simulators.payment_gateway.stripe.objects import Body
from limosa.simulators.payment_gateway.stripe.refusals import RefusalError
from limosa.simulators.payment_gateway.wire import Desk, Json, NotPayableError, Payment

CHANNEL = "银行卡 · Stripe"
_PATH = "/stripe/checkout"
_NOTICES: dict[str, Pair] = {
    "declined": ("银行拒绝了这张卡，请换一张。", "The card was declined. Try another one."),
    "unknown": ("这里只认测试卡号。", "Only test card numbers are known here."),
    "refused": ("身份验证没有通过，没有付款。", "Not authenticated: nothing was paid."),
}
_SAVING: Pair = (
    "付款即表示您同意商家保存此卡，并在以后按约定扣款。",
    "By paying you let the shop keep this card and charge it later, as agreed.",
)


class PayPages:
    """Serves the payer's pages. `pay` takes the payment."""

    def __init__(self, desk: Desk, *, pay: Callable[[str, Payment], Json]) -> None:
        self._desk, self._pay = desk, pay

    def add_to(self, routes: Routes) -> None:
        routes.add("GET", f"{_PATH}/{{id}}", self._show)
        routes.add("POST", f"{_PATH}/{{id}}/pay", self._submit)
        routes.add("POST", f"{_PATH}/{{id}}/authenticate", self._authenticate)
        routes.add("GET", f"{_PATH}/{{id}}/cancel", self._cancel)

    def _show(self, request: Request, words: dict[str, str]) -> Reply:
        session = self._find(words["id"])
        if session is None:
            return _unknown()
        return _session_page(session, request.query.get("notice", ""))

    def _submit(self, request: Request, words: dict[str, str]) -> Reply:
        """Check the card: pay, or go through the bank's page first. The number goes no further."""
        session = self._find(words["id"])
        if session is None:
            return _unknown()
        number = "".join(request.form.get("card", "").split())
        card = card_of(number)
        if card is None:
            return _back(session, "unknown")
        if card.wants_payer:
            return _bank_page(session, list(CARDS).index(number))
        return self._charge(session, number)

    def _authenticate(self, request: Request, words: dict[str, str]) -> Reply:
        session = self._find(words["id"])
        place = request.form.get("card", "")
        if session is None or not place.isdecimal() or int(place) >= len(CARDS):
            return _unknown()
        if request.form.get("answer") != "yes":
            return _back(session, "refused")
        return self._charge(session, list(CARDS)[int(place)])

    def _charge(self, session: Body, number: str) -> Reply:
        try:
            self._pay(session["id"], Payment(words={"card": number}))
        except NotPayableError as error:
            # For anything else the page itself says what is wrong, also on resubmission.
            return _back(session, "declined" if isinstance(error.__cause__, RefusalError) else "")
        return see_other(_return_address(session, "success_url"))

    def _cancel(self, _request: Request, words: dict[str, str]) -> Reply:
        """Go back without paying; the session stays open."""
        session = self._find(words["id"])
        return _unknown() if session is None else see_other(_return_address(session, "cancel_url"))

    def _find(self, id_: str) -> Body | None:
        with self._desk.store.transaction() as db:
            return objects.find(db, SESSION, id_)


def _path(session: Body) -> str:
    return f"{_PATH}/{quote(session['id'])}"


def _return_address(session: Body, name: str) -> str:
    """Return where the merchant wants the payer, including the session's id if requested."""
    url = str(session[name] or "").replace("{CHECKOUT_SESSION_ID}", session["id"])
    return web_address(url) or _path(session)


def _back(session: Body, notice: str) -> Reply:
    return see_other(_path(session) + (f"?notice={notice}" if notice else ""))


def _session_page(session: Body, notice: str) -> Reply:
    facts = {
        ("收款方", "Payee"): MERCHANT_NAME,
        ("商品", "For"): session["_description"],
        ("单号", "Number"): str(session["client_reference_id"] or session["id"]),
    }
    try:
        check_payable(session, Payment())
    except NotPayableError:
        return _over_page(session, facts)
    options = "".join(f'<option value="{number}">' for number in CARDS)
    saving = ""
    if session["_intent"].get("setup_future_usage"):
        zh, en = map(escape, _SAVING)
        saving = f'<p class="muted small">{zh}<br><span lang="en">{en}</span></p>'
    fields = (
        '<label for="card">测试卡号 <span lang="en">Test card number</span></label>'
        f'<input id="card" name="card" value="{USUAL}" inputmode="numeric" autocomplete="off"'
        f' list="cards" required><datalist id="cards">{options}</datalist>{saving}'
    )
    return pay_page(
        Sheet(
            channel=CHANNEL,
            heading=("银行卡付款", "Pay by card"),
            amount_minor=session["amount_total"],
            currency=session["currency"].upper(),
            facts=facts,
            notice=Notice(_NOTICES[notice]) if notice in _NOTICES else None,
            actions=[
                Button(("支付", "Pay"), f"{_path(session)}/pay", fields=fields),
                Button(("返回", "Back"), f"{_path(session)}/cancel", is_quiet=True, method="get"),
            ],
        )
    )


def _over_page(session: Body, facts: dict[Pair, str]) -> Reply:
    is_paid = session["status"] == "complete"
    paid = ("支付成功，可以关闭此页。", "Paid. You can close this page.")
    over = ("付款页面已过期，请回到商家重新付款。", "This page has expired. Please pay again.")
    name = "success_url" if is_paid else "cancel_url"
    return pay_page(
        Sheet(
            channel=CHANNEL,
            heading=("已支付", "Paid") if is_paid else ("不能支付", "Not payable"),
            amount_minor=session["amount_total"],
            currency=session["currency"].upper(),
            facts=facts,
            notice=Notice(paid if is_paid else over, is_good=is_paid),
            actions=[Link(("返回商家", "Back"), _return_address(session, name))],
        )
    )


def _bank_page(session: Body, place: int) -> Reply:
    """Ask the payer as the card's bank would (3-D Secure)."""
    text = ("银行要确认是您本人付款。", "Your bank wants to know that it is you.")

    def button(label: Pair, answer: str, *, is_quiet: bool) -> Button:
        fields = (
            f'<input type="hidden" name="card" value="{place}">'
            f'<input type="hidden" name="answer" value="{answer}">'
        )
        return Button(label, f"{_path(session)}/authenticate", is_quiet=is_quiet, fields=fields)

    return pay_page(
        Sheet(
            channel=CHANNEL,
            heading=("身份验证", "Authentication"),
            amount_minor=session["amount_total"],
            currency=session["currency"].upper(),
            notice=Notice(text),
            actions=[
                button(("是我本人", "It is me"), "yes", is_quiet=False),
                button(("拒绝", "Refuse"), "no", is_quiet=True),
            ],
        )
    )


def _unknown() -> Reply:
    text = ("请回到商家页面，重新付款。", "Please go back to the shop and pay again.")
    return pay_page(
        Sheet(
            channel=CHANNEL,
            heading=("无效的付款页面", "Unknown page"),
            notice=Notice(text),
            status=404,
        )
    )
