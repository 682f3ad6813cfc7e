"""Searching as a person does it: by keyboard alone, in Chinese, and without JavaScript."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.scenario.axe import overflow, violations
from tests.scenario.journeys.demo import Demo

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(300)]

FIELD, OPTIONS = "#find", "#find-options [role=option]"
CHOSEN = "#find-options [aria-selected=true]"


def test_suggestions_are_chosen_by_keyboard(
    demo: Demo, open_browser: Callable[..., BrowserContext]
) -> None:
    page = open_browser(locale="en-US", desktop=True).new_page()
    page.goto(f"{demo.url}/")
    field = page.locator(FIELD)
    expect(field).to_have_role("combobox")
    expect(field).to_have_attribute("aria-expanded", "false")
    field.focus()
    page.keyboard.type("las v", delay=30)
    expect(page.locator(OPTIONS).first).to_contain_text("United States")
    expect(field).to_have_attribute("aria-expanded", "true")
    assert violations(page) == []

    page.keyboard.press("ArrowDown")
    expect(page.locator(CHOSEN)).to_have_count(1)
    chosen = page.locator(CHOSEN).get_attribute("id") or ""
    expect(field).to_have_attribute("aria-activedescendant", chosen)
    page.keyboard.press("ArrowUp")  # Back to the field itself.
    expect(page.locator(CHOSEN)).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator(OPTIONS).first).to_be_hidden()
    expect(field).to_have_value("las v")

    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/search/\?q=United"))
    expect(page.locator("[data-testid=plans] a").first).to_be_visible()


def test_enter_without_a_choice_searches_for_what_is_typed(
    demo: Demo, open_browser: Callable[..., BrowserContext]
) -> None:
    page = open_browser().new_page()
    page.goto(f"{demo.url}/plans/")
    page.locator(FIELD).focus()
    page.keyboard.type("meiguo 无限流量")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/search/\?q=meiguo"))
    expect(page.locator("[data-testid=understood]")).to_contain_text("美国 · 不限量")
    assert overflow(page) == 0
    assert violations(page) == []


def test_it_works_without_scripts(demo: Demo, open_browser: Callable[..., BrowserContext]) -> None:
    page = open_browser(locale="en-US", scripts=False).new_page()
    page.goto(f"{demo.url}/")
    page.locator(FIELD).fill("Jpan")
    page.locator("form[role=search] button").click()
    understood = page.locator("[data-testid=understood]")
    expect(understood).to_contain_text("Japan")
    understood.locator("a").click()
    expect(page.locator("[data-testid=nothing]")).to_contain_text("Jpan")
