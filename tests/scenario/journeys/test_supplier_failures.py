"""A supplier fails in each of eight ways, and the person who bought from it is told the truth.

What they get, the wholesalers sold once; what they don't get, they have their money back for; and
our books agree with the wholesalers' statements, line by line.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.scenario.journeys.buyers import ARRIVES_MS, EN, ZH, Buyers, fits
from tests.scenario.journeys.demo import Demo
from tests.scenario.journeys.test_renewal import journal_is_even
from tests.scenario.journeys.wholesalers import (
    Wholesalers,
    answers_to_orders,
    calls_of,
    has_open_orders,
    let_pass,
    told_by_books,
    until,
)

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(600)]

WAITS, LATE, CREDITED, REFUNDED = "waits", "late", "credited", "refunded"
# A person is told after a minute, no order is taken to be lost sooner than after five, and after a
# quarter of an hour the money goes back.
TOLD, OVERDUE = 5 * 60 + 5, 14 * 60
SAID = {
    (WAITS, ZH): "已付款，流量马上到账",
    (WAITS, EN): "Paid. Your data is on its way",
    (LATE, ZH): "已付款，比平时久一些",
    (LATE, EN): "Paid, taking longer than usual",
    (CREDITED, ZH): "可以安装",
    (CREDITED, EN): "Ready to install",
    (REFUNDED, ZH): "款项已退回",
    (REFUNDED, EN): "Refund complete",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """A way to fail. `seller`: who sells it in the end; empty: nobody. `told`: what the person's
    page goes through. `orders`: what suppliers answer to our orders, as patterns; the same answer
    may come several times in a row."""

    kind: str
    wire: str
    plan: str
    language: str
    seller: str
    orders: tuple[str, ...]
    desktop: bool = False
    count: int = 1
    told: tuple[str, ...] = ()

    @property
    def end(self) -> str:
        return CREDITED if self.seller else REFUNDED

    @property
    def wires(self) -> set[str]:
        """Whom it asks to deliver."""
        return {self.wire, self.seller} - {""}


FAILURES = (
    Failure(
        "price_changed", "esim_access", "travel-us-7d-1gb", EN, "", desktop=True,
        orders=("esim_access order refused, another: price_changed",),
    ),
    Failure(
        "timeout_after", "airalo", "travel-eu-7d-1gb", EN, "airalo", told=(WAITS,),
        orders=("airalo order error: .*",),
    ),
    Failure(
        "callback_lost", "billionconnect", "travel-cn-30d-5gb", EN, "", told=(WAITS, LATE),
        orders=("billionconnect order pending",),
    ),
    Failure(
        "callback_twice", "tgt", "travel-jp-7d-1gb", ZH, "tgt", desktop=True,
        orders=("tgt order pending",),
    ),
    Failure(
        "out_of_stock", "esim_access", "travel-th-15d-3gb", ZH, "airalo",
        orders=("esim_access order refused, another: out_of_stock", "airalo order delivered"),
    ),
    Failure(
        "timeout", "billionconnect", "travel-hk-15d-3gb", ZH, "billionconnect",
        told=(WAITS, LATE),
        orders=("billionconnect order error: .*", "billionconnect order pending"),
    ),
    Failure(
        "maintenance", "tgt", "travel-jp-30d-5gb", EN, "", desktop=True, count=100,
        told=(WAITS, LATE), orders=("tgt order refused, again: busy",),
    ),
    Failure(
        "credit_used_up", "airalo", "travel-eu-30d-5gb", ZH, "", desktop=True,
        orders=("airalo order refused, another: credit_used_up",),
    ),
)  # fmt: skip


@dataclass(slots=True)
class Bought:
    """An order of which something goes wrong at its supplier."""

    failure: Failure
    number: str
    page: Page


class Shop:
    """The demo, and what was bought there of suppliers that fail."""

    def __init__(self, demo: Demo, browser: Browser) -> None:
        self.demo = demo
        self.wholesalers = Wholesalers(demo)
        self.buyers = Buyers(demo, browser)
        self.orders: dict[str, Bought] = {}

    def buy(self, failure: Failure) -> None:
        """Buy what a supplier is about to fail to deliver, and come to the page of the order."""
        until(lambda: self._is_free_for(failure), what=f"what goes wrong before {failure.kind}")
        self.wholesalers.fail(failure.wire, failure.kind, count=failure.count)
        page = self.buyers.page(failure.language, desktop=failure.desktop)
        path = f"/plans/{failure.plan}/buy/"
        number = self.buyers.pay(page, path, desktop=failure.desktop)
        order = Bought(failure, number, page)
        if WAITS in failure.told:
            says(order, WAITS)
        self.orders[failure.kind] = order

    def _is_free_for(self, failure: Failure) -> bool:
        """Whether its suppliers have done wrong what they were to, and have answered every order
        that they are to answer."""
        wires = failure.wires
        earlier = [one for one in self.orders.values() if one.failure.wires & wires]
        return all(map(self.wholesalers.has_failed, wires)) and all(
            len(answers_to_orders(self.demo, one.number)) >= len(one.failure.orders)
            for one in earlier
        )

    def come_to_its_end(self, order: Bought) -> None:
        """Let pass what has to until the order is delivered or refunded, its page being looked at
        all the while."""
        if LATE not in order.failure.told:
            return
        until(lambda: calls_of(self.demo, order.number), what=f"a call for {order}")
        let_pass(self.demo, order.number, seconds=TOLD)
        order.page.reload()
        says(order, LATE)
        fits(order.page, f"failure-{order.failure.kind}-late")
        if order.failure.end == REFUNDED:
            let_pass(self.demo, order.number, seconds=OVERDUE)


def says(order: Bought, what: str) -> None:
    """See the page say it, by itself."""
    words = SAID[what, order.failure.language]
    expect(order.page.locator("#timeline h1")).to_contain_text(words, timeout=ARRIVES_MS)


@pytest.fixture(scope="module")
def shop(demo: Demo, browser: Browser) -> Iterator[Shop]:
    """The demo, in which somebody has bought at each supplier that fails."""
    opened = Shop(demo, browser)
    for failure in FAILURES:
        opened.buy(failure)
    for one in opened.orders.values():
        opened.come_to_its_end(one)
    yield opened
    opened.buyers.close()


@pytest.fixture(params=[failure.kind for failure in FAILURES])
def order(shop: Shop, request: pytest.FixtureRequest) -> Bought:
    """An order that comes to its end."""
    return shop.orders[request.param]


def test_the_person_is_told_the_truth_and_it_was_sold_as_often_as_delivered(
    shop: Shop, order: Bought
) -> None:
    failure, demo = order.failure, shop.demo
    says(order, failure.end)
    fits(order.page, f"failure-{failure.kind}-{failure.end}")
    answers = answers_to_orders(demo, order.number)
    assert len(answers) == len(failure.orders), answers
    assert all(map(re.fullmatch, failure.orders, answers)), answers
    delivered = demo.query(
        "SELECT supplier_id, iccid FROM esims_bundle AS bundle JOIN esims_esim AS esim"  # noqa: S608
        f" ON esim.id = bundle.esim_id WHERE order_number = '{order.number}'"
    )
    assert [supplier for supplier, _ in delivered] == ([failure.seller] if failure.seller else [])
    until(
        lambda: shop.wholesalers.paid_for(order.number) == delivered,
        what=f"{delivered} to be all that was sold: {shop.wholesalers.sold(order.number)}",
    )


@pytest.mark.timeout(400)
def test_afterwards_the_books_agree_with_every_statement_line_by_line(shop: Shop) -> None:
    demo = shop.demo
    for order in shop.orders.values():
        says(order, order.failure.end)
    until(lambda: not has_open_orders(demo), what="the end of every order at its supplier")
    told = told_by_books(demo)
    assert (told["differences"], told["findings"]) == ([], [])
    assert sum(told["lines"].values()) >= 4
    booked = demo.query(
        "SELECT split_part(account.code, ':', 2), -sum(posting.amount_minor)::bigint"
        " FROM ledger_posting AS posting JOIN ledger_account AS account"
        " ON account.id = posting.account_id WHERE account.kind = 'supplier' GROUP BY 1"
    )
    kept = {wire: shop.wholesalers.kept(wire) for wire in told["lines"]}
    assert dict(booked) == {wire: minor for wire, minor in kept.items() if minor}
    assert journal_is_even(demo)
