"""A whole demo, and a real browser that a person could hold in one hand."""

import json
import os
import re
import sys
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.processes import ROOT, Process, is_taken, product_environment
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
PORT_OFFSETS = (0, 1, 3, 25, 26)
LIN = ("lin@example.com", "limosa-demo")
ALEX = ("alex@example.com", "limosa-demo")
OPERATOR = ("operator@example.com", "limosa-demo")


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo that runs: its address, those of its simulators, and its books."""

    port: int
    folder: Path
    operator_cookies: list[Any] = field(default_factory=list)

    def operator_code(self) -> str:
        """Return what the operator's authenticator app shows."""
        address = f"http://127.0.0.1:{self.port + 26}/authenticator/code.json"
        with urllib.request.urlopen(address, timeout=10) as answer:
            return str(json.load(answer)["code"])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def gateway_url(self) -> str:
        return f"http://127.0.0.1:{self.port + 1}"

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """Ask the demo's own database."""
        cluster = self.folder / "database"
        lines = (cluster / "cluster" / "postmaster.pid").read_text().splitlines()
        with psycopg.connect(
            host=lines[4],
            dbname="limosa",
            user="limosa",
            password=(cluster / "password").read_text().strip(),
        ) as connection:
            return connection.execute(statement).fetchall()


# One for each module: the page offers first what a person paid with last, in whatever test.
@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    port = _free_port()
    environment = product_environment("")
    del environment["DATABASE_URL"], environment["DJANGO_SETTINGS_MODULE"]  # It has its own.
    with open_folder("journeys") as folder:
        limosa = str(Path(sys.executable).with_name("limosa"))
        process = Process(
            [limosa, "demo", "--port", str(port), "--data", str(folder / "data")],
            environment=environment,
            log=folder / "demo.log",
            is_ready=lambda: "Limosa is ready" in process.said,
            start_seconds_max=240,
        )
        try:
            process.start()
            yield Demo(port, folder / "data")
        finally:
            process.terminate()
            process.wait(30)


def _free_port() -> int:
    """Return the first of a demo's ports; two processes of a run never look at the same ones."""
    for port in range(20_000 + os.getpid() % 400 * 40, 60_000, 40):
        if not any(is_taken(port + offset) for offset in PORT_OFFSETS):
            return port
    raise AssertionError("no ports are free")


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
