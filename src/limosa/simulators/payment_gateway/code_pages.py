"""The payer's pages at Alipay and WeChat Pay: scan a code, look at the payment, pay or cancel."""

from dataclasses import dataclass

from limosa.simulators.loopback_http import Reply, Request
from limosa.simulators.payment_gateway.pay_page import (
    MERCHANT_NAME,
    Button,
    Link,
    Notice,
    Pair,
    Sheet,
    pay_page,
    with_return_address,
)


@dataclass(frozen=True, slots=True)
class CodePayment:
    """A payment as its page shows it.

    path: of that page; `/confirm` and `/cancel` below it pay and go back. paid_at: in words; empty
    until it is paid. shop_url: where the payer came from; empty if that is not known.
    """

    channel: str
    path: str
    description: str
    number: str
    amount_minor: int
    currency: str
    paid_at: str
    is_payable: bool
    shop_url: str


def payment_page(payment: CodePayment, request: Request) -> Reply:
    """Show the payment, with what the payer can still do."""
    facts = {
        ("收款方", "Payee"): MERCHANT_NAME,
        ("商品", "For"): payment.description,
        ("单号", "Number"): payment.number,
    }
    if payment.paid_at:
        facts["时间", "Time"] = payment.paid_at
    heading, notice, actions = _state_of(payment, request)
    return pay_page(
        Sheet(
            channel=payment.channel,
            heading=heading,
            amount_minor=payment.amount_minor,
            currency=payment.currency,
            facts=facts,
            notice=notice,
            actions=actions,
        )
    )


def code_form(channel: str, *, path: str, example: str) -> Reply:
    """Ask for what a QR code says; the form leads to `path`."""
    fields = (
        '<label for="code">code_url</label>'
        f'<input id="code" name="code_url" placeholder="{example}" required>'
    )
    sheet = Sheet(
        channel=channel,
        heading=("扫一扫", "Scan"),
        lead=("把二维码里的内容粘贴到这里。", "Paste what the QR code says."),
        actions=[Button(("打开", "Open"), path, fields=fields, method="get")],
    )
    return pay_page(sheet)


def unknown_code(channel: str) -> Reply:
    """Say that a code leads to no payment."""
    text = ("请回到商家页面，重新获取付款码。", "Please go back to the shop and get a new code.")
    heading = ("无效的付款码", "Unknown code")
    return pay_page(Sheet(channel=channel, heading=heading, lead=text, status=404))


def _state_of(
    payment: CodePayment, request: Request
) -> tuple[Pair, Notice | None, list[Button | Link]]:
    """Return heading, notice and buttons for the payment's state."""
    links: list[Button | Link] = []
    if payment.shop_url:
        links.append(Link(("返回商家", "Back"), payment.shop_url))
    if payment.paid_at:
        paid = ("支付成功，可以关闭此页。", "Paid. You can close this page.")
        return ("已支付", "Paid"), Notice(paid, is_good=True), links
    if not payment.is_payable:
        over = (
            "付款已关闭或已过期，请回到商家重新下单。",
            "This payment is closed or too old. Please order again.",
        )
        return ("不能支付", "Not payable"), Notice(over), links
    notice = None
    if request.query.get("cancelled"):
        notice = Notice(("已取消，没有付款。", "Cancelled: nothing was paid."))
    pay = with_return_address(f"{payment.path}/confirm", request)
    cancel = with_return_address(f"{payment.path}/cancel", request)
    buttons: list[Button | Link] = [
        Button(("支付", "Pay"), pay),
        Button(("取消", "Cancel"), cancel, is_quiet=True),
    ]
    return ("确认付款", "Confirm payment"), notice, buttons
