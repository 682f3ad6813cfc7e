"""What Airalo's answers are made of."""

from limosa.simulators.loopback_http import Reply, Request
from limosa.simulators.wholesale.airalo.tables import data_text, dollars, megabytes, time_text
from limosa.simulators.wholesale.esims import Esim
from limosa.simulators.wholesale.orders import Order
from limosa.simulators.wholesale.plans import Plan
from limosa.simulators.wholesale.wire import Wire, as_json, read_object

_MANUAL = "<p>eSIM name: Wholesale</p>"
_SCAN = "<p>Scan the QR code.</p>"


def succeeded(data: object, *, status: int = 200, **more: object) -> Reply:
    """Return the vendor's envelope."""
    return as_json({"data": data, "meta": {"message": "success"}, **more}, status=status)


def package(plan: Plan) -> dict[str, object]:
    """Return a plan as `packages` tells it."""
    size, net = plan.size, dollars(plan.price)
    is_topup = plan.use == "renewal"
    return {
        "id": plan.code,
        "type": "topup" if is_topup else "sim",
        "price": net * 2,
        "net_price": net,
        "amount": megabytes(size.volume),
        "day": size.days,
        "is_unlimited": size.volume is None,
        "title": f"{data_text(size)} - {size.days} Days",
        "data": data_text(size),
        "short_info": None,
        "voice": None,
        "text": None,
        "qr_installation": _SCAN,
        "manual_installation": _MANUAL,
        "is_fair_usage_policy": size.daily is not None,
        "fair_usage_policy": "1 GB per day, then 384 kbps" if size.daily is not None else None,
        "prices": {
            "net_price": {"USD": net},
            "recommended_retail_price": {"USD": net * 2},
        },
    }


def sim_row(esim: Esim) -> dict[str, object]:
    """Return an eSIM."""
    code = esim.code
    return {
        "id": int(esim.key),
        "created_at": time_text(esim.created_at),
        "iccid": esim.iccid,
        "lpa": esim.smdp_address,
        "imsis": None,
        "matching_id": esim.matching_id,
        "qrcode": code,
        "qrcode_url": f"https://sandbox.airalo.example/qr?id={esim.key}",
        "direct_apple_installation_url": (
            f"https://esimsetup.apple.com/esim_qrcode_provisioning?carddata={code}"
        ),
        "confirmation_code": None,
        "apn_type": "automatic",
        "apn_value": None,
        "apn": {
            "ios": {"apn_type": "automatic", "apn_value": None},
            "android": {"apn_type": "automatic", "apn_value": None},
        },
        "is_roaming": True,
        "msisdn": None,
        "airalo_code": None,
        "voucher_code": None,
    }


def order_row(wire: Wire, order: Order, esims: list[Esim], *, is_new: bool) -> dict[str, object]:
    """Return an order. Its validity and prices are numbers when it is new, and texts later."""
    plan = wire.listed[order.plan]
    days, net = plan.size.days, dollars(order.cost)
    is_topup = order.esim_id is not None
    row: dict[str, object] = {
        "id": order.id,
        "code": order.reference,
        "currency": "USD",
        "package_id": plan.code,
        "quantity": order.count if is_new else str(order.count),
        "type": "topup" if is_topup else "sim",
        "description": order.number,
        "esim_type": "Prepaid",
        "validity": days if is_new else str(days),
        "package": plan.name,
        "data": data_text(plan.size),
        "price": net * 2 if is_new else f"{net * 2:.2f}",
        "net_price": net if is_new else f"{net:.2f}",
        "pricing_model": "net_pricing",
        "created_at": time_text(order.created_at),
        "manual_installation": "" if is_topup else _MANUAL,
        "qrcode_installation": "" if is_topup else _SCAN,
        "installation_guides": {"en": "https://sandbox.airalo.example/guide"},
        "text": None,
        "voice": None,
        "brand_settings_name": None,
    }
    if not is_topup:
        row["sims"] = [sim_row(one) for one in esims]
    return row


def async_content(
    wire: Wire, order: Order, esims: list[Esim], request_id: str
) -> dict[str, object]:
    """Return what the webhook of an asynchronous order says."""
    row = order_row(wire, order, esims, is_new=True)
    return {"request_id": request_id, "data": row, "meta": {"message": "success"}}


def paged(rows: list[object], query: dict[str, str]) -> Reply:
    """Return a page of rows, by the query's `limit` and `page`."""
    limit = _number(query.get("limit", ""), default=25, most=1000)
    page = _number(query.get("page", ""), default=1, most=100_000)
    shown = rows[(page - 1) * limit : page * limit]
    last = max(1, -(-len(rows) // limit))
    meta = {
        "message": "success",
        "current_page": page,
        "from": (page - 1) * limit + 1 if shown else None,
        "last_page": last,
        "path": "",
        "per_page": str(limit),
        "to": (page - 1) * limit + len(shown) if shown else None,
        "total": len(rows),
    }
    following = f"?page={page + 1}" if page < last else None
    links = {
        "first": "?page=1",
        "last": f"?page={last}",
        "prev": f"?page={page - 1}" if page > 1 else None,
        "next": following,
    }
    return as_json({"pricing": {"model": "net_pricing", "discount_percentage": 0},
                    "data": shown, "links": links, "meta": meta})  # fmt: skip


def _number(text: str, *, default: int, most: int) -> int:
    return min(int(text), most) if text.isascii() and text.isdecimal() and int(text) else default


def members_of(request: Request) -> dict[str, object]:
    """Return the members of a body, which is JSON or a form. Raises RefusedError."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        return dict(request.form)
    return read_object(request.body)
