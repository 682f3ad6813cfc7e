"""Auto-renew as a person meets it: two taps from home, a mail, a link in it, and a card that fails.

Real processes and a real browser. Time is not waited for: bundles and what was announced are moved
in the database, by less than anything is charged for.
"""

import re
import shlex
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.processes import product_environment, run_module
from tests.scenario.axe import overflow, violations
from tests.scenario.journeys.conftest import ALEX, LIN, keep, sign_in
from tests.scenario.journeys.demo import Demo
from tests.scenario.journeys.test_channels import (
    PIN,
    choose,
    have_pin,
    newest_order,
    press,
    wait_until_saved,
)
from tests.scenario.journeys.test_renewal import Thumb, journal_is_even

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(600)]

WORKS_MS = 120_000
SAVED_BUT_DECLINED_LATER = "4000000000000341"
_ESIM = "SELECT id FROM esims_esim WHERE public_id = '{}'"
_PERSON = "(SELECT id FROM accounts_subscriber WHERE email = '{}')"


def is_fine(page: Page, name: str) -> None:
    keep(page, f"auto-{name}")
    assert violations(page) == []
    assert overflow(page) <= 0


def waited_for(page: Page, demo: Demo, statement: str) -> list[tuple[Any, ...]]:
    """Return what a statement finds, once it finds something."""
    for _ in range(WORKS_MS // 500):
        if found := demo.query(statement):
            return found
        page.wait_for_timeout(500)
    raise AssertionError(f"nothing came of: {statement}")


def move_end(demo: Demo, esim: str, days: int) -> None:
    """Have the bundle that ends last on an eSIM end in so many days."""
    demo.query(
        "UPDATE esims_bundle SET state = 'active', starts_at = now() - interval '20 days',"  # noqa: S608
        f" created_at = now() - interval '20 days', ends_at = now() + interval '{days} days'"
        f" WHERE esim_id = ({_ESIM.format(esim)}) AND state IN ('active', 'queued')"
        " AND validity_count IS NOT NULL RETURNING id"
    )


def agree(page: Page, demo: Demo, *, method: str = "wallet", fallback: str = "") -> str:
    """Switch it on from home; return the eSIM's public id."""
    page.goto(f"{demo.url}/")
    thumb = Thumb(page)
    thumb.tap("[data-testid=auto-line]")
    page.wait_for_url("**/auto-renew/")
    esim = page.url.split("/esims/")[1].partition("/")[0]
    move_end(demo, esim, 9)
    page.reload()
    page.locator(f"select[name=method] option[value^='{method}']").first.wait_for(state="attached")
    chosen = page.locator(f"select[name=method] option[value^='{method}']").first
    page.select_option("select[name=method]", chosen.get_attribute("value") or "")
    if fallback:
        page.select_option("select[name=fallback]", fallback)
    page.fill("input[name=pin]", PIN)
    thumb.tap("[data-testid=agree]")
    page.wait_for_url(f"{demo.url}/esims/{esim}/auto-renew/")
    assert thumb.taps == 2
    return esim


def mailed_link(page: Page, demo: Demo, kind: str, person: tuple[str, str]) -> str:
    """Return the token in a person's newest mail of a kind, once the mail server has it."""
    [(token,)] = waited_for(
        page,
        demo,
        "SELECT parameters ->> 'link_token' FROM notifications_notification"  # noqa: S608
        f" WHERE kind = '{kind}' AND subscriber_id = {_PERSON.format(person[0])}"
        " AND mailed_at IS NOT NULL ORDER BY id DESC LIMIT 1",
    )
    return str(token)


def test_on_by_two_taps_skipped_by_the_mails_link_and_stopped(
    demo: Demo, open_browser: Callable[..., BrowserContext]
) -> None:
    page = open_browser().new_page()
    sign_in(page, demo, LIN)
    have_pin(page, demo)
    page.goto(f"{demo.url}/")
    expect(page.locator("[data-testid=auto-line]").first).to_contain_text("自动续费：未开启")
    is_fine(page, "1-home-off")
    page.locator("[data-testid=auto-line]").first.click()
    is_fine(page, "2-agree")
    agree(page, demo)
    expect(page.locator("h1")).to_contain_text("自动续费已开启")
    is_fine(page, "3-on")
    token = mailed_link(page, demo, "auto_renewal_notice", LIN)
    stranger = open_browser().new_page()  # No session: the link alone.
    stranger.goto(f"{demo.url}/auto-renew/{token}/")
    is_fine(stranger, "4-by-link")
    stranger.locator("[data-testid=skip]").click()
    expect(stranger.locator("[data-testid=next-charge]")).to_contain_text("这次续费已跳过")
    is_fine(stranger, "5-skipped")
    page.goto(f"{demo.url}/")
    expect(page.locator("[data-testid=auto-line]").first).to_contain_text(re.compile("已开启"))
    stranger.locator("[data-testid=stop]").click()
    expect(stranger.locator("h1")).to_contain_text("自动续费已关闭")
    is_fine(stranger, "6-stopped")
    hers = f"subscriber_id = {_PERSON.format(LIN[0])}"
    withdrawn = f"SELECT by_link FROM autorenewal_consent WHERE withdraws_id IS NOT NULL AND {hers}"  # noqa: S608
    assert demo.query(withdrawn) == [(True,)]
    assert not demo.query(f"SELECT id FROM ordering_order WHERE agreed_at IS NOT NULL AND {hers}")  # noqa: S608
    page.goto(f"{demo.url}/")
    expect(page.locator("[data-testid=auto-line]").first).to_contain_text("自动续费：未开启")


def test_a_card_that_fails_makes_way_for_the_wallet(
    demo: Demo, open_browser: Callable[..., BrowserContext]
) -> None:
    page = open_browser(locale="en-US").new_page()
    sign_in(page, demo, ALEX)
    have_pin(page, demo)
    choose(page, demo, "stripe")
    page.locator("input[name=save-stripe]").check()
    press(page)
    page.wait_for_url(f"{demo.gateway_url}/stripe/**")
    page.fill("#card", SAVED_BUT_DECLINED_LATER)
    page.locator("main form button").first.click()
    page.wait_for_url(f"{demo.url}/orders/{newest_order(demo)}/", timeout=WORKS_MS)
    wait_until_saved(page, demo, "0341")
    lines = shlex.split((demo.folder / "environment").read_text())
    environment = product_environment("") | dict(line.split("=", 1) for line in lines)
    run_module(
        "tests.scenario.journeys.purse", ALEX[0], "20000", "USD", "gift:x", environment=environment
    )
    agree(page, demo, method="saved-", fallback="wallet")
    expect(page.locator("main")).to_contain_text("0341")
    is_fine(page, "7-card-then-wallet")
    mailed_link(page, demo, "auto_renewal_notice", ALEX)
    _look_now(demo)
    waited_for(page, demo, "SELECT id FROM autorenewal_cycle WHERE state = 'noticed'")
    _age(demo)
    waited_for(page, demo, "SELECT id FROM autorenewal_attempt WHERE outcome = 'soft'")
    for _ in range(2):  # A day later, and two days after that.
        _age(demo)
        page.wait_for_timeout(500)
    token = _charged(page, demo)
    tried = demo.query("SELECT place, outcome FROM autorenewal_attempt ORDER BY id")
    assert tried[0] == (0, "soft")
    assert tried[-1] == (1, "paid")
    [(provider,)] = demo.query(
        "SELECT provider FROM payments_payment WHERE pays_order AND order_number ="
        " (SELECT order_number FROM autorenewal_cycle WHERE state = 'renewed')"
    )
    assert provider == "wallet"
    assert journal_is_even(demo)
    stranger = open_browser(locale="en-US").new_page()
    stranger.goto(f"{demo.url}/auto-renew/{token}/")
    is_fine(stranger, "8-receipt")
    stranger.locator("[data-testid=undo]").click()
    expect(stranger.locator("main")).to_contain_text("The renewal is undone")
    assert demo.query("SELECT id FROM autorenewal_cycle WHERE state = 'undone'")
    assert journal_is_even(demo)
    page.goto(f"{demo.url}/")
    is_fine(page, "9-home-on")


def _look_now(demo: Demo) -> None:
    """Have the worker look at once whether the mail was delivered, not in a minute."""
    demo.query(
        "UPDATE autorenewal_autorenewal SET next_at = now() WHERE ended_at IS NULL RETURNING id"
    )


def _age(demo: Demo) -> None:
    """Let eight days pass for what was announced and attempted, and a day for the bundle."""
    demo.query(
        "WITH told AS (UPDATE autorenewal_notice SET sent_at = sent_at - interval '8 days',"
        " delivered_at = delivered_at - interval '8 days' RETURNING id),"
        " made AS (UPDATE autorenewal_attempt SET begun_at = begun_at - interval '2 days',"
        " delivered_at = delivered_at - interval '8 days' RETURNING id),"
        " cycles AS (UPDATE autorenewal_cycle SET delivered_at = delivered_at - interval '8 days',"
        " told_from = told_from - interval '8 days',"
        " first_attempt_at = first_attempt_at - interval '2 days'"
        " WHERE closed_at IS NULL RETURNING auto_renewal_id),"
        " bundles AS (UPDATE esims_bundle SET ends_at = now() + interval '3 days'"
        " WHERE state IN ('active', 'queued') AND esim_id IN (SELECT esim_id"
        " FROM autorenewal_autorenewal WHERE ended_at IS NULL) RETURNING id)"
        " UPDATE autorenewal_autorenewal SET next_at = now() WHERE ended_at IS NULL RETURNING id"
    )


def _charged(page: Page, demo: Demo) -> str:
    """Return the token in the receipt, once it is charged; days pass meanwhile."""
    for _ in range(20):
        if demo.query("SELECT id FROM autorenewal_cycle WHERE state = 'renewed'"):
            return mailed_link(page, demo, "auto_renewal_done", ALEX)
        _age(demo)
        page.wait_for_timeout(7_000)
    raise AssertionError("nothing was charged")
