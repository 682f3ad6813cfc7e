"""Every page: no accessibility violation, no overflow at 360 px, and each language holds."""

import os
import re
from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.scenario.axe import overflow, violations
from tests.scenario.journeys.conftest import ARTEFACTS, LIN, OPERATOR, sign_in
from tests.scenario.journeys.demo import Demo

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(300)]

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
# A whole page takes longer to paint than to check: for whoever wants to look at them all.
KEEPS_PICTURES = os.environ.get("LIMOSA_TEST_PICTURES") == "1"
PICTURES = ARTEFACTS.parent / "pages"
LANGUAGES = {"zh-hans": "zh-CN", "zh-hant": "zh-TW", "en": "en-US", "es": "es-MX"}
COMPARED = "/plans/compare/?plans=t-mobile-month-5gb,att-quarter-30gb,world-month-unlimited"
ADVICE = "/advice/?country=US&days=20&use=some_video"
OUTSIDE = [
    "/",
    "/plans/",
    COMPARED,
    "/search/?q=Jpan",
    "/search/?q=xyzzyx",
    "/device/",
    "/coverage/",
    "/coverage/us/",
    "/coverage/us/ca/",
    "/coverage/jp/",
    "/coverage/carriers/t-mobile/",
    "/ratings/",
    "/ratings/t-mobile/US/",
    "/facts/",
    ADVICE,
    "/renew/",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
]
INSIDE = [
    "/",
    "/plans/",
    "/plans/t-mobile-month-20gb/buy/",
    "/device/",
    "/advice/",
    "/orders/",
    "/notifications/",
    "/settings/",
    "/redeem/",
    "/statement/",
    "/offline/",
    "/offline/esims/",
    "/no-such-page/",
]
CONSOLE = [
    "/console/",
    "/console/people/",
    "/console/payments/",
    "/console/plans/",
    "/console/price-lists/",
    "/console/price-lists/rules/add/",
    "/console/money/",
    "/console/money/codes/",
    "/console/cases/",
    "/console/record/",
    "/console/ratings/?show=all",
    "/console/channels/",
]
# Follow these from the page before, since their addresses hold numbers.
FOLLOWED = {
    "/": ["a[href*='/renew/']", "a[href^='/esims/']:not([href*=renew])", "a[href^='/orders/L-']"],
    "/plans/": [".plan-what a"],
    "/console/people/": ["main a[href^='/console/people/']"],
    "/console/payments/": [
        "main a[href^='/console/payments/']",
        "main a[href^='/console/orders/']",
    ],
}
ESIM = re.compile(r"/esims/\w+/")
OF_AN_ESIM = (
    "install/",
    "arrival/",
    "arrival/?country=JP",
    "auto-renew/",
    "devices/",
    "again/",
    "move/",
    "move/?to=watch",
)


def addresses(page: Page, demo: Demo, paths: list[str]) -> Iterator[str]:
    """Go to each page and to those it leads to; yield the address each time."""
    for path in paths:
        page.goto(demo.url + path)
        yield page.url
        for selector in FOLLOWED.get(path, []):
            links = page.locator(selector)
            target = links.first.get_attribute("href") if links.count() else None
            if target:
                for further in ("", *(OF_AN_ESIM if ESIM.fullmatch(target) else ())):
                    page.goto(demo.url + target + further)
                    yield page.url
                page.goto(demo.url + path)


PEOPLE = [
    pytest.param(None, OUTSIDE, id="a visitor"),
    pytest.param(LIN, INSIDE, id="a subscriber"),
    pytest.param(OPERATOR, CONSOLE, id="an operator"),
]


@pytest.mark.parametrize(("person", "paths"), PEOPLE)
def test_axe_finds_no_violation_light_or_dark_and_nobody_else_is_asked(
    demo: Demo,
    open_browser: Callable[..., BrowserContext],
    person: tuple[str, str] | None,
    paths: list[str],
) -> None:
    page = open_browser().new_page()
    if person:
        sign_in(page, demo, person)
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url))
    faults = []
    for _ in addresses(page, demo, paths):
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            faults += [f"{scheme}: {fault}" for fault in violations(page)]
    assert not faults, "\n".join(faults)
    assert {one for one in asked if "/static/" in one}
    assert not {one for one in asked if not one.startswith((f"{demo.url}/", "data:", "blob:"))}


@pytest.fixture
def everybody_speaks(demo: Demo) -> Iterator[Callable[[str], None]]:
    """Return a setter of the people's language; afterwards each has their own again."""
    before = demo.query("SELECT email, language FROM accounts_subscriber")

    def speak(language: str) -> None:
        demo.query(f"UPDATE accounts_subscriber SET language = '{language}' RETURNING 1")  # noqa: S608

    yield speak
    for email, language in before:
        demo.query(
            f"UPDATE accounts_subscriber SET language = '{language}'"  # noqa: S608
            f" WHERE email = '{email}' RETURNING 1"
        )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("person", "paths"), PEOPLE)
def test_no_page_is_wider_than_a_small_phone(
    demo: Demo,
    open_browser: Callable[..., BrowserContext],
    person: tuple[str, str] | None,
    paths: list[str],
    language: str,
    everybody_speaks: Callable[[str], None],
) -> None:
    everybody_speaks(language)
    page = open_browser(locale=LANGUAGES[language], width=360).new_page()
    if person:
        sign_in(page, demo, person)
    wide = {}
    for number, address in enumerate(addresses(page, demo, paths)):
        if KEEPS_PICTURES:
            name = f"{'console' if 'console' in address else 'inside' if person else 'outside'}"
            page.screenshot(path=PICTURES / language / f"{name}-{number}.png", full_page=True)
        if too_wide := overflow(page):
            wide[address] = too_wide
    assert (page.locator("html").get_attribute("lang") or "").lower() == language
    assert not wide
