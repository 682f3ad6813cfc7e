"""Choosing on the checkout page, as a person does it: the sum follows, and never lies."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.scenario.journeys.conftest import ALEX, followed, keep, sign_in
from tests.scenario.journeys.demo import Demo

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(300)]

FOLLOWING = re.compile(r"/renew/\?plan=")
SUM, PAY, UPDATE = "#sum", "[data-testid=pay]", "button[name=show]:visible"


def open_renewal(page: Page, demo: Demo) -> None:
    sign_in(page, demo, ALEX)
    page.goto(f"{demo.url}/")
    page.locator("a[href*='/renew/']").first.click()
    page.wait_for_url("**/renew/**")


def plan(page: Page, number: int) -> str:
    """Return the code of a plan by its place on the page."""
    return str(page.locator("input[name=plan]").nth(number).get_attribute("value"))


def price_of(page: Page, code: str) -> str:
    row = page.locator(".pick", has=page.locator(f"input[value='{code}']"))
    return row.locator(".price").inner_text().split()[-1]


def choose(page: Page, code: str) -> None:
    page.locator(f"input[name=plan][value='{code}']").check()


def newest_order(demo: Demo) -> tuple[str, str, int]:
    """Return its number, its plan, and what is asked for it."""
    [row] = demo.query(
        "SELECT o.number, q.plan_id, p.amount_minor FROM ordering_order AS o"
        " JOIN ordering_quote AS q ON q.id = o.quote_id"
        " JOIN payments_payment AS p ON p.order_number = o.number ORDER BY p.id DESC LIMIT 1"
    )
    number, plan_code, minor = row
    return number, plan_code, minor


def pays_what_the_button_says(page: Page, demo: Demo, code: str) -> None:
    said = page.locator(PAY).inner_text()
    page.locator(PAY).click()
    page.wait_for_url(f"{demo.gateway_url}/**")
    number, bought, minor = newest_order(demo)
    assert (bought, said) == (code, f"Pay ¥{minor / 100:,.2f}")
    page.locator("form[action*=confirm] button").click()
    page.wait_for_url(f"{demo.url}/orders/{number}/")
    expect(page.locator("[data-step=paid] time")).to_be_visible()


def test_by_keyboard_the_sum_follows_and_the_choice_stays(
    demo: Demo, open_browser: Callable[..., BrowserContext]
) -> None:
    page = open_browser(locale="en-US").new_page()
    open_renewal(page, demo)
    code = plan(page, 1)
    assert price_of(page, code) not in page.locator(SUM).inner_text()
    page.locator("input[name=plan]").first.focus()
    page.keyboard.press("ArrowDown")
    followed(page)
    expect(page.locator(SUM)).to_contain_text(price_of(page, code))
    assert page.evaluate("document.activeElement.value") == code
    expect(page.locator(UPDATE)).to_have_count(0)
    page.locator("input[name=method][value=wechatpay]").check()
    expect(page.locator(PAY)).to_contain_text("Pay ¥")
    assert f"plan={code}" in page.url
    keep(page, "choosing-followed")
    said = page.locator(PAY).inner_text()
    page.reload()
    expect(page.locator(f"input[value='{code}']")).to_be_checked()
    expect(page.locator(PAY)).to_have_text(said)
    page.locator(PAY).click()
    page.wait_for_url(f"{demo.gateway_url}/**")
    page.go_back()
    page.wait_for_url("**/renew/**")
    expect(page.locator(f"input[value='{code}']")).to_be_checked()
    expect(page.locator(PAY)).to_have_text(said)
    pays_what_the_button_says(page, demo, code)


def test_without_javascript_a_button_brings_the_sum(
    demo: Demo, open_browser: Callable[..., BrowserContext]
) -> None:
    page = open_browser(locale="en-US", scripts=False).new_page()
    open_renewal(page, demo)
    code = plan(page, 2)
    choose(page, code)
    page.locator("input[name=method][value=wechatpay]").check()
    page.locator(PAY).click()  # Too soon: the button still says the sum of the first plan.
    expect(page.locator("[role=alert]").first).to_contain_text("Nothing was charged")
    expect(page.locator(SUM)).to_contain_text(price_of(page, code))
    keep(page, "choosing-refused")
    code = plan(page, 1)
    choose(page, code)
    page.locator(UPDATE).click()
    page.wait_for_url(f"**/renew/?plan={code}*")
    expect(page.locator(SUM)).to_contain_text(price_of(page, code))
    pays_what_the_button_says(page, demo, code)


def test_a_late_answer_never_covers_a_newer_one(
    demo: Demo, open_browser: Callable[..., BrowserContext]
) -> None:
    page = open_browser(locale="en-US").new_page()
    open_renewal(page, demo)
    held: list[Route] = []
    page.route(FOLLOWING, lambda route: held.append(route) if not held else route.continue_())
    choose(page, plan(page, 1))
    expect(page.locator("form.checkout")).to_have_attribute("data-sums", "asking")
    expect(page.locator(PAY)).to_be_disabled()
    keep(page, "choosing-asking")
    code = plan(page, 2)
    choose(page, code)
    followed(page)
    expect(page.locator(SUM)).to_contain_text(price_of(page, code))
    expect(page.locator(PAY)).to_be_enabled()
    assert [request for request in held if request.request.failure]  # It is not waited for.


@pytest.mark.parametrize("fault", ["the line is cut", "an error", "no answer", "signed out"])
def test_a_sum_that_does_not_come_is_said_and_asked_for_again(
    demo: Demo, open_browser: Callable[..., BrowserContext], fault: str
) -> None:
    page = open_browser(locale="en-US").new_page()
    open_renewal(page, demo)
    before = page.locator(SUM).inner_text()
    form = page.locator("form.checkout")
    cookies: list[Any] = list(page.context.cookies())
    if fault == "signed out":
        page.context.clear_cookies(name="sessionid")
    else:
        form.evaluate("form => form.setAttribute('hx-request', '{\"timeout\": 500}')")
        page.route(FOLLOWING, lambda route: fail(route, fault))
    code = plan(page, 1)
    choose(page, code)
    expect(form).to_have_attribute("data-sums", "failed")
    assert page.locator(SUM).inner_text() == before
    note = page.locator("[data-failed]")
    expect(note).to_contain_text("You are seeing the price for your previous one")
    keep(page, "choosing-failed")
    page.unroute_all()
    page.context.add_cookies(cookies)
    note.locator("button").click()
    page.wait_for_url(f"**/renew/?plan={code}*")
    expect(page.locator(SUM)).to_contain_text(price_of(page, code))
    expect(page.locator("[data-failed]")).to_be_hidden()


def fail(route: Route, fault: str) -> None:
    if fault == "the line is cut":
        route.abort()
    elif fault == "an error":
        route.fulfill(status=500, body="broken")
