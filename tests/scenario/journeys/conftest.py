"""A whole demo, and a real browser that a person could hold in one hand."""

import re
from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.processes import ROOT
from tests.scenario.journeys.demo import Demo, copy_demo, running_demo
from tests.scenario.stack import open_folder

ARTEFACTS = ROOT / "artefacts" / "journeys"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
PHONE_AGENT = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
)
LIN = ("lin@example.com", "limosa-demo")
ALEX = ("alex@example.com", "limosa-demo")
OPERATOR = ("operator@example.com", "limosa-demo")


# One for each module: the page offers first what a person paid with last, in whatever test.
@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with open_folder("journeys") as folder:
        copy_demo(folder / "data")
        with running_demo(folder / "data", log=folder / "demo.log") as running:
            yield running


# No longer than its module: beside Playwright's loop no other Playwright starts, nor does Django
# work in this thread.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


type_scheme = Literal["light", "dark"]


@pytest.fixture
def open_browser(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Return a maker of contexts: a phone in Chinese unless told otherwise."""
    contexts: list[BrowserContext] = []

    def make(
        *,
        locale: str = "zh-CN",
        scheme: type_scheme = "light",
        scripts: bool = True,
        desktop: bool = False,
        width: int | None = None,
        agent: str = PHONE_AGENT,
    ) -> BrowserContext:
        size = DESKTOP if desktop else PHONE
        context = browser.new_context(
            viewport={"width": width or size["width"], "height": size["height"]},
            user_agent=None if desktop else agent,
            has_touch=not desktop,
            locale=locale,
            color_scheme=scheme,
            java_script_enabled=scripts,
        )
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


def sign_in(page: Page, demo: Demo, person: tuple[str, str] = LIN) -> None:
    """Sign in as a person would. The operator does so once, since a code works once."""
    if cookies := demo.operator_cookies if person == OPERATOR else []:
        page.context.add_cookies(cookies)
        page.goto(f"{demo.url}/console/")
        return
    page.goto(f"{demo.url}/accounts/login/")
    page.fill("input[name=login]", person[0])
    page.fill("input[name=password]", person[1])
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"{demo.url}/**")
    if person == OPERATOR:
        page.wait_for_url(f"{demo.url}/accounts/2fa/authenticate/")
        page.fill("input[name=code]", demo.operator_code())
        page.press("input[name=code]", "Enter")
        page.wait_for_url(f"{demo.url}/console/")
        demo.operator_cookies.extend(page.context.cookies())


def followed(page: Page) -> None:
    """See that the sums on the checkout page are those of the choice."""
    form = page.locator("form.checkout")
    expect(form).not_to_have_attribute("data-sums", re.compile("asking|failed"))


def keep(page: Page, name: str) -> None:
    """Keep a picture of the page, to be looked at: light, and dark."""
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=ARTEFACTS / f"{name}-{scheme}.png")
    page.emulate_media(color_scheme="light")
