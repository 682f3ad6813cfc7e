"""However a sale is given back in parts, each entry balances, and the last ends at nothing.

For every tax rate from 0 to 30 %, currencies of no, two and three decimals, payments in the order's
own currency and in another one, and refunds and lost disputes in any order.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from limosa.domain.ledger.engine.postings import Leg, check_balanced, drop_empty
from limosa.domain.ordering.engine import bookings
from limosa.domain.ordering.engine.reversal import Sale, part_worth, reverse
from limosa.foundation.money import Money, convert, share, tax_included

CURRENCIES = st.sampled_from(["JPY", "KRW", "USD", "CNY", "KWD", "TND"])
RATES = st.integers(min_value=0, max_value=3000)
TOTALS = st.one_of(st.integers(1, 5000), st.integers(1, 10**9))
EXCHANGE_RATES = st.decimals("0.0007", "1700", places=4)


@dataclass
class Course:
    """A paid order, what happens to its money, and the balances that it leaves."""

    total: Money
    tax_minor: int
    received: Money
    provider: str = "wechatpay"
    recognized_minor: int = 0
    reversed_minor: int = 0
    reversed_tax_minor: int = 0
    returned_minor: int = 0
    balances: Counter[str] = field(default_factory=Counter)

    @property
    def left_minor(self) -> int:
        return self.received.amount_minor - self.returned_minor

    @property
    def sale(self) -> Sale:
        return Sale(
            total_minor=self.total.amount_minor,
            tax_minor=self.tax_minor,
            recognized_minor=self.recognized_minor,
            reversed_minor=self.reversed_minor,
            reversed_tax_minor=self.reversed_tax_minor,
            received_minor=self.received.amount_minor,
            returned_minor=self.returned_minor,
        )

    def source(self, amount_minor: int) -> bookings.FundsSource:
        received = Money(amount_minor, self.received.currency)
        return bookings.FundsSource(provider=self.provider, subscriber_id=17, received=received)

    def book(self, legs: Sequence[Leg]) -> None:
        moved = drop_empty(legs)
        check_balanced(moved)
        for leg in moved:
            self.balances[leg.account_code] += leg.amount.amount_minor

    def pay(self) -> None:
        source = self.source(self.received.amount_minor)
        self.book(bookings.paid(source, total=self.total, tax_minor=self.tax_minor))

    def earn(self, percent: int) -> None:
        so_far = share(self.sale.open_net_minor, part=percent, whole=100)
        if so_far > self.recognized_minor:
            step = Money(so_far - self.recognized_minor, self.total.currency)
            self.book(bookings.recognized(step))
            self.recognized_minor = so_far

    def _undo(self, part_minor: int, place: str) -> None:
        reversal = reverse(self.sale, part_minor=part_minor)
        self.book(
            bookings.reversal(
                self.source(part_minor),
                total=Money(reversal.total_minor, self.total.currency),
                tax_minor=reversal.tax_minor,
                recognized_minor=reversal.recognized_minor,
                place=place,
            )
        )
        self.recognized_minor -= reversal.recognized_minor
        self.reversed_minor += reversal.total_minor
        self.reversed_tax_minor += reversal.tax_minor
        self.returned_minor += part_minor

    def refund(self, part_minor: int) -> None:
        self._undo(part_minor, bookings.REFUNDS_PAYABLE)
        if self.provider != "wallet":
            self.book(bookings.refund_done(self.source(part_minor)))

    def lose_dispute(self, part_minor: int) -> None:
        self.book(bookings.withdrawn(self.source(part_minor)))
        self._undo(part_minor, bookings.DISPUTED)


@st.composite
def paid_orders(draw: st.DrawFn) -> Course:
    total = Money(draw(TOTALS), draw(CURRENCIES))
    tax_minor = tax_included(total.amount_minor, rate_basis_points=draw(RATES))
    provider = draw(st.sampled_from(["wechatpay", "wallet"]))
    received = total
    if provider != "wallet":
        currency = draw(st.one_of(st.just(total.currency), CURRENCIES))
        if currency != total.currency:
            received = convert(total, to_currency=currency, rate=draw(EXCHANGE_RATES))
            assume(received.amount_minor > 0)
    course = Course(total, tax_minor, received, provider)
    course.pay()
    return course


@given(paid_orders(), st.data())
def test_parts_in_any_order_balance_and_end_at_exactly_nothing(
    course: Course, data: st.DataObject
) -> None:
    for _ in range(data.draw(st.integers(0, 6))):
        if not course.left_minor:
            break
        course.earn(data.draw(st.integers(0, 100)))
        _give_back(course, data.draw(st.integers(1, course.left_minor)), data)
    if course.left_minor:
        _give_back(course, course.left_minor, data)
    assert {code: balance for code, balance in course.balances.items() if balance} == {}
    assert (course.reversed_minor, course.reversed_tax_minor, course.recognized_minor) == (
        course.total.amount_minor,
        course.tax_minor,
        0,
    )


def _give_back(course: Course, part_minor: int, data: st.DataObject) -> None:
    before = course.reversed_minor, course.reversed_tax_minor, course.recognized_minor
    if course.provider == "wallet" or data.draw(st.booleans()):
        course.refund(part_minor)
    else:
        course.lose_dispute(part_minor)
    total, tax, recognized = before
    assert course.reversed_minor - total >= course.reversed_tax_minor - tax >= 0
    assert 0 <= course.recognized_minor <= min(recognized, course.sale.open_net_minor)
    if course.received.currency == course.total.currency:
        assert course.reversed_minor - total == part_minor


@pytest.mark.parametrize("rate_basis_points", [0, 1, 725, 1900, 3000])
def test_every_part_of_a_small_sale_balances_where_order_and_payment_share_a_currency(
    rate_basis_points: int,
) -> None:
    total = Money(900, "USD")
    tax_minor = tax_included(900, rate_basis_points=rate_basis_points)
    for part_minor in range(1, 900):
        course = Course(total, tax_minor, total, "stripe")
        course.pay()
        course.refund(part_minor)
        course.lose_dispute(900 - part_minor)
        assert not any(course.balances.values())


@given(
    total=st.integers(1, 10**6),
    received=st.integers(1, 10**7),
    returned=st.integers(0, 10**7),
    worth=st.integers(0, 10**6),
)
def test_the_part_that_is_worth_so_much(
    total: int, received: int, returned: int, worth: int
) -> None:
    returned = min(returned, received)
    sale = Sale(
        total_minor=total,
        tax_minor=0,
        recognized_minor=0,
        reversed_minor=total * returned // received,
        reversed_tax_minor=0,
        received_minor=received,
        returned_minor=returned,
    )

    def worth_of(part: int) -> int:
        return reverse(sale, part_minor=part).total_minor

    part = part_worth(sale, worth_minor=worth)
    assert 0 <= part <= received - returned
    assert worth_of(part) <= worth
    assert part == 0 or worth_of(part - 1) < worth_of(part), "less would not do"
    most = (received * (sale.reversed_minor + worth + 1) - 1) // total - returned
    assert worth_of(max(min(most, received - returned), 0)) == worth_of(part), "more gives no more"
