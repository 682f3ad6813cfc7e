"""The main job, as a person does it: a renewal on a phone, in Chinese, paid with WeChat Pay."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.scenario.journeys.conftest import keep, sign_in
from tests.scenario.journeys.demo import Demo

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(300)]

ARRIVES_MS = 5_000


class Thumb:
    """Counts the taps."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.taps = 0

    def tap(self, selector: str) -> None:
        self._page.locator(selector).first.click()
        self.taps += 1


def journal_is_even(demo: Demo) -> bool:
    totals = demo.query(
        "SELECT account.currency, sum(posting.amount_minor) FROM ledger_posting AS posting"
        " JOIN ledger_account AS account ON account.id = posting.account_id GROUP BY 1"
    )
    return bool(totals) and not any(total for _, total in totals)


def renew_and_pay(page: Page, demo: Demo, name: str) -> str:
    """Go from the sign-in to the paid order; return the order's number."""
    sign_in(page, demo)
    expect(page.locator("html")).to_have_attribute("lang", re.compile("zh-[Hh]ans"))
    expect(page.locator("[data-testid=remaining]").first).to_contain_text("GB")
    keep(page, f"{name}-1-home")
    thumb = Thumb(page)
    thumb.tap("[data-testid=esim-card] a.button, [data-testid=esim-card] a.go")
    page.wait_for_url("**/renew/**")
    expect(page.locator("[data-testid=pay]")).to_contain_text("¥")
    keep(page, f"{name}-2-renew")
    thumb.tap("[data-testid=pay]")
    page.wait_for_url(f"{demo.gateway_url}/**")  # Opened by the press itself.
    assert thumb.taps <= 3
    keep(page, f"{name}-3-gateway")
    [(number,)] = demo.query("SELECT number FROM ordering_order ORDER BY id DESC LIMIT 1")
    page.locator("form[action*=confirm] button").click()
    return str(number)


def arrived(page: Page, demo: Demo, number: str, name: str) -> None:
    """See the money become data within five seconds, and the home page show it."""
    page.wait_for_url(f"{demo.url}/orders/{number}/", timeout=ARRIVES_MS)
    for step in ("paid", "credited"):
        expect(page.locator(f"[data-step={step}] time")).to_be_visible(timeout=ARRIVES_MS)
    expect(page.locator("[data-step=active], [data-step=queued]")).to_be_visible()
    keep(page, f"{name}-4-arrived")
    bundles = demo.query(
        f"SELECT count(*) FROM esims_bundle WHERE order_number = '{number}'"  # noqa: S608
    )
    assert bundles == [(1,)]
    page.goto(f"{demo.url}/")
    expect(page.locator("[data-testid=queued]").first).to_be_visible()
    keep(page, f"{name}-5-home-after")
    assert journal_is_even(demo)


def test_a_renewal_takes_three_taps_and_arrives_within_five_seconds(
    demo: Demo, open_browser: Callable[..., BrowserContext]
) -> None:
    page = open_browser().new_page()
    number = renew_and_pay(page, demo, "renewal")
    arrived(page, demo, number, "renewal")


def test_the_same_without_javascript(
    demo: Demo, open_browser: Callable[..., BrowserContext]
) -> None:
    page = open_browser(scripts=False).new_page()
    number = renew_and_pay(page, demo, "plain")
    arrived(page, demo, number, "plain")


def test_a_page_that_waits_moves_on_by_itself_when_the_payment_comes(
    demo: Demo, open_browser: Callable[..., BrowserContext]
) -> None:
    """On a desktop: the code is scanned with another device, and nobody touches this page."""
    page = open_browser(desktop=True).new_page()
    sign_in(page, demo)
    page.locator("[data-testid=esim-card] a.button").first.click()
    page.locator("[data-testid=pay]").click()
    expect(page.locator("[data-testid=qr] svg")).to_be_visible()
    keep(page, "desktop-1-code")
    number = page.url.split("/orders/")[1].partition("/")[0]
    [(payment_number,)] = demo.query(
        f"SELECT number FROM payments_payment WHERE order_number = '{number}'"  # noqa: S608
    )
    answer = page.request.post(
        f"{demo.gateway_url}/control/wechatpay/pay", data={"number": payment_number}
    )
    assert answer.ok, answer.text()
    page.wait_for_url(f"{demo.url}/orders/{number}/", timeout=ARRIVES_MS)
    expect(page.locator("[data-step=credited] time")).to_be_visible(timeout=ARRIVES_MS)
    keep(page, "desktop-2-arrived")
