"""Huge and odd amounts in every field for one: each is answered at once, and moves nothing."""

import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest

import limosa
from tests.fuzzing.bad_input import VALUES
from tests.scenario.stack import Stack

pytestmark = [pytest.mark.figures, pytest.mark.enable_socket, pytest.mark.timeout(300)]

PLAIN = re.compile(r"[0-9]{1,10}(\.[0-9]{1,2})?", re.ASCII)  # Somebody might pay so much.
SUPPLIER = "/console/suppliers/of/wholesaler/"
KINDS = ("huge_number", "odd_number", "other_digits")
LONG = ("9" * 60_000, "0." + "0" * 60_000 + "1", "1e" + "9" * 5_000, "1" + ",000" * 10_000)
# What a page may answer: shown again with the reason; refused; too long for an address.
ANSWERS = {200, 400, 413, 414, 422, 431}
SECONDS_MAX = 2.0
QUERY_MAX = 6_000  # A longer one is no address that a browser sends.
# Whatever is typed as an amount has this keyboard, so this is how the fields are found.
TYPED = re.compile(r'"inputmode": ?"decimal"|inputmode="decimal"')
FIELD = re.compile(r'<input[^>]*inputmode="decimal"[^>]*>')
NAME = re.compile(r'name="(\w+)"')
TOKEN = re.compile(r'csrfmiddlewaretoken" value="(\w+)"')


def amounts() -> list[str]:
    """Return every text that is tried, as a form sends it."""
    short = [value.decode() for kind in KINDS for value in VALUES[kind]]
    return [*short, str(10**12), f"{10**12}.00", *LONG]


class Operator:
    """Somebody of the staff, with a browser."""

    def __init__(self, stack: Stack) -> None:
        made = json.loads(stack.run_module("tests.scenario.security.world", "refundable"))
        self.order = f"/console/orders/{made['order']}/"
        self.refund = f"{self.order}refund/"
        self.browser = httpx.Client(
            base_url=stack.url("web"), cookies={"sessionid": made["session"]}, timeout=60
        )
        self.tried: list[tuple[int, float]] = []

    def fields(self, path: str) -> set[str]:
        """Return the names of the fields for an amount that a page has."""
        page = self.browser.get(path)
        assert page.status_code == 200
        return {name[1] for tag in FIELD.findall(page.text) if (name := NAME.search(tag))}

    def look(self, path: str, **fields: str) -> None:
        began = time.perf_counter()
        answer = self.browser.get(f"{path}&{urlencode(fields)}")
        self.tried.append((answer.status_code, time.perf_counter() - began))

    def propose(self, **fields: str) -> None:
        began = time.perf_counter()
        form = {"csrfmiddlewaretoken": self._token, "how": "part", "detail": "why", **fields}
        answer = self.browser.post(self.refund, data=form)
        self.tried.append((answer.status_code, time.perf_counter() - began))

    @cached_property
    def _token(self) -> str:
        return str(TOKEN.findall(self.browser.get(self.refund).text)[0])

    def deposit(self, amount: str) -> None:
        began = time.perf_counter()
        form = {
            "csrfmiddlewaretoken": self._token,
            "currency": "USD",
            "reference": "R-1",
            "amount": amount,
        }
        answer = self.browser.post(f"{SUPPLIER}deposit/", data=form)
        self.tried.append((answer.status_code, time.perf_counter() - began))

    def has_deposited(self) -> bool:
        """Whether the supplier's page knows of a payment to it."""
        page = self.browser.get(SUPPLIER)
        assert page.status_code == 200
        return "R-1" in page.text

    def has_proposed(self) -> bool:
        """Whether the order's page knows of a refund."""
        page = self.browser.get(self.order)
        assert page.status_code == 200
        return "Refund proposed" in page.text or "refunded $" in page.text

    def figures(self) -> str:
        seconds = sorted(one[1] for one in self.tried)
        statuses = dict(sorted(Counter(status for status, _ in self.tried).items()))
        middle, worst = seconds[len(seconds) // 2] * 1000, seconds[-1] * 1000
        return (
            f"{len(self.tried)} huge and odd amounts: {statuses}; half within {middle:.0f} ms, "
            f"the slowest {worst:.0f} ms"
        )


@pytest.fixture
def operator(secure_stack: Stack) -> Iterator[Operator]:
    one = Operator(secure_stack)
    with one.browser:
        yield one


def test_an_amount_of_any_size_is_answered_at_once_and_moves_nothing(operator: Operator) -> None:
    lists = [f"/console/payments/?show={show}" for show in ("all", "orders")]
    assert operator.fields(operator.refund) == {"amount"}
    for path in lists:
        assert operator.fields(path) == {"least", "most"}
    assert operator.fields(SUPPLIER) == {"amount"}
    for text in amounts():
        if not PLAIN.fullmatch(text.strip()):
            operator.deposit(text)
        operator.propose(amount=text)
        operator.propose(amount="400.00", confirmed=text)
        for path in lists if len(text) <= QUERY_MAX else []:
            operator.look(path, currency="USD", least=text)
            operator.look(path, currency="JPY", most=text)
    print(f"{operator.figures()}")  # noqa: T201 -- a figure
    assert {status for status, _ in operator.tried} <= ANSWERS
    assert max(seconds for _, seconds in operator.tried) < SECONDS_MAX
    assert not operator.has_proposed()
    assert not operator.has_deposited()
    operator.deposit("500.00")  # The control: a good one is taken.
    assert operator.has_deposited()
    operator.propose(amount="400.00", confirmed="40000")
    assert operator.has_proposed()


def test_every_field_for_an_amount_is_among_them() -> None:
    """A new one has to be tried here, too; some are in their pages' own tests, by the same
    amounts: the cap of auto-renew, what is added to a wallet, bonuses, and what codes are worth and
    cost."""
    web = Path(limosa.__file__).parent / "web"
    files = [*web.rglob("*.html"), *web.rglob("*.py")]
    places = {
        path.relative_to(web).as_posix()
        for path in files
        if TYPED.search(path.read_text(encoding="utf-8"))
    }
    pages = {f"templates/storefront/{name}.html" for name in ("auto_renewal", "wallet")}
    tried_elsewhere = {*pages, "console/code_forms.py", "console/bonus_forms.py"}
    console = {"console/filters.py", "console/forms.py", "console/supplier_forms.py"}
    assert places == console | tried_elsewhere
