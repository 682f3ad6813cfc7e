"""Strangers try 200 wrong passwords from several addresses: the owner signs in all the same.

Real processes behind a proxy that is trusted. Nobody else is locked out either: not on another
server process, not after a restart, and not behind the attacker's own address.
"""

# ruff: noqa: T201 -- the figures are printed.

import re
import time
from concurrent.futures import ThreadPoolExecutor
from html import unescape

import httpx
import pytest

from tests.scenario.security.behind_proxy import PASSWORD, PEOPLE, Proxied

pytestmark = [pytest.mark.figures, pytest.mark.enable_socket, pytest.mark.timeout(600)]

OWNER, NEIGHBOUR, _ = PEOPLE
ATTEMPTS, ADDRESSES = 200, 10
SIGN_IN, SIGN_OUT = "/accounts/login/", "/accounts/logout/"
TOO_OFTEN = "Too many attempts. Please wait"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Person:
    """A browser, and the address from which it comes."""

    def __init__(self, product: Proxied, address: str) -> None:
        self.client = httpx.Client(
            base_url=product.url, headers={"X-Forwarded-For": address}, timeout=60
        )
        product.clients.append(self.client)
        self._page = ""

    def sign_in(self, email: str, password: str) -> str:
        """Return what the page says: in, wrong or refused."""
        if not TOKEN.search(self._page):
            self._page = self.client.get(SIGN_IN).text
        answer = self._send(SIGN_IN, login=email, password=password)
        if answer.status_code == 302:
            self._page = ""
            return "in"
        self._page = answer.text  # Its form can be sent again, as a person would.
        return "refused" if TOO_OFTEN in unescape(answer.text) else "wrong"

    def sign_out(self) -> None:
        self._page = self.client.get(SIGN_OUT).text
        self._send(SIGN_OUT)
        self._page = ""

    def _send(self, path: str, **fields: str) -> httpx.Response:
        token = TOKEN.findall(self._page)[0]
        return self.client.post(path, data={"csrfmiddlewaretoken": token, **fields})


def attack(product: Proxied, number: int) -> list[str]:
    """Try an attacker's share of wrong passwords from one address."""
    browser = Person(product, attacker(number))
    return [
        browser.sign_in(OWNER, f"guess-{number}-{turn}") for turn in range(ATTEMPTS // ADDRESSES)
    ]


def attacker(number: int) -> str:
    return f"198.51.100.{number + 1}"


def test_an_attack_on_an_account_locks_out_nobody_but_the_attackers(proxied: Proxied) -> None:
    owner = Person(proxied, "203.0.113.9")
    assert owner.sign_in(OWNER, PASSWORD) == "in"
    owner.sign_out()
    began = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        shares = list(pool.map(lambda number: attack(proxied, number), range(ADDRESSES)))
    said = [word for share in shares for word in share]
    seconds = time.monotonic() - began
    print(
        f"{ATTEMPTS} wrong passwords from {ADDRESSES} addresses in {seconds:.0f} s: "
        f"{said.count('wrong')} looked at, {said.count('refused')} refused"
    )
    assert said.count("in") == 0
    # Five an address, and never more than fifty an account.
    assert said.count("wrong") == min(5 * ADDRESSES, 50)
    assert Person(proxied, attacker(0)).sign_in(OWNER, PASSWORD) == "refused"
    assert Person(proxied, "203.0.113.77").sign_in(OWNER, PASSWORD) == "refused"
    began = time.monotonic()
    assert owner.sign_in(OWNER, PASSWORD) == "in"
    owner_ms = (time.monotonic() - began) * 1000
    began = time.monotonic()
    assert Person(proxied, attacker(0)).sign_in(NEIGHBOUR, PASSWORD) == "in"
    neighbour_ms = (time.monotonic() - began) * 1000
    print(
        f"the owner, on a device that signed in before: in after {owner_ms:.0f} ms; a neighbour "
        f"behind an attacker's address: in after {neighbour_ms:.0f} ms"
    )
    proxied.stack.restart("web")
    assert Person(proxied, attacker(0)).sign_in(OWNER, PASSWORD) == "refused"
    owner.sign_out()
    assert owner.sign_in(OWNER, PASSWORD) == "in"
    print("after a restart: the attackers are refused still, the owner signs in still")
    activity = unescape(owner.client.get("/settings/security/").text)
    assert "Wrong password" in activity
    assert attacker(0).rpartition(".")[0] in activity
