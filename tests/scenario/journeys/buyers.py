"""People at the demo, each at a phone and at a desktop, who buy and pay in a browser."""

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.scenario.axe import overflow, violations
from tests.scenario.journeys.conftest import (
    ALEX,
    DESKTOP,
    LIN,
    PHONE,
    PHONE_AGENT,
    followed,
    keep,
    sign_in,
)
from tests.scenario.journeys.demo import Demo

ZH, EN = "zh-Hans", "en"
# From what a worker does to the page: it looks at the queue every five seconds, a few times.
ARRIVES_MS = 40_000
_PEOPLE = {ZH: LIN, EN: ALEX}


class Buyers:
    """Those who have signed in. Each has one browser for each of their devices."""

    def __init__(self, demo: Demo, browser: Browser) -> None:
        self.demo = demo
        self._browser = browser
        self._contexts: dict[tuple[str, bool], BrowserContext] = {}

    def close(self) -> None:
        for context in self._contexts.values():
            context.close()

    def page(self, language: str, *, desktop: bool) -> Page:
        """Return a new page of whoever reads the language."""
        if (language, desktop) not in self._contexts:
            self._contexts[language, desktop] = self._signed_in(language, desktop=desktop)
        return self._contexts[language, desktop].new_page()

    def pay(self, page: Page, path: str, *, desktop: bool) -> str:
        """Pay what a checkout page offers, and come to the page of the order; return its number."""
        page.goto(f"{self.demo.url}{path}")
        page.locator("input[name=method][value^='wechatpay']").first.check()
        followed(page)
        page.locator("[data-testid=pay]").click()
        if desktop:
            expect(page.locator("[data-testid=qr] svg")).to_be_visible()
        else:
            page.wait_for_url(f"{self.demo.gateway_url}/**")
        [(number, payment)] = self.demo.query(
            "SELECT order_number, number FROM payments_payment ORDER BY id DESC LIMIT 1"
        )
        if desktop:  # With another device, by the code.
            address = f"{self.demo.gateway_url}/control/wechatpay/pay"
            answer = page.request.post(address, data={"number": payment})
            assert answer.ok, answer.text()
        else:
            page.locator("form[action*=confirm] button").click()
        page.wait_for_url(f"{self.demo.url}/orders/{number}/", timeout=ARRIVES_MS)
        return str(number)

    def _signed_in(self, language: str, *, desktop: bool) -> BrowserContext:
        context = self._browser.new_context(
            viewport=DESKTOP if desktop else PHONE,  # type: ignore[arg-type]
            user_agent=None if desktop else PHONE_AGENT,
            has_touch=not desktop,
            locale="zh-CN" if language == ZH else "en-US",
        )
        if other := self._contexts.get((language, not desktop)):
            context.add_cookies(other.cookies())  # type: ignore[arg-type]
        else:
            page = context.new_page()
            sign_in(page, self.demo, _PEOPLE[language])
            page.close()
        return context


def fits(page: Page, name: str) -> None:
    """Keep pictures; find no accessibility violation and no overflow."""
    keep(page, name)
    assert violations(page) == []
    assert overflow(page) <= 0
