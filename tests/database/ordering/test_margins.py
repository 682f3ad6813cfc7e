"""Margins are the journal's: whatever becomes of orders, their sums are what it has booked."""

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from limosa.domain.accounts.models import Subscriber
from limosa.domain.connectivity.models import Supply
from limosa.domain.esims.models import Esim
from limosa.domain.ledger.models import Posting
from limosa.domain.ordering.engine.margins import DatedRate, Margin, totals
from limosa.domain.ordering.margins import fees_of_no_order, margins
from limosa.domain.ordering.models import Order
from limosa.domain.ordering.operations.apply_dispute_status import apply_dispute_status
from limosa.domain.ordering.operations.book_supply_cost import book_supply_cost
from limosa.domain.ordering.operations.book_supply_credit import book_supply_credit
from limosa.domain.ordering.operations.push_refunds import push_refunds
from limosa.domain.ordering.operations.recognize_revenue import recognize_revenue
from limosa.domain.ordering.operations.reconcile import reconcile
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.payables.operations.correct_books import correct_books
from limosa.domain.payments.status_reports import DisputeOutcome
from limosa.foundation.errors import DomainRefusal
from limosa.foundation.money import Money
from tests.database.ordering.shop import Shop
from tests.factories import MOMENT
from tests.factories.catalog import make_plan, make_rates, make_supplier
from tests.factories.connectivity import make_supply
from tests.factories.payables import make_charge_difference
from tests.fakes.supplier import FakeSupplier

pytestmark = pytest.mark.django_db
# None, two and three decimals.
PRICES = {"USD": 2500, "JPY": 3700, "KWD": 7650}
LATER = MOMENT + timedelta(days=20)  # In the next month.
MONTHS = [
    (MOMENT - timedelta(days=3), MOMENT + timedelta(days=3), MOMENT.date()),
    (LATER - timedelta(days=3), LATER + timedelta(days=3), LATER.date()),
]


@dataclass(frozen=True, slots=True)
class Drawn:
    """An order and what becomes of it. `costs`: by supplier; BHD has no rate."""

    currency: str
    is_later: bool
    from_wallet: bool
    supplier: str
    costs: dict[str, Money]
    comes_back: bool
    correction: int
    fate: str


drawn_orders = st.builds(
    Drawn,
    currency=st.sampled_from(sorted(PRICES)),
    is_later=st.booleans(),
    from_wallet=st.booleans(),
    supplier=st.sampled_from(["own_network", "wholesale"]),
    costs=st.dictionaries(
        st.sampled_from(["wholesale", "other"]),
        st.builds(
            Money, st.integers(1, 5000), st.sampled_from(["USD", "EUR", "JPY", "KWD", "BHD"])
        ),
        max_size=2,
    ),
    comes_back=st.booleans(),
    correction=st.sampled_from([0, 0, -7, 90]),
    fate=st.sampled_from(["kept", "refunded", "part", "unpaid", "disputed"]),
)


def made(shop: Shop, drawn: Drawn) -> None:
    """Have it all happen through the operations that the product has for it."""
    now = LATER if drawn.is_later else MOMENT
    plan = make_plan(supplier=make_supplier(drawn.supplier), prices=PRICES)
    Subscriber.objects.update(currency=drawn.currency)
    shop.running.subscriber.currency = drawn.currency
    Esim.objects.filter(pk=shop.running.esim_id).update(supplier=plan.supplier)
    is_new = drawn.supplier != "own_network"
    order = shop.place(plan, now=now, takes_new_esim=is_new)
    if drawn.fate == "unpaid":
        return
    order = Order.objects.get(pk=order.pk)
    payment = shop.pay_from_wallet(order, now) if drawn.from_wallet else shop.pay(order, now)
    for code, cost in drawn.costs.items():
        charged(order, code, cost, drawn, now)
    part = {"part": 77, "refunded": None}
    if drawn.fate in part:
        with suppress(DomainRefusal), transaction.atomic():
            refund_order(
                order_number=order.number,
                reason="staff",
                part_minor=part[drawn.fate],
                now=now,
            )
    elif drawn.fate == "disputed" and not drawn.from_wallet:
        for outcome in (DisputeOutcome.OPEN, DisputeOutcome.LOST):
            report = shop.provider.dispute(payment.number, outcome)
            apply_dispute_status(provider_code="fake", report=report, now=now)


def charged(order: Order, code: str, cost: Money, drawn: Drawn, now: datetime) -> None:
    supply = Supply.objects.filter(order_number=order.number, supplier=code).first()
    supply = supply or make_supply(
        order_number=order.number, supplier=make_supplier(code), state="kept"
    )
    supply.cost_minor, supply.cost_currency = cost.amount_minor, cost.currency
    with transaction.atomic():
        book_supply_cost(supply=supply, now=now)
        if drawn.comes_back:
            book_supply_credit(supply=supply, now=now)
        if drawn.correction:
            difference = make_charge_difference(
                supply=supply,
                supplier=code,
                currency=cost.currency,
                problem="amount",
                theirs_minor=cost.amount_minor + drawn.correction,
                ours_minor=cost.amount_minor,
                charge_id="",
            )
            correct_books(difference=difference, now=now)


def booked(*kinds: str) -> Counter[str]:
    """What the journal has on accounts of these kinds, by currency, as a credit."""
    sums: Counter[str] = Counter()
    for posting in Posting.objects.filter(account__kind__in=kinds).select_related("account"):
        sums[posting.account.currency] -= posting.amount_minor
    return Counter({code: minor for code, minor in sums.items() if minor})


def everything() -> list[Margin]:
    return [
        row
        for since, until, day in MONTHS
        for row in margins(since=since, until=until, rates_of=day)
    ]


def told(rows: list[Margin], name: str) -> Counter[str]:
    sums: Counter[str] = Counter()
    for row in rows:
        for part in getattr(row, name):
            sums[part.booked.currency] += part.booked.amount_minor
    return Counter({code: minor for code, minor in sums.items() if minor})


@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(drawn_orders, min_size=1, max_size=5), st.integers(0, 200))
def test_margins_add_up_to_what_the_journal_has(
    shop: Shop, supplier: FakeSupplier, orders: list[Drawn], fee: int
) -> None:
    with transaction.atomic():
        make_rates(date(2026, 11, 1), USD="1.1172", CNY="7.9819", JPY="169.3", KWD="0.3421")
        shop.provider.fee_minor = fee
        for drawn in orders:
            made(shop, drawn)
        push_refunds(now=LATER)
        recognize_revenue(now=LATER + timedelta(days=2))
        stray(shop)
        for day in (date(2026, 11, 23), date(2026, 12, 13)):
            reconcile(provider_code="fake", day=day, now=LATER + timedelta(days=3))
        rows = everything()
        sold: Counter[str] = Counter()
        for row in rows:
            sold[row.sold.currency] += row.sold.amount_minor
        assert Counter({code: minor for code, minor in sold.items() if minor}) == booked(
            "deferred_revenue", "revenue"
        )
        assert told(rows, "costs") == Counter(
            {code: -minor for code, minor in booked("cost_of_sales").items()}
        )
        fees = told(rows, "fees")
        for loose in fees_of_no_order(first=date(2026, 11, 1), last=date(2026, 12, 31)):
            fees[loose.currency] += loose.amount_minor
        assert fees == Counter({code: -minor for code, minor in booked("provider_fees").items()})
        check_each(rows)
        transaction.set_rollback(True)
    shop.provider.__init__()  # type: ignore[misc]


def stray(shop: Shop) -> None:
    """Have the provider charge a fee for a payment that is none of ours."""
    for line in list(shop.provider.lines())[:1]:
        stranger = replace(
            line, reference="theirs", payment_number="LM-no", transaction_id="theirs", fee_minor=31
        )
        shop.provider.made_up_lines = [stranger]


def check_each(rows: list[Margin]) -> None:
    """A margin is said where every part of it has a rate, and nowhere else."""
    for row in rows:
        parts = [*row.fees, *row.costs]
        is_whole = all(part.booked.currency != "BHD" for part in parts)
        assert (row.margin is not None) is is_whole
        if row.margin is not None:
            taken = sum(part.worth.amount_minor for part in parts if part.worth)
            assert row.margin.amount_minor == row.sold.amount_minor - taken
    for total in totals(rows):
        own = [row for row in rows if row.sold.currency == total.sold.currency]
        known = [row.margin for row in own]
        if None in known:
            assert total.margin is None
        else:
            assert total.margin is not None
            assert total.margin.amount_minor == sum(one.amount_minor for one in known if one)


def test_a_cost_in_another_currency_is_converted_at_the_days_rate(
    shop: Shop, supplier: FakeSupplier
) -> None:
    make_rates(date(2026, 11, 20), USD="1.1605")
    drawn = Drawn(
        currency="USD",
        is_later=False,
        from_wallet=True,
        supplier="wholesale",
        costs={"wholesale": Money(810, "EUR")},
        comes_back=False,
        correction=0,
        fate="kept",
    )
    made(shop, drawn)
    since, until, _ = MONTHS[0]
    [row] = margins(since=since, until=until, rates_of=date(2026, 11, 21))
    [part] = row.costs
    assert part.rate == DatedRate(part.rate.rate, date(2026, 11, 20)) if part.rate else False
    assert part.worth == Money(940, "USD")  # 8.10 × 1.1605 = 9.40005
    assert (row.orders, row.sold, row.margin) == (1, Money(2331, "USD"), Money(1391, "USD"))
    assert row.basis_points == 5967
    [unrated] = margins(since=since, until=until, rates_of=date(2026, 11, 1))
    assert unrated.costs[0].booked == Money(810, "EUR")
    assert (unrated.costs[0].worth, unrated.margin, unrated.basis_points) == (None, None, None)
