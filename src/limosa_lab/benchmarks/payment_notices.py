"""Notifications for `limosa bench payments`: written and signed as each provider does, ready to
send.

They are created before the measurement, by the simulated gateway's own wires: signing is the
provider's time, not ours.
"""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from limosa.simulators.clock import beijing_time
from limosa.simulators.payment_gateway.faults import NotificationFault
from limosa.simulators.payment_gateway.gateway import Gateway
from limosa.simulators.payment_gateway.notifications import Event, make_notification
from limosa.simulators.payment_gateway.wire import Json

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Due:
    """A payment that waits for its notification."""

    number: str
    amount_minor: int
    currency: str


def notices(gateway: Gateway, provider: str, dues: list[Due]) -> list[bytes]:
    """Return a complete HTTP request for each payment, signed now."""
    content = _CONTENTS[provider]
    return [_request(gateway, provider, content(gateway.settings, due), due) for due in dues]


def forged(genuine: bytes, *, count: int) -> list[bytes]:
    """Return requests that look like a genuine one but are forged: a byte of the body differs."""
    head, _, body = genuine.partition(b"\r\n\r\n")
    places = [secrets.randbelow(len(body) - 1) for _ in range(count)]
    return [
        head + b"\r\n\r\n" + body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
        for place in places
    ]


def _request(gateway: Gateway, provider: str, said: tuple[str, str, Json], due: Due) -> bytes:
    id_, kind, content = said
    now = gateway.clock()
    event = Event(due.number, kind, f"/payments/{provider}/notify", content, id=id_)
    notification = make_notification(provider, event, NotificationFault(), now=now)
    sent = gateway.wires[provider].outgoing(notification, None, now=now)
    lines = [
        f"POST {sent.url} HTTP/1.1",
        f"Host: {HOST}",
        f"Content-Length: {len(sent.body)}",
        *(f"{name}: {value}" for name, value in sent.headers.items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + sent.body


def _wechatpay(settings: Mapping[str, str], due: Due) -> tuple[str, str, Json]:
    amount = {"total": due.amount_minor, "payer_total": due.amount_minor, "currency": due.currency}
    resource: Json = {
        "mchid": settings["LIMOSA_WECHATPAY_MCHID"],
        "appid": settings["LIMOSA_WECHATPAY_APPID"],
        "out_trade_no": due.number,
        "transaction_id": _digits(28),
        "trade_type": "NATIVE",
        "trade_state": "SUCCESS",
        "success_time": beijing_time(_moment()),
        "amount": {**amount, "payer_currency": due.currency},
    }
    return f"EV-{secrets.token_hex(16)}", "TRANSACTION.SUCCESS", resource


def _alipay(settings: Mapping[str, str], due: Due) -> tuple[str, str, Json]:
    amount = f"{due.amount_minor // 100}.{due.amount_minor % 100:02}"
    paid_at = beijing_time(_moment()).replace("T", " ")[:19]
    notice: Json = {
        "trade_no": _digits(28),
        "out_trade_no": due.number,
        "trade_status": "TRADE_SUCCESS",
        "total_amount": amount,
        "receipt_amount": amount,
        "seller_id": settings["LIMOSA_ALIPAY_SELLER_ID"],
        "gmt_create": paid_at,
        "gmt_payment": paid_at,
    }
    return secrets.token_hex(16), "TRADE_SUCCESS", notice


def _paypal(settings: Mapping[str, str], due: Due) -> tuple[str, str, Json]:
    moment = beijing_time(_moment())
    resource: Json = {
        "id": secrets.token_hex(8).upper() + "P",
        "status": "COMPLETED",
        "amount": {
            "currency_code": due.currency,
            "value": f"{due.amount_minor // 100}.{due.amount_minor % 100:02}",
        },
        "final_capture": True,
        "payee": {"merchant_id": settings["LIMOSA_PAYPAL_MERCHANT_ID"]},
        "invoice_id": due.number,
        "custom_id": due.number,
        "create_time": moment,
        "update_time": moment,
    }
    return f"WH-{secrets.token_hex(16).upper()}", "PAYMENT.CAPTURE.COMPLETED", resource


def _stripe(_settings: Mapping[str, str], due: Due) -> tuple[str, str, Json]:
    now, id_ = int(_moment()), f"evt_{secrets.token_hex(12)}"
    session: Json = {
        "id": f"cs_test_{secrets.token_hex(24)}",
        "object": "checkout.session",
        "amount_total": due.amount_minor,
        "client_reference_id": due.number,
        "currency": due.currency.lower(),
        "livemode": False,
        "metadata": {"payment_number": due.number},
        "mode": "payment",
        "payment_intent": f"pi_{secrets.token_hex(12)}",
        "payment_status": "paid",
        "status": "complete",
    }
    event: Json = {
        "id": id_,
        "object": "event",
        "created": now,
        "data": {"object": session},
        "livemode": False,
        "type": "checkout.session.completed",
    }
    return id_, "checkout.session.completed", json.loads(json.dumps(event))


_Content = Callable[[Mapping[str, str], Due], tuple[str, str, Json]]
_CONTENTS: Mapping[str, _Content] = {
    "wechatpay": _wechatpay,
    "alipay": _alipay,
    "paypal": _paypal,
    "stripe": _stripe,
}
PROVIDERS = tuple(_CONTENTS)


def _digits(count: int) -> str:
    return "".join(secrets.choice("0123456789") for _ in range(count))


def _moment() -> float:
    import time

    return time.time()  # noqa: TID251 -- a signature bears the true time.
