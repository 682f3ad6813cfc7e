"""What BillionConnect calls things, and its codes.

Sources: transcriptions of the vendor's interface document. Known codes are 1000, 1003, 1047 and
1999; every other code here is ours, and so is what the document does not say: the pauses between
callbacks; that a second order with the same number is a second order; that only eSIMs that were
ordered as rechargeable are recharged, behind what runs on them.
"""

import hashlib
from datetime import datetime

from limosa.simulators.clock import BEIJING
from limosa.simulators.wholesale.esims import (
    CANCELLED,
    DELETED,
    DISABLED,
    DOWNLOADED,
    ENABLED,
    INSTALLED,
    RELEASED,
    RUNNING,
    WAITING,
    Bundle,
    Esim,
)
from limosa.simulators.wholesale.orders import ACCEPTED, DELIVERED, Order, Reason
from limosa.simulators.wholesale.plans import REGIONS, SIZES, Plan, Region, Size

OK = "1000"
CODES = {
    Reason.PARAMETER: ("1003", "参数错误"),
    Reason.SIGNATURE: ("1001", "签名错误"),
    Reason.PLAN: ("1020", "商品不存在"),
    Reason.ORDER: ("1021", "订单不存在"),
    Reason.ESIM: ("1022", "卡号不存在"),
    Reason.STATE: ("1023", "当前状态不允许此操作"),
    Reason.STOCK: ("1024", "库存不足"),
    Reason.CREDIT: ("1025", "余额不足"),
    Reason.TOTAL: ("1026", "金额不一致"),
    Reason.BUSY: ("1999", "系统繁忙"),
    Reason.MAINTENANCE: ("1999", "系统维护中"),
}
NO_STRATEGY = "1047"
PAUSES = (30.0, 60.0, 300.0, 900.0, 3600.0)
SALES_METHODS = frozenset("123456")
COPIES_MAX = 30
VALID_DAYS = 180
EAST_SECONDS = 8 * 3600.0
_PROFILES = {
    RELEASED: "0",
    DOWNLOADED: "1",
    INSTALLED: "2",
    ENABLED: "3",
    DISABLED: "4",
    DELETED: "5",
}
_ORDERS = {ACCEPTED: "0", DELIVERED: "1"}
_BUNDLES = {WAITING: "0", RUNNING: "1", CANCELLED: "3"}


def code_of(region: Region, size: Size, use: str) -> str:
    """Return a number of sixteen digits, as the vendor's are."""
    del use
    place = REGIONS.index(region) * 100 + SIZES.index(size) * 10
    return f"1653{place * 7919 % 10**12:012}"


def sign(secret: str, body: bytes) -> str:
    """Return the signature of the exact bytes, of a request or a callback."""
    return hashlib.md5(secret.encode() + body, usedforsecurity=False).hexdigest()


def time_text(at: float | None) -> str:
    """Return a time in Beijing, without saying so; empty for none."""
    if at is None:
        return ""
    return datetime.fromtimestamp(at, BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def price_text(amount: int) -> str:
    """Return an amount in yuan, with two decimals."""
    return f"{amount / 10_000:.2f}"


def kilobytes(volume: int | None) -> str:
    """Return a volume in KB; -1: unlimited."""
    return "-1" if volume is None else str(volume // 1024)


def profile_of(profile: str) -> str:
    return _PROFILES[profile]


def order_status(order: Order) -> str:
    return _ORDERS.get(order.state, "2")


def plan_status(bundle: Bundle) -> str:
    return _BUNDLES.get(bundle.state, "2")


def network(region: Region) -> list[dict[str, object]]:
    """Return the countries of a plan with their networks."""
    return [
        {
            "mcc": country,
            "name": country,
            "apn": "internet",
            "apnUsername": "",
            "apnPassword": "",
            "apnType": "0",
            "operatorInfo": [
                {
                    "operator": f"{country} Mobile",
                    "network": "5G",
                    "priority": "1",
                    "ProviderZone": region.exit_country,
                }
            ],
        }
        for country in region.countries
    ]


def product(plan: Plan, *, in_english: bool) -> dict[str, object]:
    """Return a product as F002 tells it."""
    size = plan.size
    return {
        "skuId": plan.code,
        "name": plan.name if in_english else plan.name_zh,
        "type": "230",
        "days": str(size.days),
        "capacity": "" if size.volume is None else kilobytes(size.volume),
        "highFlowSize": "" if size.daily is None else kilobytes(size.daily),
        "limitFlowSpeed": "0" if size.daily is None else "384",
        "hotspotSupport": "1",
        "planType": "0" if size.daily is None else "1",
        "pointContactType": "0" if size.daily is None else "1",
        "timeZone": "UTC+8",
        "pointContactHours": "00:00",
        "rechargeableProduct": "1",
        "rechargeableProductSeriesId": f"S{plan.region.code}",
        "accelerationSupport": "0",
        "refundPolicy": "未激活可退",
        "desc": plan.name_zh,
        "country": network(plan.region),
    }


def expiry_of(esim: Esim) -> float:
    """Return until when an eSIM may be installed and recharged."""
    return esim.created_at + VALID_DAYS * 86_400
