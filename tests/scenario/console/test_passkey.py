"""A passkey, by a real browser with an authenticator of its own: added, and signed in with."""

import os
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.db import connections
from playwright.sync_api import Browser, CDPSession, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from limosa.domain.accounts.models import Subscriber
from tests.factories.accounts import make_operator

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket]
CHROMIUM = os.environ.get("LIMOSA_TEST_BROWSER", "/usr/bin/chromium")
PASSWORD = "a long one of mine"


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    # Playwright's loop runs in this thread, where Django would see it and refuse to work.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    cache.clear()
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--no-first-run"]
        )
        yield opened
        opened.close()
        # Beside a running loop, Django gives this thread a second connection.
        connections.close_all()


@pytest.fixture
def operator() -> Subscriber:
    return make_operator(password=PASSWORD)


def give_authenticator(page: Page) -> tuple[CDPSession, str]:
    """Let the browser have a finger on its own authenticator."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options: dict[str, Any] = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session, made["authenticatorId"]


def give_password(page: Page, server: LiveServer, person: Subscriber) -> None:
    page.goto(f"{server.url}/accounts/login/?next=/console/")
    page.fill("input[name=login]", person.email)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")


def test_a_passkey_is_added_and_then_asked_for_with_the_person_present(
    browser: Browser, live_server: LiveServer, operator: Subscriber
) -> None:
    context = browser.new_context()
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    session, authenticator = give_authenticator(page)
    give_password(page, live_server, operator)
    page.wait_for_url("**/accounts/2fa/")
    page.get_by_role("link", name="Add a passkey").click()
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    # With its script loaded: without, the button would send a form that has no passkey.
    page.wait_for_url(re.compile(r"^[^?]*/webauthn/add/$"))
    page.get_by_role("button", name="Add the passkey").click()
    page.wait_for_url("**/recovery-codes/")
    expect(page.locator(".codes li")).to_have_count(10)
    page.get_by_role("link", name="I've saved them").click()
    page.wait_for_url("**/console/")  # Setting it up has shown it just now.
    expect(page.locator("h1")).to_have_text("Today")

    page.get_by_role("button", name="Sign out").click()
    give_password(page, live_server, operator)
    page.wait_for_url("**/accounts/2fa/authenticate/**")
    # A finger that is not the person's: refused by the browser already, and nobody is signed in.
    session.send(
        "WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False}
    )
    with page.expect_console_message(lambda message: "NotAllowed" in message.text):
        page.get_by_role("button", name="Use a passkey").click()
    page.goto(f"{live_server.url}/console/")
    assert urlsplit(page.url).path.startswith("/accounts/")
    session.send(
        "WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": True}
    )
    page.goto(f"{live_server.url}/accounts/2fa/authenticate/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/console/")
    context.close()
    assert faults == []
