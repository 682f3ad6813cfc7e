"""WeChat Pay in a phone's browser: it is told the person's own address, and from which site.

A real server behind a proxy, and Chromium: only there one sees which Referer is sent.
"""

# ruff: noqa: T201 -- the figures are printed.

import pytest
from playwright.sync_api import Request, sync_playwright

from tests.scenario.journeys.conftest import ARGUMENTS, CHROMIUM, PHONE, PHONE_AGENT
from tests.scenario.security.behind_proxy import PASSWORD, PEOPLE, Proxied

pytestmark = [pytest.mark.figures, pytest.mark.enable_socket, pytest.mark.timeout(600)]

EMAIL = PEOPLE[-1]
ADDRESS = "203.0.113.50"


def test_wechat_learns_the_person_s_address_and_our_site_and_no_more(proxied: Proxied) -> None:
    esim = proxied.esims[EMAIL]
    gateway = proxied.stack.url("gateway")
    seen: list[tuple[str, str | None]] = []

    def look(request: Request) -> None:
        if request.is_navigation_request() and request.url.startswith(f"{gateway}/wechatpay/"):
            seen.append((request.url, request.all_headers().get("referer")))

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = browser.new_context(
            viewport=PHONE,  # type: ignore[arg-type]
            user_agent=PHONE_AGENT,
            extra_http_headers={"X-Forwarded-For": ADDRESS},
        )
        page = context.new_page()
        page.goto(f"{proxied.url}/accounts/login/")
        page.fill("[name=login]", EMAIL)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(f"{proxied.url}/")
        page.goto(f"{proxied.url}/esims/{esim}/renew/")
        page.locator("input[name=method][value=wechatpay]").check(force=True)
        page.on("requestfinished", look)
        page.locator("[data-testid=pay]").click()
        page.wait_for_url(f"{gateway}/wechatpay/**")
        page.wait_for_load_state()
        number = proxied.told_wechat[-1]["out_trade_no"]
        # Again, by the link on the page that waits for the payment.
        page.go_back()
        page.goto(f"{proxied.url}/orders/")
        page.locator("main .list a").first.click()
        if page.locator("[data-testid=open]").count() == 0:
            page.locator("a[href*='/pay/']").first.click()
        page.locator("[data-testid=open]").click()
        page.wait_for_url(f"{gateway}/wechatpay/**")
        page.wait_for_load_state()
        browser.close()
    assert proxied.told_wechat[-1]["scene_info"]["payer_client_ip"] == ADDRESS
    referers = {referer for _, referer in seen}
    print(f"WeChat was told {ADDRESS} for {number}; {len(seen)} visits with Referer {referers}")
    assert referers == {f"{proxied.url}/"}
    assert len(seen) >= 2
