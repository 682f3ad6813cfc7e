"""From the first page to an eSIM to install: in Chinese on a phone, by keyboard alone, and without
JavaScript."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.scenario.axe import overflow, violations
from tests.scenario.journeys.buyers import ARRIVES_MS
from tests.scenario.journeys.conftest import ALEX, LIN, followed, keep, sign_in
from tests.scenario.journeys.demo import Demo

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(300)]

_TABS_MAX = 80


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until something has the focus, as somebody without a mouse does."""
    for _ in range(_TABS_MAX):
        page.keyboard.press("Tab")
        if target.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"Tab never came to {target}")


def test_by_keyboard_a_plan_is_found_compared_and_paid(
    demo: Demo, open_browser: Callable[..., BrowserContext]
) -> None:
    page = open_browser(locale="en-US", desktop=True).new_page()
    sign_in(page, demo, ALEX)
    page.goto(f"{demo.url}/plans/")
    tab_to(page, page.locator("#f-country"))
    page.keyboard.type("United States")
    expect(page).to_have_url(re.compile("country=US"))
    expect(page.locator(".chips")).to_contain_text("United States")
    keep(page, "finding-list")
    tab_to(page, page.locator("input[name=order][value=price]"))
    page.keyboard.press("ArrowRight")
    expect(page.locator(".plan .rate-on").first).to_contain_text("per GB")
    assert "order=gb" in page.url
    ticks = page.locator(".plan .tick-box")
    for number in (0, 1):
        tab_to(page, ticks.nth(number))
        page.keyboard.press("Space")
    tab_to(page, page.locator(".compare-bar button"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/plans/compare/**")
    expect(page.locator("thead th")).to_have_count(2)
    assert violations(page) == []
    keep(page, "finding-compared")
    tab_to(page, page.locator("tfoot a").first)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/plans/[\w-]+/\?"))
    expect(page.locator("h1")).to_be_visible()
    assert violations(page) == []
    keep(page, "finding-plan")
    tab_to(page, page.locator("[data-testid=buy]"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/buy/")
    tab_to(page, page.locator("[data-testid=pay]"))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(rf"{demo.gateway_url}|/orders/L-"))


def check_device(page: Page, typed: str, model: str) -> None:
    """Type a device, and see it known."""
    page.locator("#typed").fill(typed)
    page.locator("[data-testid=check]").click()
    expect(page.locator("[data-testid=answer]")).to_contain_text(model)


def test_in_chinese_on_a_phone_from_the_first_page_to_an_esim_to_install(
    demo: Demo, open_browser: Callable[..., BrowserContext]
) -> None:
    page = open_browser().new_page()
    page.goto(f"{demo.url}/")
    page.locator("#find").press_sequentially("meiguo", delay=30)
    page.locator("#find-options [role=option]").filter(has_text="美国").first.click()
    page.locator("[data-testid=in-list]").click()
    page.wait_for_url("**/plans/?country=US")
    page.locator("#filters summary").click()
    page.locator("input[name=unlimited]").check()
    expect(page.locator(".chips")).to_contain_text("不限流量")

    page.locator("[data-testid=device-line] a").click()
    check_device(page, "A3084", "iPhone 16 Pro Max")
    check_device(page, "iPhone 16", "iPhone 16")
    keep(page, "finding-device")
    page.locator("[data-testid=answer] a.button").click()
    page.wait_for_url("**unlimited=1**")
    expect(page.locator("[data-testid=device-line]")).to_contain_text("iPhone 16")

    for number in (0, 1):
        page.locator(".plan .tick-box").nth(number).check()
    page.locator(".compare-bar button").click()
    expect(page.locator("thead th")).to_have_count(2)
    keep(page, "finding-compared-phone")
    assert overflow(page) <= 0
    page.locator("tfoot a").first.click()
    page.locator("[data-testid=buy]").click()
    page.wait_for_url("**/accounts/login/**")
    page.fill("input[name=login]", LIN[0])
    page.fill("input[name=password]", LIN[1])
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/buy/")
    expect(page.locator("[data-testid=device-line]")).to_contain_text("iPhone 16")
    page.locator("input[name=method][value^='wechatpay']").first.check()
    followed(page)
    page.locator("[data-testid=pay]").click()
    page.wait_for_url(f"{demo.gateway_url}/**")
    page.locator("form[action*=confirm] button").click()
    page.wait_for_url(f"{demo.url}/orders/**")
    page.locator("a[href*='/install/']").first.click(timeout=ARRIVES_MS)
    expect(page.locator("[data-testid=progress]")).to_be_visible()
    keep(page, "finding-install")


def test_show_more_goes_on_below_and_takes_the_focus_along(
    demo: Demo, open_browser: Callable[..., BrowserContext]
) -> None:
    page = open_browser(locale="en-US", width=360).new_page()
    page.goto(f"{demo.url}/plans/")
    shown = page.locator(".plan").count()
    page.locator("#more button").click()
    expect(page.locator(".plan")).not_to_have_count(shown)
    next_plan = page.locator(".plan-what a").nth(shown)
    expect(next_plan).to_be_focused()
    codes = page.locator(".plan-what a").evaluate_all("all => all.map(one => one.pathname)")
    assert len(codes) == len(set(codes))
    assert overflow(page) <= 0
    for number in range(4):
        page.locator(".tick-box").nth(number).check()
    expect(page.locator(".tick-box").nth(5)).to_be_disabled()
    page.locator(".compare-bar button").click()
    page.wait_for_url("**/plans/compare/**")
    expect(page.locator("thead th")).to_have_count(4)
    assert overflow(page) <= 0


def test_without_javascript_the_same_form_does_it(
    demo: Demo, open_browser: Callable[..., BrowserContext]
) -> None:
    page = open_browser(locale="en-US", scripts=False, desktop=True).new_page()
    page.goto(f"{demo.url}/plans/")
    page.locator("#f-days").select_option("30")
    page.locator("input[name=tethering]").check()
    page.locator(".shop-fields button").click()
    expect(page.locator(".chips li")).to_have_count(3)
    page.locator(".tick-box").first.check()
    page.locator("#more button").click()
    page.wait_for_url("**after=**")
    expect(page.locator(".ticked .tick-box")).to_be_checked()
    page.locator(".plan .tick-box").first.check()
    page.locator(".compare-bar button").click()
    expect(page.locator("thead th")).to_have_count(2)
    page.locator("tfoot a").nth(1).click()
    expect(page.locator("[data-testid=buy]")).to_be_visible()
    page.locator("[data-testid=buy]").click()
    page.wait_for_url("**/accounts/login/**")
