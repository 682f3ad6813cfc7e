"""From the first page to an eSIM to install: in Chinese on a phone, by keyboard alone, and without
JavaScript."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.scenario.axe import overflow, violations
from tests.scenario.journeys.buyers import ARRIVES_MS
from tests.scenario.journeys.conftest import ALEX, LIN, PHONE, followed, keep, sign_in
from tests.scenario.journeys.demo import Demo
from tests.scenario.journeys.keyboard import Keyboard

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(300)]


def test_by_keyboard_alone_from_the_first_page_to_an_esim_to_install(
    demo: Demo, open_browser: Callable[..., BrowserContext]
) -> None:
    page = open_browser(locale="en-US", desktop=True).new_page()
    page.set_viewport_size({"width": 1280, "height": 800})
    keys = Keyboard(page)
    page.goto(f"{demo.url}/")
    find_a_plan(keys)
    check_device_by_keys(keys)
    compare_two(keys)
    keys.open(page.locator("tfoot a").first)
    page.wait_for_url(re.compile(r"/plans/[\w-]+/\?"))
    keys.open(page.locator("[data-testid=buy]"))
    page.wait_for_url("**/accounts/login/**")
    keys.write(page.locator("input[name=login]"), ALEX[0])
    keys.write(page.locator("input[name=password]"), ALEX[1])
    page.keyboard.press("Enter")
    page.wait_for_url("**/buy/")
    expect(page.locator("[data-testid=device-line]")).to_contain_text("iPhone 15 Pro")
    pay_by_card(keys, demo)
    keys.open(page.locator("a[href*='/install/']").first)
    page.wait_for_url("**/install/")
    assert violations(page) == []
    keys.tab_to(page.locator("button[data-copy]").first)
    keep(page, "keyboard-install")


def find_a_plan(keys: Keyboard) -> None:
    """Search for a place from the first page, and open a plan that is found."""
    page = keys.page
    keys.write(page.locator("#find"), "las v")
    options = page.locator("#find-options [role=option]")
    expect(options.first).to_contain_text("United States")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/search/\?q=United"))
    keys.open(page.locator("[data-testid=plans] a").nth(1))
    page.wait_for_url(re.compile(r"/plans/[\w-]+/"))
    expect(page.locator("h1")).to_be_visible()
    assert violations(page) == []


def check_device_by_keys(keys: Keyboard) -> None:
    """Ask from a plan's page whether a device will do, and come back to the plan."""
    page, plan = keys.page, keys.page.url
    keys.open(page.locator("[data-testid=device-line] a"))
    keys.write(page.locator("#typed"), "iPhone 15 Pro")
    keys.open(page.locator("[data-testid=check]"))
    answer = page.locator("[data-testid=answer]")
    expect(answer).to_contain_text("iPhone 15 Pro")
    keep(page, "keyboard-device")
    keys.open(answer.locator("a.button"))
    page.wait_for_url(plan)
    expect(page.locator("[data-testid=device-line]")).to_contain_text("iPhone 15 Pro")


def compare_two(keys: Keyboard) -> None:
    """Compare the plan with another one from the list, narrowed down and ordered."""
    page = keys.page
    keys.open(page.locator(".buy-side > a.button-quiet"))
    page.wait_for_url("**plans=**")
    expect(page.locator(".tick-box:checked")).to_have_count(1)
    expect(page.locator(".chips")).to_contain_text("United States")
    keys.write(page.locator("#f-days"), "30")
    expect(page).to_have_url(re.compile("country=US&days=30"))
    expect(page.locator(".chips")).to_contain_text("30 days")
    keys.tab_to(page.locator("input[name=order][value=price]"))
    page.keyboard.press("ArrowRight")
    expect(page.locator(".plan .rate-on").first).to_contain_text("per GB")
    assert "order=gb" in page.url
    keep(page, "keyboard-list")
    keys.tab_to(page.locator(".plan .tick-box:not(:checked)").first)
    page.keyboard.press("Space")
    keys.open(page.locator(".compare-bar button"))
    page.wait_for_url("**/plans/compare/**")
    expect(page.locator("thead th")).to_have_count(2)
    assert violations(page) == []
    keep(page, "keyboard-compared")


def pay_by_card(keys: Keyboard, demo: Demo) -> None:
    """Choose the card among the ways to pay, pay at the gateway, and wait for the eSIM."""
    page = keys.page
    keys.tab_to(page.locator("input[name=method]:checked"))
    card = page.locator("input[name=method][value^='stripe']").first
    for _ in range(page.locator("input[name=method]").count()):
        if card.is_checked():
            break
        page.keyboard.press("ArrowDown")
    expect(card).to_be_checked()
    followed(page)
    keys.open(page.locator("[data-testid=pay]"))
    page.wait_for_url(f"{demo.gateway_url}/stripe/**")
    keys.open(page.locator("form[action$='/pay'] button"))
    page.wait_for_url(f"{demo.url}/orders/**")
    expect(page.locator("a[href*='/install/']").first).to_be_visible(timeout=ARRIVES_MS)


def test_the_keyboard_stumbles_over_bad_stops_alone(
    open_browser: Callable[..., BrowserContext],
) -> None:
    page = open_browser(desktop=True).new_page()
    first = "<a href=/>1</a> "
    for fault, body in {
        "no focus to be seen": f"{first}<a href=/ style='outline: none'>2</a>",
        "covers": f"{first}<p style='position: fixed; inset: 0'>",
        "out of turn": f"{first}<a href=/ tabindex=1>2</a>",
        "back up": f"<p style='position: relative; top: 9em'>{first}<p><a href=/>2</a>",
    }.items():
        page.goto(f"data:text/html,{body}")
        with pytest.raises(AssertionError, match=fault):
            Keyboard(page).to_the_end()
    page.goto(f"data:text/html,{first}<a href=/>2</a>")
    Keyboard(page).to_the_end()


def test_no_bar_covers_what_has_the_focus(
    demo: Demo, open_browser: Callable[..., BrowserContext]
) -> None:
    page = open_browser().new_page()
    sign_in(page, demo, LIN)
    plan = "t-mobile-month-20gb"
    for path, height in (
        (f"?plans={plan}", PHONE["height"]),
        (f"{plan}/", PHONE["height"]),
        (f"{plan}/buy/", PHONE["height"]),
        (f"{plan}/buy/", 400),  # As low as with a zoom to 200 %.
    ):
        page.set_viewport_size({"width": PHONE["width"], "height": height})
        page.goto(f"{demo.url}/plans/{path}")
        Keyboard(page).to_the_end()


def pay_by_wechat(page: Page, demo: Demo) -> None:
    """Pay on a phone, where WeChat is on the same device, and come to the order."""
    page.locator("[data-testid=pay]").click()
    page.wait_for_url(f"{demo.gateway_url}/**")
    page.locator("form[action*=confirm] button").click()
    page.wait_for_url(f"{demo.url}/orders/**")


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
    pay_by_wechat(page, demo)
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


def test_without_javascript_from_the_first_page_to_an_esim_to_install(
    demo: Demo, open_browser: Callable[..., BrowserContext]
) -> None:
    page = open_browser(scripts=False).new_page()
    page.goto(f"{demo.url}/")
    page.locator("#find").fill("meiguo 无限流量")
    page.locator("form[role=search] button").click()
    expect(page.locator("[data-testid=understood]")).to_contain_text("美国 · 不限量")
    page.locator("[data-testid=plans] a").first.click()
    page.locator("[data-testid=device-line] a").click()
    check_device(page, "A3084", "iPhone 16 Pro Max")
    page.locator("[data-testid=answer] a.button").click()
    expect(page.locator("[data-testid=device-line]")).to_contain_text("iPhone 16 Pro Max")

    page.locator(".buy-side > a.button-quiet").click()
    page.locator(".plan .tick-box:not(:checked)").first.check()
    page.locator(".compare-bar button").click()
    expect(page.locator("thead th")).to_have_count(2)
    keep(page, "plain-compared")
    assert overflow(page) <= 0
    page.locator("tfoot a").first.click()
    page.locator("[data-testid=buy]").click()
    page.fill("input[name=login]", LIN[0])
    page.fill("input[name=password]", LIN[1])
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/buy/")
    page.locator("input[name=method][value^='wechatpay']").first.check()
    page.locator("button[name=show]:visible").click()
    keep(page, "plain-pay")
    pay_by_wechat(page, demo)
    page.locator("a[href*='/install/']").first.click(timeout=ARRIVES_MS)
    expect(page.locator("[data-testid=progress]")).to_be_visible()
    expect(page.locator(".qr svg")).to_be_visible()
    keep(page, "plain-install")
