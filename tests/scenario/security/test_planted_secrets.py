"""No secret, card number or activation code is left in a log, a dump, an error page or a mail.

Real processes, at the chattiest level of the log. People pay by card, wallet and WeChat Pay, keep a
card, mistype their PIN; providers and the database fail. Then every planted secret is looked for in
everything that is left, plain and in the usual codings.
"""

import json
import secrets as chance
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, sync_playwright

from limosa.config.settings.reading import declared_variables
from limosa.foundation.variables import File
from tests.processes import artefacts, call, wait_for
from tests.scenario.journeys.conftest import ARGUMENTS, CHROMIUM, PHONE_AGENT
from tests.scenario.security.traces import dump, files, found_in
from tests.scenario.stack import Stack, open_folder

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(300)]

EMAIL = "lin@example.com"
PIN, WRONG_PIN = "820491", "730258"
CARD = "5555555555554444"
WRONG_HOST = "put-there-on-purpose.example"
CHANNELS = ("stripe", "wechatpay", "paypal", "alipay")
RENEW = "/esims/{}/renew/"
# Of each kind of secret one, so that the declarations do not quietly plant nothing.
PLANTED_SETTINGS = {
    "DATABASE_URL",
    "LIMOSA_SECRET_KEY",
    "LIMOSA_ENCRYPTION_KEYS",
    "LIMOSA_STRIPE_WEBHOOK_SECRET",
    "LIMOSA_WECHATPAY_PRIVATE_KEY_FILE",
    "LIMOSA_ALIPAY_PRIVATE_KEY_FILE",
}


class World:
    """The running service, what was planted in it, and what it has shown."""

    def __init__(self, stack: Stack, browser: Browser) -> None:
        self.stack = stack
        self.browser = browser
        self.pages: dict[str, bytes] = {}
        self.secrets = {
            "the password": f"tidal-{chance.token_hex(8)}",
            "the activation code": f"LPA:1$smdp.example.com${chance.token_hex(10).upper()}",
            "the card": CARD,
            "the PIN": PIN,
            "a wrong PIN": WRONG_PIN,
        }
        self.esim = self.ask("make", EMAIL, self.secrets["the password"], self.code)

    @property
    def code(self) -> str:
        return self.secrets["the activation code"]

    def ask(self, *words: str) -> Any:
        """Ask a process beside the servers."""
        return json.loads(self.stack.run_module("tests.scenario.security.world", *words))

    def plant_settings(self) -> None:
        """Add what a deployment was given: whatever is declared to be a secret."""
        for variable in declared_variables():
            value = self.stack.environment.get(variable.name, "")
            if isinstance(variable.kind, File) and variable.is_secret and value:
                lines = Path(value).read_text(encoding="ascii").splitlines()
                self.secrets[variable.name] = max(lines, key=len)
            for number, secret in enumerate(variable.secrets_in(value)):
                self.secrets[f"{variable.name} {number}" if number else variable.name] = secret

    def page(self, *, agent: str | None = None) -> Page:
        """Sign in and return the page; plant the session."""
        context = self.browser.new_context(java_script_enabled=False, user_agent=agent)
        page = context.new_page()
        page.goto(f"{self.stack.url('web')}/accounts/login/")
        page.fill("[name=login]", EMAIL)
        page.fill("[name=password]", self.secrets["the password"])
        page.press("[name=password]", "Enter")
        page.wait_for_url(f"{self.stack.url('web')}/")
        for cookie in context.cookies(self.stack.url("web")):
            if cookie["name"] in {"sessionid", "csrftoken", "limosa_device"}:
                self.secrets[f"{cookie['name']} {len(self.secrets)}"] = cookie["value"]
        return page

    def keep(self, name: str, answer: httpx.Response) -> None:
        """Keep what an error page shows."""
        self.pages[name] = answer.content + repr(answer.headers.raw).encode()


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    planted = {
        "DJANGO_SETTINGS_MODULE": "limosa.config.settings",
        "LIMOSA_SECRET_KEY": chance.token_urlsafe(48),
        "LIMOSA_PIN_PEPPER": chance.token_urlsafe(32),
        "LIMOSA_ENCRYPTION_KEYS": f"planted:{b64encode(chance.token_bytes(32)).decode()}",
        "LIMOSA_USAGE_FEED_KEY": chance.token_urlsafe(24),
        "LIMOSA_LOG_LEVEL": "DEBUG",
    }
    with (
        sync_playwright() as playwright,
        open_folder("planted") as folder,
        Stack(folder, logs=artefacts("planted"), environment=planted) as stack,
    ):
        stack.run("migrate")  # For its log.
        stack.start("web", "worker")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        world = World(stack, browser)
        world.plant_settings()
        yield world


def choose(page: Page, world: World, method: str, *, keep: bool = False) -> None:
    page.goto(world.stack.url("web") + RENEW.format(world.esim) + f"?method={method}")
    if keep:
        page.locator(f"input[name=save-{method}]").check(force=True)
    page.locator("[data-testid=pay]").click()


def pay_by_card(page: Page, world: World) -> None:
    choose(page, world, "stripe", keep=True)
    page.wait_for_url(f"{world.stack.url('gateway')}/stripe/**")
    page.fill("[name=card]", CARD)
    page.locator("form button").first.click()
    page.wait_for_url(f"{world.stack.url('web')}/orders/**")


def set_pin(page: Page, world: World) -> None:
    page.goto(f"{world.stack.url('web')}/settings/payment-pin/")
    if "reauthenticate" in page.url:
        page.fill("[name=password]", world.secrets["the password"])
        page.press("[name=password]", "Enter")
    page.fill("[name=pin]", PIN)
    page.fill("[name=again]", PIN)
    page.press("[name=again]", "Enter")
    page.wait_for_url(f"{world.stack.url('web')}/settings/")


def pay_by_wallet(page: Page, world: World) -> None:
    choose(page, world, "wallet")
    for pin in (WRONG_PIN, PIN):
        page.fill("[name=pin]", pin)
        page.press("[name=pin]", "Enter")
    page.wait_for_url(f"{world.stack.url('web')}/orders/**")


def start_inside_wechat(world: World) -> None:
    """Where it is set up, WeChat tells who pays; its openid is a person's, too."""
    page = world.page(agent=f"{PHONE_AGENT} MicroMessenger/8.0.50")
    if "app_secret" not in settings.PROVIDER_SETTINGS["wechatpay"]:
        return
    choose(page, world, "wechatpay")
    page.wait_for_url("**/pay/**")
    told = call(f"{world.stack.url('gateway')}/control/happenings?wire=wechatpay")
    for happening in told["happenings"]:
        if happening["what"] == "openid":
            world.secrets["the openid"] = happening["subject"]


def forge(world: World) -> None:
    """Notifications that nobody signed, a wrong host, forms without their token, wrong words."""
    base = world.stack.url("web")
    with httpx.Client(base_url=base, timeout=20) as client:
        for provider in CHANNELS:
            body = json.dumps({"card": CARD, "code": world.code}).encode()
            path = f"/payments/{provider}/notify"
            world.keep(f"forged {provider}", client.post(path, content=body))
        wrong = {"password": world.secrets["the password"], "login": EMAIL, "pin": PIN}
        world.keep("no token", client.post("/accounts/login/", data=wrong))
        world.keep("wrong host", client.get("/", headers={"Host": WRONG_HOST}))
        world.keep("nothing", client.get("/no-such-page/"))


def fail_at_providers(page: Page, world: World) -> None:
    gateway = world.stack.url("gateway")
    for kind in ("server_error", "malformed"):
        for wire in CHANNELS:
            with suppress(httpx.HTTPError):
                httpx.post(
                    f"{gateway}/control/{wire}/reply-faults", json={"kind": kind, "count": 2}
                )
        for method in CHANNELS:
            choose(page, world, method)
            page.wait_for_load_state()


def fail_at_the_database(page: Page, world: World) -> None:
    """Fail in the middle of a sign-in, a password link and a PIN."""
    base = world.stack.url("web")
    cookies = {one["name"]: one["value"] for one in page.context.cookies(base)}
    token = cookies["csrftoken"]
    world.stack.kill("database")
    with httpx.Client(base_url=base, cookies=cookies, timeout=30) as client:
        fields = {"csrfmiddlewaretoken": token, "login": EMAIL}
        fields |= {"password": world.secrets["the password"], "pin": PIN, "again": PIN}
        for path in ("/accounts/login/", "/settings/payment-pin/", RENEW.format(world.esim)):
            answer = client.post(path, data=fields)
            assert answer.status_code == 503, path
            world.keep(f"503 of {path}", answer)
        link = f"/accounts/password/reset/key/1-{chance.token_hex(16)}/"
        world.secrets["a password link"] = link.rpartition("key/")[2].strip("/")
        world.keep("503 of a link", client.get(link))
    world.stack.start("database")
    world.stack.restart("worker")


def has_kept_a_card(database_url: str) -> bool:
    with psycopg.connect(database_url) as connection:
        kept = connection.execute("SELECT 1 FROM payments_savedmethod").fetchall()
    return bool(kept)


@pytest.fixture(scope="module")
def traces(world: World) -> dict[str, bytes]:
    """Live through it all; return everything that is left."""
    page = world.page()
    pay_by_card(page, world)
    set_pin(page, world)
    pay_by_wallet(page, world)
    start_inside_wechat(world)
    forge(world)
    fail_at_providers(page, world)
    url = world.stack.environment["DATABASE_URL"]
    wait_for(lambda: b"stripe" in dump(url), what="the rows")
    wait_for(lambda: has_kept_a_card(url), what="the kept card", seconds=90)
    for number, text in enumerate(world.ask("opened")):
        world.secrets[f"what is encrypted, {number}"] = text
    fail_at_the_database(page, world)
    logs = {
        name: text
        for name, text in files([world.stack.logs]).items()
        if name.endswith(("web.log", "worker.log", "migrate.log"))
    }
    left = {"the dump": dump(world.stack.environment["DATABASE_URL"]), **world.pages, **logs}
    return left | files([world.stack.folder / "mailbox"])


def test_nothing_that_was_planted_is_found(world: World, traces: dict[str, bytes]) -> None:
    planted = {"the card", "what is encrypted, 1", "LIMOSA_STRIPE_SECRET_KEY", "a password link"}
    planted |= PLANTED_SETTINGS
    planted |= {"the openid"} if "app_secret" in settings.PROVIDER_SETTINGS["wechatpay"] else set()
    assert planted <= world.secrets.keys()
    found = found_in(traces, world.secrets)
    assert not found, "\n".join(found)


def test_the_control_what_was_put_there_is_found(traces: dict[str, bytes]) -> None:
    """The traces hold what happened: an address, a refusal, a failure, a mail, in each place."""
    for place, text in {
        "the dump": EMAIL,
        "planted/web.log": WRONG_HOST,
        "planted/worker.log": "worker: ready",
        "503 of /accounts/login/": "One moment, please",
    }.items():
        assert found_in({place: traces[place]}, {"a word": text}), place
    for coded in (b"NW==", b64encode(b"x" + CARD.encode() + b"y"), CARD.encode().hex().encode()):
        hidden = {"there": b"before " + coded + b" after"}
        assert bool(found_in(hidden, {"the card": CARD})) == (coded != b"NW==")
    assert any("mailbox" in place for place in traces)
