"""Without a connection: what was kept is read, and nothing of it is left for anybody else."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.processes import wait_for
from tests.scenario.axe import overflow, violations
from tests.scenario.journeys.conftest import ALEX, LIN, keep, sign_in
from tests.scenario.journeys.demo import Demo

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(300)]

_KEPT = """async () => {
  const found = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      found.push(`${request.url}\\n${await (await cache.match(request)).text()}`);
    }
  }
  return found;
}"""
CODE = "LPA:1$"


def kept(page: Page) -> str:
    """Return all that the browser has kept, as a thief of the device would read it."""
    return "\n".join(page.evaluate(_KEPT))


def wait_until(page: Page, is_so: Callable[[str], bool], what: str) -> None:
    wait_for(lambda: is_so(kept(page)), what=what)


def esim_of(demo: Demo, person: tuple[str, str]) -> str:
    """Return an eSIM of a person that has a plan in use."""
    [(public_id,), *_] = demo.query(
        "SELECT esim.public_id FROM esims_esim AS esim"  # noqa: S608
        " JOIN accounts_subscriber AS person ON person.id = esim.subscriber_id"
        " JOIN esims_bundle AS bundle ON bundle.esim_id = esim.id AND bundle.state = 'active'"
        f" WHERE person.email = '{person[0]}' ORDER BY bundle.ends_at, esim.id"
    )
    return str(public_id)


def arrival_of(public_id: str) -> str:
    return f"/esims/{public_id}/arrival/"


def signed_in(context: BrowserContext, demo: Demo, person: tuple[str, str]) -> tuple[Page, str]:
    """Return a page of somebody whose device has kept their pages, and where one of them is."""
    page, path = context.new_page(), arrival_of(esim_of(demo, person))
    sign_in(page, demo, person)
    wait_until(page, lambda found: f"{demo.url}{path}\n" in found, "the pages to be kept")
    return page, path


def is_fine(page: Page, name: str) -> None:
    keep(page, name)
    assert violations(page) == []
    assert overflow(page) <= 0


def test_the_steps_and_the_balance_are_read_without_a_connection(
    demo: Demo, open_browser: Callable[..., BrowserContext]
) -> None:
    context = open_browser()
    page, path = signed_in(context, demo, LIN)
    page.goto(f"{demo.url}{path}")
    expect(page.locator("[data-testid=kept]")).to_be_hidden()
    left = page.locator("[data-testid=remaining]").inner_text()
    is_fine(page, "arrival-1-online")
    context.set_offline(offline=True)

    page.goto(f"{demo.url}{path}")
    expect(page.locator("[data-testid=kept]")).to_contain_text("没有网络")
    expect(page.locator("[data-testid=remaining]")).to_have_text(left)
    expect(page.locator("#steps")).to_contain_text("数据漫游")
    is_fine(page, "arrival-2-offline")
    for elsewhere in ("/", "/plans/"):
        page.goto(f"{demo.url}{elsewhere}")
        expect(page.locator("[data-testid=as-of]")).to_be_visible()
        expect(page.locator("[data-testid=remaining]").first).to_have_text(left)
    is_fine(page, "arrival-3-offline-elsewhere")
    page.locator(f"a[href='{path}']").click()
    expect(page.locator("[data-testid=kept]")).to_be_visible()
    context.set_offline(offline=False)


def test_signing_out_deletes_what_is_kept(
    demo: Demo, open_browser: Callable[..., BrowserContext]
) -> None:
    context = open_browser()
    page, path = signed_in(context, demo, LIN)
    page.goto(f"{demo.url}/accounts/logout/")
    page.locator("main form[action*=logout] button").first.click()
    page.wait_for_url(f"{demo.url}/accounts/login/")
    wait_until(page, lambda found: path not in found, "nothing of the person to be kept")
    assert 'data-testid="as-of"' not in kept(page)
    context.set_offline(offline=True)
    page.goto(f"{demo.url}{path}")
    expect(page.get_by_role("heading", level=1)).to_have_text("没有网络")
    expect(page.locator("[data-testid=remaining]")).to_have_count(0)
    is_fine(page, "arrival-4-nobody")
    context.set_offline(offline=False)


def test_signing_out_deletes_it_even_if_the_answer_never_comes(
    demo: Demo, open_browser: Callable[..., BrowserContext]
) -> None:
    context = open_browser()
    page, path = signed_in(context, demo, LIN)
    page.goto(f"{demo.url}/accounts/logout/")
    context.set_offline(offline=True)
    page.locator("main form[action*=logout] button").first.click()
    page.wait_for_timeout(500)
    page.goto(f"{demo.url}{path}")
    expect(page.get_by_role("heading", level=1)).to_have_text("没有网络")
    assert path not in kept(page)
    context.set_offline(offline=False)


def test_nobody_reads_what_was_kept_for_another_person(
    demo: Demo, open_browser: Callable[..., BrowserContext]
) -> None:
    context = open_browser()
    page, path = signed_in(context, demo, LIN)
    # The session ends without a word, as it does when it is too old.
    context.clear_cookies()
    page, other = signed_in(context, demo, ALEX)
    assert path not in kept(page)
    context.set_offline(offline=True)
    page.goto(f"{demo.url}{path}")
    expect(page.locator("[data-testid=as-of]")).to_be_visible()
    expect(page.locator(f"a[href='{other}']")).to_be_visible()
    expect(page.locator(f"a[href='{path}']")).to_have_count(0)
    context.set_offline(offline=False)


def test_the_code_of_a_returned_esim_is_gone_after_the_next_visit(
    demo: Demo, open_browser: Callable[..., BrowserContext]
) -> None:
    public_id = esim_of(demo, ALEX)
    of_it = f"(SELECT id FROM esims_esim WHERE public_id = '{public_id}')"  # noqa: S608
    demo.query(f"DELETE FROM esims_installation WHERE esim_id = {of_it} RETURNING 1")  # noqa: S608
    demo.query(
        "UPDATE esims_esim SET state = 'ready', installed_at = NULL"  # noqa: S608
        f" WHERE public_id = '{public_id}' RETURNING 1"
    )
    context = open_browser()
    page, path = signed_in(context, demo, ALEX)
    assert CODE in kept(page)
    returned = demo.query(
        "UPDATE esims_bundle SET state = 'refunded', ended_at = now()"  # noqa: S608
        f" WHERE esim_id = {of_it} AND state = 'active' RETURNING id"
    )
    page.goto(f"{demo.url}/")
    wait_until(page, lambda found: CODE not in found, "the code to be gone")
    context.set_offline(offline=True)
    page.goto(f"{demo.url}{path}")
    assert CODE not in page.content()
    context.set_offline(offline=False)
    # Others of these tests look for a plan of theirs that is in use.
    for (bundle,) in returned:
        demo.query(
            f"UPDATE esims_bundle SET state = 'active', ended_at = NULL WHERE id = {bundle}"  # noqa: S608
            " RETURNING 1"
        )
