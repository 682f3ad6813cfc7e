"""Each channel as a person uses it: pay, return the plan, pay again with what was saved.

Real processes, a real browser, and the payment gateway that signs as the four do.
"""

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.scenario.axe import overflow, violations
from tests.scenario.journeys.conftest import ALEX, LIN, PHONE_AGENT, followed, keep, sign_in
from tests.scenario.journeys.demo import Demo
from tests.scenario.journeys.test_renewal import journal_is_even

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(600)]

PIN = "604173"
ARRIVES_MS = 8_000
# The worker asks the gateway for the refund, and the gateway sends word of it.
REFUNDED_MS = 45_000
BRIDGE = """
window.WeixinJSBridge = {
  invoke(name, call, done) {
    window.bridged = { name, call };
    window.finish = done;
  },
};
"""


def choose(page: Page, demo: Demo, key: str) -> None:
    """Go to the renew page of the first eSIM and choose a payment method."""
    page.goto(f"{demo.url}/")
    page.locator("a[href*='/renew/']").first.click()
    page.wait_for_url("**/renew/**")
    page.locator(f"input[name=method][value^='{key}']").first.check()
    followed(page)


def press(page: Page) -> None:
    page.locator("[data-testid=pay]").click()


def newest_order(demo: Demo) -> str:
    [(number,)] = demo.query("SELECT number FROM ordering_order ORDER BY id DESC LIMIT 1")
    return str(number)


def is_fine(page: Page, name: str) -> None:
    """Keep pictures; find no accessibility violation and no overflow."""
    keep(page, name)
    assert violations(page) == []
    assert overflow(page) <= 0


def arrived(page: Page, demo: Demo, number: str, name: str) -> None:
    """See the order's page, by itself, with the money and the data on it."""
    page.wait_for_url(f"{demo.url}/orders/{number}/", timeout=ARRIVES_MS)
    for step in ("paid", "credited"):
        expect(page.locator(f"[data-step={step}] time")).to_be_visible(timeout=ARRIVES_MS)
    is_fine(page, name)


def return_plan(page: Page, demo: Demo, number: str, name: str) -> None:
    """Return the plan, and see the money come back without touching the page."""
    page.goto(f"{demo.url}/orders/{number}/")
    page.locator("[data-testid=return-order]").click()
    is_fine(page, f"{name}-return")
    page.locator("[data-testid=return]").click()
    page.wait_for_url(f"{demo.url}/orders/{number}/")
    expect(page.locator("[data-step=refunded] time")).to_be_visible(timeout=REFUNDED_MS)
    is_fine(page, f"{name}-refunded")
    refunds = demo.query(
        "SELECT refund.state, refund.reason, payment.refunded_minor = payment.received_minor"  # noqa: S608
        " FROM payments_refund AS refund JOIN payments_payment AS payment"
        f" ON payment.id = refund.payment_id WHERE payment.order_number = '{number}'"
    )
    assert refunds == [("succeeded", "person", True)]
    assert journal_is_even(demo)


def have_pin(page: Page, demo: Demo) -> None:
    """Set the payment PIN, unless an earlier journey did."""
    page.goto(f"{demo.url}/settings/payment-pin/")
    if page.locator("input[name=password]").count():
        page.fill("input[name=password]", ALEX[1])
        page.press("input[name=password]", "Enter")
        page.wait_for_url("**/payment-pin/")
    if page.locator("input[name=old_pin]").count():
        return
    page.fill("input[name=pin]", PIN)
    page.fill("input[name=again]", PIN)
    page.locator("main form button.button").click()
    page.wait_for_url(f"{demo.url}/settings/")


def pay_with_what_is_saved(page: Page, demo: Demo, label: str, name: str) -> None:
    """Two taps and the PIN: what was saved is chosen already."""
    have_pin(page, demo)
    page.goto(f"{demo.url}/settings/")
    expect(page.locator("#saved")).to_contain_text(label)
    is_fine(page, f"{name}-settings")
    page.goto(f"{demo.url}/")
    page.locator("a[href*='/renew/']").first.click()
    page.wait_for_url("**/renew/**")
    saved = page.locator("label.segment-whole", has_text=label).locator("input")
    saved.first.check()
    followed(page)
    is_fine(page, f"{name}-saved")
    press(page)
    page.wait_for_url("**/pin/**")
    is_fine(page, f"{name}-pin")
    page.fill("input[name=pin]", "000001")
    page.locator("[data-testid=pay-with-pin]").click()
    expect(page.locator("#pin-fault")).to_be_visible()
    is_fine(page, f"{name}-pin-wrong")
    page.fill("input[name=pin]", PIN)
    page.locator("[data-testid=pay-with-pin]").click()
    number = newest_order(demo)
    arrived(page, demo, number, f"{name}-again")
    [(method, is_saved)] = demo.query(
        "SELECT method, saved_method_id IS NOT NULL FROM payments_payment"  # noqa: S608
        f" WHERE order_number = '{number}' AND pays_order"
    )
    assert (method, is_saved) == ("saved", True)
    assert journal_is_even(demo)


def wait_until_saved(page: Page, demo: Demo, label: str) -> None:
    """The worker keeps the method after the payment."""
    for _ in range(60):
        page.goto(f"{demo.url}/settings/")
        if label in page.locator("#saved").inner_text():
            return
        page.wait_for_timeout(1000)
    raise AssertionError(f"{label} is not saved")


def test_by_card_on_a_phone_in_english(
    demo: Demo, open_browser: Callable[..., BrowserContext]
) -> None:
    page = open_browser(locale="en-US").new_page()
    sign_in(page, demo, ALEX)
    choose(page, demo, "stripe")
    page.locator("input[name=save-stripe]").check()
    page.locator(".save-method:visible").scroll_into_view_if_needed()
    is_fine(page, "card-checkout")
    press(page)
    page.wait_for_url(f"{demo.gateway_url}/stripe/**")
    page.locator("main form button").first.click()
    number = newest_order(demo)
    arrived(page, demo, number, "card-arrived")
    return_plan(page, demo, number, "card")
    wait_until_saved(page, demo, "4242")
    pay_with_what_is_saved(page, demo, "4242", "card")


def test_by_paypal_on_a_phone_after_a_change_of_mind(
    demo: Demo, open_browser: Callable[..., BrowserContext]
) -> None:
    page = open_browser(locale="en-US").new_page()
    sign_in(page, demo, ALEX)
    choose(page, demo, "paypal")
    page.locator("input[name=save-paypal]").check()
    press(page)
    page.wait_for_url(f"{demo.gateway_url}/paypal/**")
    page.locator("form[action*=cancel] button").click()
    page.wait_for_url(f"{demo.url}/orders/*/pay/**")
    number = newest_order(demo)
    expect(page.locator("main")).to_contain_text("This payment has not arrived yet")
    is_fine(page, "paypal-cancelled")
    page.locator("[data-testid=open]").click()
    page.wait_for_url(f"{demo.gateway_url}/paypal/**")
    page.locator("form[action*=confirm] button").click()
    arrived(page, demo, number, "paypal-arrived")
    return_plan(page, demo, number, "paypal")
    wait_until_saved(page, demo, "@")
    pay_with_what_is_saved(page, demo, "@", "paypal")


def test_by_wechat_pay_with_a_code_on_a_desktop(
    demo: Demo, open_browser: Callable[..., BrowserContext]
) -> None:
    context = open_browser(desktop=True)
    page = context.new_page()
    sign_in(page, demo, LIN)
    choose(page, demo, "wechatpay")
    is_fine(page, "wechat-checkout")
    press(page)
    expect(page.locator("[data-testid=qr] svg")).to_be_visible()
    is_fine(page, "wechat-code")
    scan(context, page)
    number = newest_order(demo)
    arrived(page, demo, number, "wechat-arrived")
    return_plan(page, demo, number, "wechat")


def test_by_alipay_with_a_code_on_a_desktop(
    demo: Demo, open_browser: Callable[..., BrowserContext]
) -> None:
    context = open_browser(desktop=True, locale="en-US")
    page = context.new_page()
    sign_in(page, demo, LIN)
    choose(page, demo, "alipay")
    press(page)
    expect(page.locator("[data-testid=qr] svg")).to_be_visible()
    is_fine(page, "alipay-code")
    scan(context, page)
    arrived(page, demo, newest_order(demo), "alipay-code-arrived")


def test_by_alipay_on_a_phone_in_chinese(
    demo: Demo, open_browser: Callable[..., BrowserContext]
) -> None:
    page = open_browser().new_page()
    sign_in(page, demo, LIN)
    choose(page, demo, "alipay")
    press(page)
    page.wait_for_url(f"{demo.gateway_url}/alipay/**")
    number = newest_order(demo)
    page.go_back()  # The page that led on is not in the way.
    page.wait_for_url("**/renew/**")
    page.goto(f"{demo.url}/orders/{number}/pay/")
    is_fine(page, "alipay-open")
    page.locator("[data-testid=open]").click()
    page.locator("form[action*=confirm] button").click()
    arrived(page, demo, number, "alipay-arrived")
    return_plan(page, demo, number, "alipay")


def test_inside_wechat_by_wechat_s_own_call(
    demo: Demo, open_browser: Callable[..., BrowserContext]
) -> None:
    """WeChat's part is played by a stub of its browser and by the gateway's page."""
    context = open_browser(agent=f"{PHONE_AGENT} MicroMessenger/8.0.50")
    context.add_init_script(BRIDGE)
    page = context.new_page()
    sign_in(page, demo, LIN)
    choose(page, demo, "wechatpay")
    press(page)
    page.wait_for_url(f"{demo.url}/orders/*/pay/**")
    expect(page.locator("[data-testid=bridge]")).to_be_visible()
    is_fine(page, "in-wechat")
    call = page.evaluate("window.bridged")
    assert call["name"] == "getBrandWCPayRequest"
    page.evaluate("window.finish({err_msg: 'get_brand_wcpay_request:cancel'})")
    expect(page.locator("[data-bridge-unpaid]")).to_be_visible()
    is_fine(page, "in-wechat-cancelled")
    page.locator("[data-testid=bridge]").click()
    # What WeChat says on the page is not believed: the provider is asked.
    page.evaluate("window.finish({err_msg: 'get_brand_wcpay_request:ok'})")
    expect(page.locator("main")).to_contain_text("这笔付款还没有到账")
    payer = context.new_page()
    payer.goto(f"{demo.gateway_url}/wechatpay/jsapi?{urlencode(call['call'])}")
    payer.locator("form[action*=confirm] button").click()
    payer.wait_for_load_state()
    page.bring_to_front()
    number = newest_order(demo)
    arrived(page, demo, number, "in-wechat-arrived")


def scan(context: BrowserContext, page: Page) -> None:
    """Do with the code what a phone does, on the gateway's page; nobody touches ours."""
    address = page.locator("main a[target=_blank]").get_attribute("href")
    assert address
    phone = context.new_page()
    phone.goto(address)
    phone.locator("form[action*=confirm] button").click()
    phone.wait_for_load_state()
    phone.close()
    page.bring_to_front()
