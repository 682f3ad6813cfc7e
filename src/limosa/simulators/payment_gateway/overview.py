"""The gateway's home page: its channels, and the latest payments on each."""

from collections.abc import Sequence
from html import escape
from itertools import islice

from limosa.simulators.clock import beijing_time
from limosa.simulators.loopback_http import Reply, Request, Routes
from limosa.simulators.page_look import STYLE_PATH, Frame, page, style_reply
from limosa.simulators.payment_gateway.gateway import Gateway
from limosa.simulators.payment_gateway.pay_page import NO_MONEY, amount_text
from limosa.simulators.payment_gateway.wire import Recent, Wire

RECENT_COUNT = 10


class Overview:
    """Serves the home page and the style sheet for a gateway."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def add_to(self, routes: Routes) -> None:
        routes.add("GET", STYLE_PATH, lambda _request, _words: style_reply())
        routes.add("GET", "/", self._show)

    def _show(self, _request: Request, _words: dict[str, str]) -> Reply:
        wires = self._gateway.wires.values()
        with self._gateway.store.transaction() as db:
            parts = [_channel(wire, wire.recent(db, count=RECENT_COUNT)) for wire in wires]
        content = f"{NO_MONEY}<h1>支付渠道 · Payment channels</h1>{''.join(parts)}"
        return page("支付渠道 · Payment channels", content, Frame(aside="模拟支付 · Demo pay"))


def _channel(wire: Wire, payments: Sequence[Recent]) -> str:
    lines = "".join(map(_line, islice(payments, RECENT_COUNT)))
    if not lines:
        lines = '<li class="muted">还没有付款。 <span lang="en">No payments yet.</span></li>'
    return f'<h2>{escape(wire.title)}</h2><ul class="list">{lines}</ul>'


def _line(payment: Recent) -> str:
    amount = amount_text(payment.amount_minor, payment.currency)
    at = beijing_time(payment.created_at).replace("T", " ")[:16]
    text = (
        f'<b>{escape(payment.description)}</b><br><span class="num">{escape(amount)}</span>'
        f' · {escape(payment.state)}<br><span class="muted small">{escape(payment.number)} · {at}'
        "</span>"
    )
    if payment.path:
        text = f'<a class="block" href="{escape(payment.path)}">{text}</a>'
    return f"<li>{text}</li>"
