"""Into a wallet: redemption codes from the command on, and a top-up with a bonus, on a phone in
Chinese; and codes in the console."""

import csv
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.processes import product_environment, run_module
from tests.scenario.axe import overflow, violations
from tests.scenario.journeys.conftest import ALEX, LIN, OPERATOR, keep, sign_in
from tests.scenario.journeys.demo import Demo
from tests.scenario.journeys.test_channels import PIN, choose, have_pin, newest_order, press
from tests.scenario.journeys.test_renewal import journal_is_even

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(600)]

WORKS_MS = 120_000


def is_fine(page: Page, name: str) -> None:
    keep(page, f"codes-{name}")
    assert violations(page) == []
    assert overflow(page) <= 0


@pytest.fixture(scope="module")
def codes(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Codes that were made, exported and activated by the commands."""
    file = tmp_path_factory.mktemp("codes") / "codes.csv"
    command(
        demo, "make", "--count", "20", "--amount", "20", "--currency", "USD", "--label", "Kiosk"
    )
    command(demo, "export", "B-1", str(file))
    command(demo, "activate", "B-1", "--last", "10000010")
    assert file.stat().st_mode & 0o777 == 0o600
    with file.open(encoding="utf-8") as lines:
        return [line["code"] for line in csv.DictReader(lines)]


def command(demo: Demo, *arguments: str) -> None:
    lines = shlex.split((demo.folder / "environment").read_text(encoding="utf-8"))
    environment = product_environment("") | dict(line.split("=", 1) for line in lines)
    run_module("limosa.config.cli", "codes", *arguments, environment=environment)


def give(page: Page, typed: str) -> None:
    page.fill("input[name=code]", typed)
    page.locator("main form button.button").click()
    page.wait_for_load_state()


def test_a_code_is_redeemed_on_a_phone_in_chinese(
    demo: Demo, codes: list[str], open_browser: Callable[..., BrowserContext]
) -> None:
    page = open_browser().new_page()
    sign_in(page, demo, LIN)
    page.goto(f"{demo.url}/redeem/")
    is_fine(page, "1-empty")
    give(page, codes[0].replace(codes[0][0], "O", 1))
    expect(page.locator("main")).to_contain_text("不会出现在兑换码中")
    is_fine(page, "2-wrong")
    give(page, f" {codes[0].lower().replace('-', ' ')} ")
    expect(page.locator("main")).to_contain_text("$20.00 已存入你的余额")
    is_fine(page, "3-redeemed")
    give(page, codes[0])
    expect(page.locator("main")).to_contain_text("你自己已在")
    give(page, codes[15])
    expect(page.locator("main")).to_contain_text("还没有激活")
    page.goto(f"{demo.url}/statement/")
    expect(page.locator("main")).to_contain_text("使用兑换码")
    is_fine(page, "4-statement")
    other = open_browser(locale="en-US").new_page()
    sign_in(other, demo, ALEX)
    other.goto(f"{demo.url}/redeem/")
    give(other, codes[0])
    expect(other.locator("main")).to_contain_text("by someone else")
    assert journal_is_even(demo)


def test_a_top_up_brings_a_bonus_and_a_renewal_spends_money_first(
    demo: Demo, open_browser: Callable[..., BrowserContext]
) -> None:
    page = open_browser().new_page()
    sign_in(page, demo, LIN)
    have_pin(page, demo)
    page.goto(f"{demo.url}/wallet/")
    page.locator("input[name=amount][value='5000']").check()
    expect(page.locator("[data-testid=tiers]")).to_contain_text("存满 $50.00 送 $5.00 赠金")
    is_fine(page, "8-offered")
    page.locator("[data-testid=add]").click()
    expect(page.locator("[data-testid=bonus]")).to_contain_text("$5.00")
    page.locator("[data-way=alipay]").click()
    page.locator("form[action*=confirm] button").click()
    expect(page.locator("[data-testid=how-fast]")).to_be_visible(timeout=WORKS_MS)
    is_fine(page, "9-added")
    page.goto(f"{demo.url}/")
    expect(page.locator("[data-testid=bonus]")).to_contain_text("+ $5.00 赠金")
    before = in_wallet(demo)
    choose(page, demo, "wallet")
    press(page)
    page.wait_for_url("**/pin/**")
    page.fill("input[name=pin]", PIN)
    page.locator("[data-testid=pay-with-pin]").click()
    page.wait_for_url(f"{demo.url}/orders/{newest_order(demo)}/")
    assert in_wallet(demo) < before
    page.goto(f"{demo.url}/wallet/")
    expect(page.locator("[data-testid=bonus]")).to_contain_text("$5.00")
    keep(page, "codes-10-money-first")
    assert journal_is_even(demo)


def in_wallet(demo: Demo) -> int:
    [(held,)] = demo.query(
        "SELECT max(balance_minor) FROM ledger_account WHERE kind = 'wallet' AND subscriber_id ="  # noqa: S608
        f" (SELECT id FROM accounts_subscriber WHERE email = '{LIN[0]}')"
    )
    return int(held)


def test_the_console_makes_codes_while_one_looks(
    demo: Demo, codes: list[str], open_browser: Callable[..., BrowserContext]
) -> None:
    page = open_browser(locale="en-US").new_page()
    sign_in(page, demo, OPERATOR)
    page.goto(f"{demo.url}/console/money/codes/")
    is_fine(page, "5-list")
    page.fill("input[name=label]", "Welcome")
    page.fill("input[name=count]", "25000")
    page.fill("input[name=amount]", "5")
    page.fill("input[name=currency]", "USD")
    page.locator("form[action$='/make/'] button").click()
    page.wait_for_url("**/console/money/codes/2/")
    page.get_by_text("Done: show the batch").wait_for(timeout=WORKS_MS)
    page.get_by_text("Done: show the batch").click()
    expect(page.locator("main")).to_contain_text("Export, once")
    is_fine(page, "6-batch")
    with page.expect_download() as download:
        page.locator("form[action$='/export/'] button").click()
    lines = Path(download.value.path()).read_text(encoding="utf-8").splitlines()
    assert len(lines) == 25_001, (
        lines[:2],
        lines[-3:],
        [n for n, line in enumerate(lines) if line.count(",") != 4],
    )
    page.goto(f"{demo.url}/console/money/codes/")
    page.fill("input[name=text]", codes[1])
    page.locator("form[action$='/find/'] button").click()
    page.wait_for_url("**/console/money/codes/of/10000002/")
    is_fine(page, "7-code")
