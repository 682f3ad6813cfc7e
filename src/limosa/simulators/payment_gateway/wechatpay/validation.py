"""Validates requests field by field; members not named here are accepted.

Source: the pages "Native下单", "H5下单", "JSAPI下单" and "申请退款" at pay.weixin.qq.com/doc/v3.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from limosa.simulators.payment_gateway.wechatpay.refusals import (
    Code,
    GatewayRefusalError,
    parameter_refusal,
)
from limosa.simulators.payment_gateway.wire import Json

OPENID = r"o[0-9A-Za-z_-]{27}"
AMOUNT_MAX = 10**11  # Ours: a thousand million yuan.


@dataclass(frozen=True, slots=True)
class Text:
    """The rule for one string member."""

    name: str
    length_max: int
    length_min: int = 1
    required: bool = True
    pattern: str = ""


ORDER_TEXTS = (
    Text("appid", 32),
    Text("mchid", 32),
    Text("description", 127),
    Text("out_trade_no", 32, length_min=6, pattern=r"[0-9A-Za-z_\-|*]+"),
    Text("notify_url", 255),
    Text("time_expire", 64, required=False),
    Text("attach", 128, required=False, length_min=0),
    Text("goods_tag", 32, required=False, length_min=0),
)
REFUND_TEXTS = (
    Text("transaction_id", 32, required=False),
    Text("out_trade_no", 32, length_min=6, required=False),
    Text("out_refund_no", 64, pattern=r"[0-9A-Za-z_\-|*@]+"),
    Text("reason", 80, required=False, length_min=0),
    Text("notify_url", 256, required=False),
)


def parse_body(body: bytes) -> Json:
    """Read a JSON object. Raises GatewayRefusalError."""
    try:
        value = json.loads(body)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise GatewayRefusalError(Code.PARAM_ERROR, "请求体不是合法的JSON对象")
    return value


def check_order(order: Json, *, kind: str) -> None:
    """Refuse an order that the real gateway would refuse. Raises GatewayRefusalError.

    kind: native, h5 (requires the scene) or jsapi (requires the payer).
    """
    check_texts(order, ORDER_TEXTS)
    _check_notify_url(order)
    amount = _member(order, "amount")
    _check_amount(amount, "total")
    _check_currency(amount)
    if isinstance(order.get("time_expire"), str):
        parse_time(str(order["time_expire"]))
    if kind == "h5" or "scene_info" in order:
        _check_scene(_member(order, "scene_info"), is_h5=kind == "h5")
    if kind == "jsapi":
        _check_payer(_member(order, "payer"))


def check_refund(refund: Json) -> None:
    """Refuse an invalid refund request. Raises GatewayRefusalError."""
    check_texts(refund, REFUND_TEXTS)
    if not (refund.get("transaction_id") or refund.get("out_trade_no")):
        raise parameter_refusal("/transaction_id", "transaction_id 与 out_trade_no 二选一", None)
    if "notify_url" in refund:
        _check_notify_url(refund)
    amount = _member(refund, "amount")
    _check_amount(amount, "refund")
    _check_amount(amount, "total")
    if not isinstance(amount.get("currency"), str):
        raise parameter_refusal("/amount/currency", "必填", amount.get("currency"))


def check_texts(members: Json, rules: tuple[Text, ...]) -> None:
    """Check each string member against its rule. Raises GatewayRefusalError for the first."""
    for rule in rules:
        value = members.get(rule.name)
        if value is None and not rule.required:
            continue
        issue = _text_issue(value, rule)
        if issue:
            raise parameter_refusal(f"/{rule.name}", issue, value)


def _text_issue(value: object, rule: Text) -> str:
    if value is None:
        return "必填"
    if not isinstance(value, str):
        return "类型应为字符串"
    if not rule.length_min <= len(value) <= rule.length_max:
        return f"长度应为 {rule.length_min} 到 {rule.length_max} 个字符"
    if rule.pattern and not re.fullmatch(rule.pattern, value):
        return "含有不允许的字符"
    return ""


def parse_time(text: str) -> float:
    """Parse an RFC 3339 time with its offset into seconds since the epoch."""
    rfc3339 = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"
    refusal = parameter_refusal("/time_expire", "应遵循 rfc3339 格式", text)
    if not re.fullmatch(rfc3339, text):
        raise refusal
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        raise refusal from None


def _member(members: Json, name: str) -> Json:
    value = members.get(name)
    if not isinstance(value, dict):
        issue = "必填" if value is None else "类型应为对象"
        raise parameter_refusal(f"/{name}", issue, value)
    return value


def _check_amount(amount: Json, name: str) -> None:
    value = amount.get(name)
    # In Python a bool is an int; in JSON it is not.
    if type(value) is not int or not 1 <= value <= AMOUNT_MAX:
        raise parameter_refusal(f"/amount/{name}", "应为不小于 1 的整数，单位为分", value)


def _check_currency(amount: Json) -> None:
    if amount.get("currency", "CNY") != "CNY":
        raise parameter_refusal(
            "/amount/currency", "境内商户号仅支持人民币 CNY", amount["currency"]
        )


def _check_notify_url(members: Json) -> None:
    url = str(members["notify_url"])
    try:
        parts = urlsplit(url)
        # The real one requires https and a public host; this one runs on one machine.
        is_valid = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_valid = False
    if not is_valid:
        raise parameter_refusal("/notify_url", "不是合法的 URL", url)
    if "?" in url or "#" in url:
        raise parameter_refusal("/notify_url", "不能携带参数", url)


def _check_payer(payer: Json) -> None:
    openid = payer.get("openid")
    # The real one knows whether the payer belongs to the appid; this one knows only the format.
    if not isinstance(openid, str) or not re.fullmatch(OPENID, openid):
        raise parameter_refusal("/payer/openid", "无效的openid", openid)


def _check_scene(scene: Json, *, is_h5: bool) -> None:
    address = scene.get("payer_client_ip")
    try:
        ip_address(str(address))
    except ValueError:
        raise parameter_refusal("/scene_info/payer_client_ip", "应为 IP 地址", address) from None
    if not is_h5:
        return
    h5_info = scene.get("h5_info")
    kind = h5_info.get("type") if isinstance(h5_info, dict) else None
    if not isinstance(kind, str) or not kind:
        raise parameter_refusal("/scene_info/h5_info/type", "必填", kind)
