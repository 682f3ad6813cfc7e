"""Every console page passes axe-core in a real browser, light and dark, wide and narrow."""

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Literal

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from pytest_django.live_server_helper import LiveServer

from limosa.domain.ledger.operations.credit_wallet import credit_wallet
from limosa.domain.support.operations.open_case import open_case
from limosa.domain.support.operations.pause_supplier import pause_supplier
from limosa.foundation.money import Money
from tests.factories.accounts import make_operator, sign_in_staff
from tests.factories.catalog import make_plan, make_rates
from tests.factories.charging import make_daily_usage
from tests.factories.esims import make_bundle
from tests.factories.notifications import make_notification
from tests.factories.ordering import make_order
from tests.factories.payments import make_payment, make_refund
from tests.factories.promotions import make_promotion, make_promotion_code
from tests.factories.settlements import make_difference, make_settlement, make_total
from tests.factories.support import make_finding
from tests.scenario.axe import overflow, violations

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket]
LOOKS: tuple[tuple[Literal["light", "dark"], int], ...] = (
    ("light", 1280), ("dark", 1280), ("dark", 390)
)  # fmt: skip
CHROMIUM = os.environ.get("LIMOSA_TEST_BROWSER", "/usr/bin/chromium")


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    # Playwright's loop runs in this thread, where Django would see it and refuse to work.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--no-first-run"]
        )
        yield opened
        opened.close()
        # Beside a running loop, Django gives this thread a second connection.
        connections.close_all()


def fill() -> list[str]:
    """Make one of everything, and return the addresses of all pages."""
    now = timezone.now()
    bundle = make_bundle(plan=make_plan())
    order = make_order(esim=bundle.esim, state="paid", created_at=now)
    payment = make_payment(order=order, state="succeeded", problem="refund_failed", created_at=now)
    make_refund(payment=payment, next_poll_at=now)
    make_notification(subscriber=order.subscriber)
    make_daily_usage(esim=bundle.esim)
    make_rates()
    promotion = make_promotion(needs_code=True, ends_at=now + timedelta(days=9))
    make_promotion_code(promotion=promotion, budget_minor=90_000)
    case = open_case(order=order, message="Where is it?", now=now)
    settlement = make_settlement()
    make_total(settlement)
    difference = make_difference(settlement=settlement, payment=payment)
    make_finding()
    give = Money(500, "USD")
    credit_wallet(subscriber_id=order.subscriber_id, amount=give, key="gift", now=now)
    names = ["today", "people", "payments", "plans", "money", "cases", "record", "find"]
    names += ["staff", "flow", "settlements", "disputes", "rates", "export", "findings"]
    return [
        *(reverse(f"console:{name}") for name in names),
        f"{reverse('console:payments')}?show=all",
        f"{reverse('console:settlements')}?show=days",
        reverse("console:account", args=["promotions:USD"]),
        reverse("console:settlement", args=[settlement.provider, settlement.day]),
        reverse("console:difference", args=[difference.pk]),
        reverse("console:person", args=[order.subscriber_id]),
        reverse("console:order", args=[order.number]),
        reverse("console:refund", args=[order.number]),
        reverse("console:case", args=[case.number]),
        reverse("console:promotions"),
        reverse("console:promotion", args=[promotion.code]),
        reverse("console:make_promotion"),
    ]


def signed_in(browser: Browser, server: LiveServer) -> BrowserContext:
    operator = make_operator()
    pause_supplier(supplier_code="own_network", is_paused=True, actor=operator, now=timezone.now())
    client = Client()
    sign_in_staff(client, operator)
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": server.url}])
    return context


@pytest.mark.timeout(300)
def test_every_page_passes_axe_and_fits_its_screen_light_and_dark_wide_and_narrow(
    browser: Browser, live_server: LiveServer
) -> None:
    addresses = fill()
    context = signed_in(browser, live_server)
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    for address in addresses:
        page.goto(live_server.url + address)
        assert page.locator("h1").count() == 1, address
        for scheme, width in LOOKS:
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 900})
            look = f"{scheme}, {width} pixels"
            faults += [f"{look}: {fault}" for fault in violations(page)]
            if overflow(page) > 0:
                faults.append(f"{look}: {address} is too wide")
    context.close()
    assert not faults, "\n".join(faults)


def test_the_search_field_is_one_key_away_and_the_pages_go_without_a_mouse(
    browser: Browser, live_server: LiveServer
) -> None:
    fill()
    context = signed_in(browser, live_server)
    page = context.new_page()
    page.goto(live_server.url + reverse("console:today"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "find"
    page.keyboard.type("nobody@example.com")
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/find/**")
    assert page.get_by_role("status").inner_text() == "No results for “nobody@example.com”."
    context.close()
