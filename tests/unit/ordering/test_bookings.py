"""Every entry of an order balances, and the ways of its money end where they must."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.ledger.engine.postings import Leg, check_balanced, drop_empty
from limosa.domain.ordering.engine.bookings import (
    REFUNDS_PAYABLE,
    FundsSource,
    paid,
    recognized,
    refund_done,
    reversal,
    unapplied,
    value_given,
    value_taken,
)
from limosa.foundation.money import Money

CURRENCIES = st.sampled_from(["USD", "CNY", "JPY", "KWD"])
AMOUNTS = st.integers(min_value=1, max_value=10**12)


@dataclass(frozen=True)
class Sale:
    """What an order cost, what came in for it, and what of it was earned."""

    source: FundsSource
    total: Money
    tax_minor: int
    recognized_minor: int

    @property
    def net_minor(self) -> int:
        return self.total.amount_minor - self.tax_minor


@st.composite
def sales(draw: st.DrawFn, provider: str | None = None) -> Sale:
    total = Money(draw(AMOUNTS), draw(CURRENCIES))
    tax_minor = draw(st.integers(min_value=0, max_value=total.amount_minor))
    provider = provider or draw(st.sampled_from(["wechatpay", "wallet"]))
    # The wallet pays in the order's own currency; a channel may take another one.
    other = Money(draw(AMOUNTS), draw(CURRENCIES.filter(lambda one: one != total.currency)))
    received = total if provider == "wallet" or draw(st.booleans()) else other
    recognized_minor = draw(st.integers(min_value=0, max_value=total.amount_minor - tax_minor))
    return Sale(
        FundsSource(provider=provider, subscriber_id=17, received=received),
        total,
        tax_minor,
        recognized_minor,
    )


def book(*entries: Sequence[Leg]) -> dict[str, int]:
    """Return the balances that are not zero after these entries, each of which must balance."""
    balances: Counter[str] = Counter()
    for legs in entries:
        moved = drop_empty(legs)
        if moved:
            check_balanced(moved)
        for leg in moved:
            balances[leg.account_code] += leg.amount.amount_minor
    return {code: balance for code, balance in balances.items() if balance}


def _payment(sale: Sale) -> list[Leg]:
    return paid(sale.source, total=sale.total, tax_minor=sale.tax_minor)


def _pay_back(sale: Sale, recognized_minor: int) -> list[Leg]:
    return reversal(
        sale.source,
        total=sale.total,
        tax_minor=sale.tax_minor,
        recognized_minor=recognized_minor,
        place=REFUNDS_PAYABLE,
    )


@given(sales())
def test_a_payment_is_owed_as_service_and_as_tax(sale: Sale) -> None:
    balances = book(_payment(sale))
    currency, received = sale.total.currency, sale.source.received
    place = "wallet:17" if sale.source.provider == "wallet" else "clearing:wechatpay"
    expected = Counter(
        {
            f"{place}:{received.currency}": received.amount_minor,
            f"deferred_revenue:{currency}": -sale.net_minor,
            f"tax_payable:{currency}": -sale.tax_minor,
        }
    )
    if received.currency != currency:
        expected[f"exchange:{received.currency}"] = -received.amount_minor
        expected[f"exchange:{currency}"] = sale.total.amount_minor
    assert balances == {code: amount for code, amount in expected.items() if amount}


@given(sales())
def test_earning_all_of_it_leaves_nothing_deferred(sale: Sale) -> None:
    net = Money(sale.net_minor, sale.total.currency)
    balances = book(_payment(sale), recognized(net))
    assert f"deferred_revenue:{net.currency}" not in balances
    assert balances.get(f"revenue:{net.currency}", 0) == -net.amount_minor


@given(sales())
def test_a_wallet_or_provider_that_gave_all_back_leaves_no_trace_in_the_balances(
    sale: Sale,
) -> None:
    step = recognized(Money(sale.recognized_minor, sale.total.currency))
    entries = [_payment(sale), step, _pay_back(sale, sale.recognized_minor)]
    if sale.source.provider != "wallet":
        entries.append(refund_done(sale.source))
    assert book(*entries) == {}


@given(sales("wechatpay"))
def test_until_the_provider_has_given_it_back_it_is_owed(sale: Sale) -> None:
    received = sale.source.received
    assert book(_payment(sale), _pay_back(sale, 0)) == {
        f"clearing:wechatpay:{received.currency}": received.amount_minor,
        f"refunds_payable:wechatpay:{received.currency}": -received.amount_minor,
    }


@given(sales("wechatpay"))
def test_money_that_pays_nothing_is_owed_and_given_back_whole(sale: Sale) -> None:
    received = sale.source.received
    assert book(unapplied(sale.source)) == {
        f"clearing:wechatpay:{received.currency}": received.amount_minor,
        f"refunds_payable:wechatpay:{received.currency}": -received.amount_minor,
    }
    assert book(unapplied(sale.source), refund_done(sale.source)) == {}


@given(AMOUNTS, CURRENCIES, st.data())
def test_what_is_left_of_a_plan_is_deferred_for_the_next_order_and_nothing_stays_between(
    net_minor: int, currency: str, data: st.DataObject
) -> None:
    early = Money(data.draw(st.integers(min_value=0, max_value=net_minor)), currency)
    net = Money(net_minor, currency)
    balances = book(value_given(net, recognized=early), value_taken(net))
    moved = {f"revenue:{currency}": early, f"deferred_revenue:{currency}": -early}
    assert balances == {code: one.amount_minor for code, one in moved.items() if early.amount_minor}
