"""The required parameters of a request. Source: opendocs.alipay.com, the pages of each call.

The documentation warns of undocumented members ("会造成退款失败或重复退款"), so this gateway
refuses them all: a merchant's mistake shows here, not with real money.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from limosa.simulators.clock import BEIJING
from limosa.simulators.payment_gateway.alipay.refusals import invalid, missing, parameter
from limosa.simulators.payment_gateway.wire import Json

FEN_MAX = 10**10  # A hundred million yuan.
EXPIRY_SECONDS_MAX = 15 * 86_400.0
_YUAN = re.compile(r"(\d{1,9})(?:\.(\d{1,2}))?", re.ASCII)
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)
_PUBLIC = ("app_id", "method", "timestamp", "version", "charset", "sign_type", "sign")
_FIXED = {"version": "1.0", "sign_type": "RSA2", "format": "JSON", "charset": "UTF-8"}


@dataclass(frozen=True, slots=True)
class Text:
    """The rule for one string member of biz_content."""

    length_max: int
    required: bool = True
    pattern: str = ""


_NUMBER = Text(64, pattern=r"[0-9A-Za-z_]+")
_ORDER = {
    "out_trade_no": _NUMBER,
    "total_amount": Text(11),
    "subject": Text(256, pattern=r"[^/=&]+"),
    "time_expire": Text(32, required=False),
}
RULES: Mapping[str, Mapping[str, Text]] = {
    "alipay.trade.precreate": {**_ORDER, "product_code": Text(64, pattern="QR_CODE_OFFLINE")},
    "alipay.trade.page.pay": {**_ORDER, "product_code": Text(64, pattern="FAST_INSTANT_TRADE_PAY")},
    "alipay.trade.wap.pay": {
        **_ORDER,
        "product_code": Text(64, pattern="QUICK_WAP_WAY"),
        "quit_url": Text(400, required=False),
    },
    "alipay.trade.query": {"out_trade_no": _NUMBER},
    "alipay.trade.close": {"out_trade_no": _NUMBER},
    "alipay.trade.refund": {
        "out_trade_no": _NUMBER,
        "out_request_no": Text(64, required=False, pattern=r"[0-9A-Za-z_]+"),
        "refund_amount": Text(16),
        "refund_reason": Text(256, required=False),
        "refund_currency": Text(3, required=False),
    },
    "alipay.trade.fastpay.refund.query": {"out_trade_no": _NUMBER, "out_request_no": _NUMBER},
    "alipay.data.dataservice.bill.downloadurl.query": {
        "bill_type": Text(20, pattern="trade"),
        "bill_date": Text(15, pattern=r"\d{4}-\d\d-\d\d"),
        "secure": Text(10, required=False),
    },
}
# Members that are objects; their content is not checked.
_OBJECTS = {"business_params"}


def check_public(parameters: Mapping[str, str]) -> None:
    """Refuse a request without the common parameters. Raises GatewayRefusalError."""
    for name in _PUBLIC:
        if not parameters.get(name):
            raise missing(name)
    for name, value in _FIXED.items():
        if parameters.get(name, value).upper() != value:
            raise invalid(name, f"{name} 应为 {value}")
    if not _TIME.fullmatch(parameters["timestamp"]):
        raise invalid("timestamp", "时间戳参数无效，格式为 yyyy-MM-dd HH:mm:ss")
    if parameters["method"] not in RULES:
        raise invalid("method", "不存在的方法名")
    _check_addresses(parameters)


def _check_addresses(parameters: Mapping[str, str]) -> None:
    for name in ("notify_url", "return_url"):
        if parameters.get(name) and not _is_web_address(parameters[name]):
            raise invalid(name, f"{name} 不是合法的 URL")


def content_of(parameters: Mapping[str, str]) -> Json:
    """Return biz_content, checked against the rules of its call. Raises GatewayRefusalError."""
    try:
        content = json.loads(parameters.get("biz_content") or "{}")
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise invalid("parameter", "biz_content 不是合法的 JSON 对象")
    rules = RULES[parameters["method"]]
    for name in content.keys() - rules.keys():
        if name not in _OBJECTS or not isinstance(content[name], dict):
            raise parameter(name, "不在接口文档中")
    for name, rule in rules.items():
        if issue := _issue(content.get(name), rule):
            raise parameter(name, issue)
    return content


def fen(text: object, name: str) -> int:
    """Parse yuan into fen. Raises GatewayRefusalError."""
    found = _YUAN.fullmatch(str(text))
    amount = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else 0
    if not 1 <= amount <= FEN_MAX:
        raise parameter(name, "取值范围 [0.01,100000000]，精确到小数点后两位")
    return amount


def moment(text: object, *, now: float) -> float:
    """Parse a time_expire into seconds since the epoch. Raises GatewayRefusalError."""
    found = _TIME.fullmatch(str(text))
    try:
        at = datetime.fromisoformat(found[0] if found else "").replace(tzinfo=BEIJING).timestamp()
    except ValueError:
        raise parameter("time_expire", "格式为 yyyy-MM-dd HH:mm:ss") from None
    if at > now + EXPIRY_SECONDS_MAX:
        raise parameter("time_expire", "范围为 1m~15d")
    return at


def _issue(value: object, rule: Text) -> str:
    if value is None:
        return "必填" if rule.required else ""
    if not isinstance(value, str):
        return "类型应为字符串"
    if not 1 <= len(value) <= rule.length_max:
        return f"长度应为 1 到 {rule.length_max} 个字符"
    if rule.pattern and not re.fullmatch(rule.pattern, value):
        return "含有不允许的字符或取值"
    return ""


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        # The real one requires a public host; this one runs on one machine.
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
