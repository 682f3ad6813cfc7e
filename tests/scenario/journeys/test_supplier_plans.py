"""A plan of each supplier is bought, installed on a virtual phone, used and renewed.

Our own network's is in test_download.py. What a page says before paying is what its supplier then
does, and the count that the page shows follows the supplier's.
"""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from limosa.config.demo_phones import OnPhone, Phones
from tests.scenario.journeys.buyers import ARRIVES_MS, EN, ZH, Buyers, fits
from tests.scenario.journeys.demo import Demo
from tests.scenario.journeys.test_renewal import journal_is_even
from tests.scenario.journeys.wholesalers import Wholesalers, let_be_counted, until

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(600)]

MIB = 1024**2
FIRST = 256  # MiB
# Where a supplier doesn't tell an end, from its first byte to the count of it.
LATER_SECONDS = 300
LATE_BY_HOURS = {ZH: "最多可能滞后 3 小时", EN: "can be 3 hours late"}
LATE_BY_UNKNOWN = {ZH: "未说明统计会滞后多久", EN: "doesn't say how late its count can be"}
LATE_BY_MINUTES = {ZH: "最多可能滞后 20 分钟", EN: "can be 20 minutes late"}
ADDED = {ZH: "立即加到剩余流量上", EN: "Added at once to what is left"}
OPEN = {ZH: "由运营商决定", EN: "is up to the carrier"}
IN_DOUBT = "[data-testid=in-doubt]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sells:
    """A supplier, what is bought of it, and what it is renewed by.

    `before`: what is said of the renewal before paying. `age`: what is said of how old a count is.
    `more`: what is used after it, in MiB. `left`: what the page shows before that use, and after.
    """

    wire: str
    plan: str
    again: str
    language: str
    before: dict[str, str]
    age: dict[str, str]
    more: int
    left: tuple[str, str]
    desktop: bool = False


SUPPLIERS = (
    Sells(wire="esim_access", plan="travel-us-7d-1gb", again="travel-us-7d-1gb", language=ZH,
          before=ADDED, age=LATE_BY_HOURS, more=900,
          left=("731 MB / 1 GB", "787 MB / 1 GB")),
    Sells(wire="tgt", plan="travel-jp-7d-1gb", again="travel-jp-30d-5gb", language=EN,
          before=OPEN, age=LATE_BY_UNKNOWN, more=256,
          left=("731 MB / 1 GB", "463 MB / 1 GB"), desktop=True),
    Sells(wire="billionconnect", plan="travel-hk-15d-3gb", again="travel-hk-15d-3gb", language=EN,
          before=OPEN, age=LATE_BY_UNKNOWN, more=900,
          left=("2.7 GB / 3 GB", "1.7 GB / 3 GB")),
    Sells(wire="airalo", plan="travel-eu-7d-1gb", again="travel-eu-30d-5gb", language=ZH,
          before=OPEN, age=LATE_BY_MINUTES, more=256,
          left=("731 MB / 1 GB", "463 MB / 1 GB"), desktop=True),
)  # fmt: skip


class Journey:
    """Somebody's way with what they bought of a supplier."""

    def __init__(self, demo: Demo, buyers: Buyers, sells: Sells) -> None:
        self.demo, self.buyers, self.sells = demo, buyers, sells
        self.wholesalers = Wholesalers(demo)
        self.page: Page = buyers.page(sells.language, desktop=sells.desktop)
        self.iccid = self.public_id = ""

    def buy(self) -> None:
        path = f"/plans/{self.sells.plan}/buy/"
        self.buyers.pay(self.page, path, desktop=self.sells.desktop)

    def install(self) -> None:
        """Have a virtual phone scan the code that the page shows, and switch the eSIM on."""
        self._is_credited()
        self.page.locator("main a[href*='/install/']").first.click()
        self.public_id = self.page.url.split("/esims/")[1].partition("/")[0]
        [(iccid,)] = self.demo.query(
            f"SELECT iccid FROM esims_esim WHERE public_id = '{self.public_id}'"  # noqa: S608
        )
        self.iccid = str(iccid)
        self._keep("1-install")
        code = self.page.get_by_text(re.compile(r"^LPA:1\$")).first.text_content()
        phone = self.sells.wire.replace("_", "-")
        Phones("127.0.0.1", self.demo.port + 4).install(
            OnPhone(phone, self.iccid, str(code).strip(), is_on=True)
        )

    def use(self, mebibytes: int) -> None:
        """Use data, and let the supplier count it."""
        wire = self.sells.wire
        self.wholesalers.tell(wire, "use", iccid=self.iccid, bytes=mebibytes * MIB)
        self.wholesalers.tell(wire, "settle")

    def sees(self, left: str, name: str) -> None:
        """See the page show what is left by the supplier's count, and how old that may be."""
        [running] = [one for one in self._esim()["bundles"] if one["state"] == "running"]
        until(lambda: self._has_counted(running["used"]), what=f"the count of {self.sells.wire}")
        assert self._ends_at() < running["ends_at"] + LATER_SECONDS
        self.page.goto(f"{self.demo.url}/esims/{self.public_id}/")
        remaining = re.compile(left.replace(" ", r"\s*"))
        expect(self.page.locator("main .big").first).to_have_text(remaining)
        counted = self.page.locator("[data-testid=counted]")
        expect(counted).to_contain_text(self.sells.age[self.sells.language])
        expect(self.page.locator(IN_DOUBT)).to_have_count(0)
        self._keep(name)

    def renew(self) -> None:
        """Renew it, having read what that is."""
        path = f"/esims/{self.public_id}/renew/?plan={self.sells.again}"
        self.page.goto(f"{self.demo.url}{path}")
        expect(self.page.locator("#sum")).to_contain_text(self.sells.before[self.sells.language])
        self._keep("3-renew")
        self.buyers.pay(self.page, path, desktop=self.sells.desktop)

    def is_renewed(self) -> None:
        """See it credited, and that the supplier put it where the page said."""
        self._is_credited()
        self._keep("4-renewed")
        bundles = self._esim()["bundles"]
        is_added = self.sells.before is ADDED
        assert [one["state"] for one in bundles] == ["running", *([] if is_added else ["waiting"])]
        sold = [one["kind"] for one in self.wholesalers.state(self.sells.wire)["orders"]]
        assert sorted(sold) == ["new", "renewal"]

    def _is_credited(self) -> None:
        expect(self.page.locator("[data-step=credited] time")).to_be_visible(timeout=ARRIVES_MS)

    def _has_counted(self, used_bytes: int) -> bool:
        """Whether that is the last count of its supplier's that we believed. If not, it is asked
        for: an answer from before the use may have come meanwhile."""
        let_be_counted(self.demo, self.iccid)
        [(used,)] = self.demo.query(
            "SELECT watch.used_bytes FROM charging_usagewatch AS watch JOIN esims_esim AS esim"  # noqa: S608
            f" ON esim.id = watch.esim_id WHERE iccid = '{self.iccid}'"
        )
        return bool(used == used_bytes)

    def _ends_at(self) -> float:
        """Return until when we say that it can be used."""
        [(ends_at,)] = self.demo.query(
            "SELECT extract(epoch FROM max(bundle.ends_at))::float FROM esims_bundle AS bundle"  # noqa: S608
            " JOIN esims_esim AS esim ON esim.id = bundle.esim_id"
            f" WHERE iccid = '{self.iccid}' AND bundle.state = 'active'"
        )
        return float(ends_at)

    def _esim(self) -> Any:
        esims = self.wholesalers.state(self.sells.wire)["esims"]
        (esim,) = [one for one in esims if one["iccid"] == self.iccid]
        return esim

    def _keep(self, name: str) -> None:
        fits(self.page, f"plan-{self.sells.wire}-{name}")


def test_what_is_bought_of_each_supplier_is_installed_used_and_renewed(
    demo: Demo, browser: Browser
) -> None:
    """Step by step for all four, so that what one waits for happens meanwhile."""
    buyers = Buyers(demo, browser)
    journeys = [Journey(demo, buyers, sells) for sells in SUPPLIERS]
    for journey in journeys:
        journey.buy()
    for journey in journeys:
        journey.install()
        journey.use(FIRST)
    for journey in journeys:
        journey.sees(journey.sells.left[0], "2-used")
        journey.renew()
    for journey in journeys:
        journey.is_renewed()
        journey.use(journey.sells.more)
    for journey in journeys:
        journey.sees(journey.sells.left[1], "5-both")
    assert journal_is_even(demo)
    buyers.close()
