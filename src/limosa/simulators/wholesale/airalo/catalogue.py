"""packages, and what an eSIM can be topped up with."""

from limosa.simulators.loopback_http import Reply, Request
from limosa.simulators.wholesale.airalo.rows import package, paged, succeeded
from limosa.simulators.wholesale.esims import esim_by
from limosa.simulators.wholesale.orders import Reason, RefusedError, order_of
from limosa.simulators.wholesale.plans import REGIONS, Plan, Region
from limosa.simulators.wholesale.wire import Wire, Work

Calls = dict[tuple[str, str], tuple[str, Work]]


class Catalogue:
    """What is sold."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def calls(self) -> Calls:
        return {
            ("GET", "packages"): ("plans", self._packages),
            ("GET", "sims/{iccid}/topups"): ("plans", self._topups),
        }

    def _packages(self, request: Request, _words: dict[str, str]) -> Reply:
        query = request.query
        kind, country = query.get("filter[type]", ""), query.get("filter[country]", "")
        with self._wire.desk.store.transaction() as db:
            plans = list(self._wire.plans(db).values())
        if query.get("include") != "topup":
            plans = [one for one in plans if one.use == "new"]
        places: list[object] = [
            _place(region, [one for one in plans if one.region is region])
            for region in REGIONS
            if kind in ("", "local" if region.kind == "country" else "global")
            and country in ("", *region.countries)
        ]
        return paged(places, query)

    def _topups(self, _request: Request, words: dict[str, str]) -> Reply:
        with self._wire.desk.store.transaction() as db:
            esim = esim_by(db, self._wire.name, iccid=words["iccid"])
            if esim is None:
                raise RefusedError(Reason.ESIM)
            region = self._wire.listed[order_of(db, esim.order_id).plan].region
            plans = self._wire.plans(db).values()
        fitting = [one for one in plans if one.use == "renewal" and one.region is region]
        return succeeded([package(one) for one in fitting])


def _place(region: Region, plans: list[Plan]) -> dict[str, object]:
    image = {"width": 132, "height": 99, "url": ""}
    countries = [{"country_code": one, "title": one, "image": image} for one in region.countries]
    networks = [{"name": f"{region.name} Mobile", "types": ["5G"]}]
    operator = {
        "id": 100 + REGIONS.index(region),
        "style": "dark",
        "type": "local" if region.kind == "country" else "global",
        "is_prepaid": False,
        "is_roaming": True,
        "title": f"{region.name} Mobile",
        "esim_type": "Prepaid",
        "apn_type": "automatic",
        "apn_value": None,
        "apn": {
            "ios": {"apn_type": "automatic", "apn_value": None},
            "android": {"apn_type": "automatic", "apn_value": None},
        },
        "info": [],
        "image": image,
        "plan_type": "data",
        "activation_policy": "first-usage",
        "is_kyc_verify": False,
        "rechargeability": True,
        "other_info": None,
        "coverages": [{"name": one, "code": one, "networks": networks}
                      for one in region.countries],
        "install_window_days": None,
        "topup_grace_window_days": None,
        "packages": [package(one) for one in plans],
        "countries": countries,
    }  # fmt: skip
    return {
        "slug": region.name.lower().replace(" ", "-"),
        "country_code": region.code if region.kind == "country" else "",
        "title": region.name,
        "image": image,
        "operators": [operator],
    }
