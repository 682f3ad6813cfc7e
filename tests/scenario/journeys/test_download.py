"""A person buys a plan and installs the eSIM, on a phone and in Chinese.

The eSIM's page follows what the virtual phone does over TLS; then its data is used, and renewed. In
the end it moves to a second phone, and the first one has no data.

Another plan is changed to another carrier: what is left of it counts, and it ends once the new eSIM
is on a phone.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.scenario.axe import overflow, violations
from tests.scenario.journeys.conftest import followed, keep, sign_in
from tests.scenario.journeys.demo import Demo
from tests.scenario.journeys.test_channels import PIN, have_pin
from tests.scenario.journeys.test_renewal import journal_is_even

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(300)]

PLAN = "t-mobile-month-20gb"
ARRIVES_MS = 10_000
# From the phone's report to the page: what the person waits for.
FOLLOWS_MS = 2_500
PHONE, SECOND_PHONE = "new-phone", "second-phone"


def is_fine(page: Page, name: str) -> None:
    """Keep pictures; find no accessibility violation and no overflow."""
    keep(page, name)
    assert violations(page) == []
    assert overflow(page) <= 0


def buy(page: Page, demo: Demo) -> None:
    """Buy a new eSIM, and come to the page of its order."""
    page.goto(f"{demo.url}/plans/{PLAN}/buy/")
    pay(page, demo)


def pay(page: Page, demo: Demo) -> None:
    """Pay what is chosen, and come to the page of the order."""
    page.locator("input[name=method][value^='wechatpay']").first.check()
    followed(page)
    page.locator("[data-testid=pay]").click()
    page.wait_for_url(f"{demo.gateway_url}/**")
    page.locator("form[action*=confirm] button").click()
    page.wait_for_url(f"{demo.url}/orders/**", timeout=ARRIVES_MS)
    expect(page.locator("[data-step=credited] time")).to_be_visible(timeout=ARRIVES_MS)


def top(page: Page, name: str) -> None:
    """Keep pictures of the page from its beginning."""
    page.evaluate("scrollTo(0, 0)")
    is_fine(page, name)


def said(page: Page, step: str, words: str) -> None:
    """See the page say by itself, and soon, what has happened."""
    line = page.locator(f"[data-testid=progress] [data-step={step}]")
    expect(line).to_contain_text(words, timeout=FOLLOWS_MS)


def installed(page: Page, phone: Page) -> None:
    """Have the virtual phone download what the page shows, and the page follow."""
    phone.locator("input[name=name]").fill(PHONE)
    phone.locator("form[action='/phones'] button").click()
    expect(phone.locator("textarea[name=code]")).to_contain_text("LPA:1$localhost:")
    phone.locator("form[action$='/install'] button").click()
    expect(phone.get_by_text("安装这张 eSIM？")).to_be_visible(timeout=ARRIVES_MS)
    keep(phone, "download-3-phone-asks")
    phone.locator("button[value=yes]").click()
    expect(phone.get_by_text("eSIM 已安装")).to_be_visible(timeout=ARRIVES_MS)
    said(page, "installed", "已安装")
    keep(phone, "download-4-phone-installed")
    top(page, "download-5-page-installed")
    phone.locator("button[value=on]").click()
    said(page, "enabled", "已启用")
    expect(page.locator("[data-testid=is-on]")).to_be_visible()
    top(page, "download-6-page-enabled")
    page.reload()
    expect(page.locator("[data-testid=installed-already]")).to_be_visible()
    expect(page.locator(".qr")).to_be_hidden()
    top(page, "download-6-used-code")


def used(page: Page, phone: Page, demo: Demo, iccid: str) -> None:
    """Use data on the phone, which only an eSIM that is on can, and see it on the page."""
    networks = page.request.get(f"{demo.network_url}/control/esims").json()
    assert iccid in {esim["iccid"] for esim in networks["esims"]}
    phone.locator("button[value=data-on]").click()
    expect(phone.get_by_text("使用中")).to_be_visible()
    keep(phone, "download-7-phone-in-use")
    page.wait_for_timeout(3_000)
    phone.locator("button[value=data-off]").click()
    statement = (
        "SELECT sum(bundle.used_bytes)::bigint FROM esims_bundle AS bundle"  # noqa: S608
        f" JOIN esims_esim AS esim ON esim.id = bundle.esim_id WHERE iccid = '{iccid}'"
    )
    [(used_bytes,)] = demo.query(statement)
    assert used_bytes > 0


def renewed(page: Page, demo: Demo, tail: str) -> None:
    """Renew the new eSIM from its card."""
    page.goto(f"{demo.url}/")
    card = page.locator("[data-testid=esim-card]").filter(has_text=tail)
    is_fine(page, "download-8-home")
    card.locator("a[href*='/renew/']").first.click()
    pay(page, demo)
    rows = demo.query(
        "SELECT count(*) FROM esims_bundle AS bundle JOIN esims_esim AS esim"  # noqa: S608
        f" ON esim.id = bundle.esim_id WHERE iccid LIKE '%{tail}'"
    )
    assert rows == [(2,)]


def moved(page: Page, context: BrowserContext, demo: Demo) -> Page:
    """Move the eSIM to a second phone: what will happen, the PIN, the new code, and it is there."""
    page.locator("main a[href$='/devices/']").click()
    is_fine(page, "download-9-devices")
    page.get_by_text("我换了新手机").click()
    is_fine(page, "download-10-move")
    page.locator("input[name=name]").fill("第二部手机")
    page.locator("input[name=pin]").fill(PIN)
    page.locator("[data-testid=begin-move]").click()
    expect(page.locator("[data-testid=moving]")).to_be_visible()
    is_fine(page, "download-11-new-code")
    with context.expect_page() as opened:
        page.locator(f"a[href^='{demo.phones_url}']").click()
    phone = opened.value
    phone.locator("input[name=name]").fill(SECOND_PHONE)
    phone.locator("form[action='/phones'] button").click()
    phone.locator("form[action$='/install'] button").click()
    phone.locator("button[value=yes]").click(timeout=ARRIVES_MS)
    expect(phone.get_by_text("eSIM 已安装")).to_be_visible(timeout=ARRIVES_MS)
    expect(page.locator("[data-testid=moved]")).to_be_visible(timeout=FOLLOWS_MS)
    phone.locator("button[value=on]").click()
    said(page, "enabled", "已启用")
    top(page, "download-12-moved")
    page.locator("[data-testid=moved] a").click()
    expect(page.get_by_role("heading", name="第二部手机")).to_be_visible()
    is_fine(page, "download-13-devices")
    return phone


def used_bytes(demo: Demo, public_id: str) -> int:
    """Return what was used of an eSIM's bundles."""
    [(used,)] = demo.query(
        "SELECT sum(bundle.used_bytes)::bigint FROM esims_bundle AS bundle"  # noqa: S608
        " JOIN esims_esim AS esim ON esim.id = bundle.esim_id"
        f" WHERE esim.public_id = '{public_id}'"
    )
    return int(used)


def only_the_new_one_counts(demo: Demo, old: Page, new: Page, public_id: str) -> None:
    """Use data on the new phone; the old one has no service, and offers no data to use."""
    before = used_bytes(demo, public_id)
    old.reload()
    expect(old.get_by_text("无服务")).to_be_visible()
    expect(old.locator("button[value=data-on]")).to_have_count(0)
    assert used_bytes(demo, public_id) == before
    new.locator("button[value=data-on]").click()
    new.wait_for_timeout(3_000)
    new.locator("button[value=data-off]").click()
    assert used_bytes(demo, public_id) > before


def deleted(page: Page, phone: Page, demo: Demo, public_id: str) -> None:
    """Delete the eSIM from the phone, and see every page say so, and how it comes back."""
    phone.locator("button[value=off]").first.click()
    phone.locator("details summary").first.click()
    phone.get_by_text("删除此 eSIM").first.click()
    phone.locator("button[value=delete]").first.click()
    page.goto(f"{demo.url}/esims/{public_id}/install/")
    said(page, "deleted", "已从设备删除")
    page.goto(f"{demo.url}/")
    expect(page.locator("[data-testid=deleted]").first).to_be_visible()
    is_fine(page, "download-14-deleted")
    page.goto(f"{demo.url}/esims/{public_id}/devices/")
    is_fine(page, "download-15-devices-deleted")
    page.get_by_text("重新安装").first.click()
    is_fine(page, "download-16-again")
    page.goto(f"{demo.url}/esims/{public_id}/move/?to=phone")
    is_fine(page, "download-17-move-deleted")


def test_what_is_bought_is_downloaded_used_renewed_and_moved(
    demo: Demo, open_browser: Callable[..., BrowserContext]
) -> None:
    context = open_browser()
    page = context.new_page()
    sign_in(page, demo)
    buy(page, demo)
    is_fine(page, "download-1-bought")
    page.locator("main a[href*='/install/']").first.click()
    said(page, "downloaded", "下载")
    is_fine(page, "download-2-install-page")
    [(iccid,)] = demo.query("SELECT iccid FROM esims_esim ORDER BY id DESC LIMIT 1")
    with context.expect_page() as opened:
        page.locator(f"a[href^='{demo.phones_url}']").click()
    phone = opened.value
    installed(page, phone)
    used(page, phone, demo, str(iccid))
    renewed(page, demo, str(iccid)[-4:])
    have_pin(page, demo)
    [(public_id,)] = demo.query(f"SELECT public_id FROM esims_esim WHERE iccid = '{iccid}'")  # noqa: S608
    page.goto(f"{demo.url}/esims/{public_id}/")
    second = moved(page, context, demo)
    [(now,)] = demo.query(f"SELECT iccid FROM esims_esim WHERE public_id = '{public_id}'")  # noqa: S608
    assert now != iccid
    only_the_new_one_counts(demo, phone, second, str(public_id))
    deleted(page, second, demo, str(public_id))
    assert journal_is_even(demo)


def changed(page: Page, demo: Demo, public_id: str) -> str:
    """Change an eSIM's plan to one of T-Mobile: what is left is shown, and kept as it is paid for;
    return the number of the order."""
    page.goto(f"{demo.url}/esims/{public_id}/")
    page.locator("[data-testid=change-plan]").click()
    value = page.locator("[data-testid=value]").inner_text()
    top(page, "change-1-what-is-left")
    page.locator("[data-testid=target][data-plan^=t-mobile]").first.click()
    expect(page.locator("[data-testid=counts]")).to_contain_text(value)
    rest = page.locator("[data-testid=rest]").inner_text()
    top(page, "change-2-what-happens")
    page.locator("input[name=pin]").fill(PIN)
    page.locator("[data-testid=change]").click()
    page.wait_for_url(f"{demo.url}/orders/**/pay/")
    expect(page.locator(".hero")).to_have_text(rest)
    page.locator("form button").filter(has_text="微信").first.click()
    page.wait_for_url(f"{demo.gateway_url}/**")
    page.locator("form[action*=confirm] button").click()
    page.wait_for_url(f"{demo.url}/orders/**", timeout=ARRIVES_MS)
    expect(page.locator("[data-testid=changed]")).to_contain_text(value, timeout=ARRIVES_MS)
    keep(page, "change-3-order")
    return page.url.rstrip("/").rsplit("/", 1)[-1]


def test_a_plan_is_changed_to_another_carrier_with_what_is_left_of_it(
    demo: Demo, open_browser: Callable[..., BrowserContext]
) -> None:
    context = open_browser()
    page = context.new_page()
    sign_in(page, demo)
    have_pin(page, demo)
    [(public_id,)] = demo.query("SELECT public_id FROM esims_esim WHERE label = 'iPad'")
    number = changed(page, demo, str(public_id))
    former = f"{demo.url}/esims/{public_id}/"
    page.goto(former)
    expect(page.locator("[data-testid=given-up]")).to_contain_text("可以继续用")
    keep(page, "change-4-former-goes-on")
    page.goto(f"{demo.url}/orders/{number}/")
    page.locator("main a[href*='/install/']").first.click()
    with context.expect_page() as opened:
        page.locator(f"a[href^='{demo.phones_url}']").click()
    phone = opened.value
    phone.locator("input[name=name]").fill("changed-phone")
    phone.locator("form[action='/phones'] button").click()
    phone.locator("form[action$='/install'] button").click()
    phone.locator("button[value=yes]").click(timeout=ARRIVES_MS)
    said(page, "installed", "已安装")
    ended = page.locator("[data-testid=given-up]").filter(has_text="已结束")
    for _ in range(ARRIVES_MS // 500):  # A worker looks each five seconds.
        page.goto(former)
        if ended.count():
            break
        page.wait_for_timeout(500)
    expect(ended).to_be_visible()
    keep(page, "change-5-former-ended")
    [(counted, quoted)] = demo.query(
        "SELECT change.value_minor, quote.value_minor FROM ordering_planchange AS change"  # noqa: S608
        " JOIN ordering_order AS ordered ON ordered.id = change.order_id"
        " JOIN ordering_quote AS quote ON quote.id = ordered.quote_id"
        f" WHERE ordered.number = '{number}' AND change.state = 'counted'"
    )
    assert counted == quoted > 0
    assert journal_is_even(demo)
