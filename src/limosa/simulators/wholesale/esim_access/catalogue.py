"""package/list and location/list."""

from limosa.simulators.loopback_http import Reply, Request
from limosa.simulators.wholesale.esim_access.tables import UNUSED_DAYS, location_of, slug_of
from limosa.simulators.wholesale.esims import esim_by
from limosa.simulators.wholesale.orders import Reason, RefusedError, order_of
from limosa.simulators.wholesale.plans import REGIONS, Plan
from limosa.simulators.wholesale.wire import Wire, Work, as_json, read_object, text_of


def succeeded(obj: object) -> Reply:
    """Return the vendor's envelope."""
    return as_json({"success": True, "errorCode": "0", "errorMsg": None, "obj": obj})


class Catalogue:
    """What is sold."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def calls(self) -> dict[str, tuple[str, Work]]:
        return {
            "package/list": ("plans", self._packages),
            "location/list": ("plans", self._locations),
        }

    def _packages(self, request: Request, _words: dict[str, str]) -> Reply:
        members = read_object(request.body)
        wanted = {
            name: text_of(members, name, needed=False)
            for name in ("locationCode", "type", "packageCode", "slug", "iccid")
        }
        with self._wire.desk.store.transaction() as db:
            plans = list(self._wire.plans(db).values())
            if wanted["iccid"]:
                esim = esim_by(db, self._wire.name, iccid=wanted["iccid"])
                if esim is None:
                    raise RefusedError(Reason.ESIM)
                first = self._wire.listed[order_of(db, esim.order_id).plan]
                plans = [one for one in plans if one.region is first.region]
        use = {"": "new", "BASE": "new", "TOPUP": "renewal"}.get(wanted["type"])
        if use is None:
            raise RefusedError(Reason.PARAMETER, "type")
        found = [
            package(one)
            for one in plans
            if one.use == use
            and _is_at(one, wanted["locationCode"])
            and wanted["packageCode"] in ("", one.code)
            and wanted["slug"] in ("", slug_of(one.region, one.size))
        ]
        return succeeded({"packageList": found})

    def _locations(self, _request: Request, _words: dict[str, str]) -> Reply:
        places = [
            {"code": one.code, "name": one.name, "type": 1 if one.kind == "country" else 2}
            for one in REGIONS
        ]
        return succeeded({"locationList": places})


def _is_at(plan: Plan, place: str) -> bool:
    if place in ("!RG", "!GL"):
        return location_of(plan.region) == place
    return not place or place in plan.region.countries


def package(plan: Plan) -> dict[str, object]:
    """Return a plan as package/list tells it."""
    size, region = plan.size, plan.region
    operators = [{"operatorName": f"{region.name} Mobile", "networkType": "5G"}]
    is_daily = size.daily is not None
    return {
        "packageCode": plan.code,
        "slug": slug_of(region, size),
        "name": plan.name,
        "price": plan.price,
        "currencyCode": "USD",
        "volume": size.daily if is_daily else size.volume,
        "smsStatus": 0,
        "dataType": 2 if is_daily else 1,
        "unusedValidTime": UNUSED_DAYS,
        "duration": size.days,
        "durationUnit": "DAY",
        "location": ",".join(region.countries),
        "locationCode": location_of(region),
        "description": plan.name,
        "activeType": 2,
        "favorite": False,
        "retailPrice": plan.price * 2,
        "speed": "3G/4G/5G",
        "ipExport": region.exit_country,
        "supportTopUpType": 2,
        "fupPolicy": "384 Kbps" if is_daily else "",
        "locationNetworkList": [
            {"locationName": one, "locationLogo": "", "operatorList": operators}
            for one in region.countries
        ],
    }
