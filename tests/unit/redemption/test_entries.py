"""The entries in docs/explanation/redemption-codes.md are those that the engine makes."""

import re
from decimal import Decimal
from pathlib import Path

from limosa.domain.ledger.engine.postings import Leg, check_balanced, drop_empty
from limosa.domain.redemption.engine.bookings import (
    Terms,
    activated,
    expired,
    paid_by_buyer,
    redeemed,
    voided,
)
from limosa.foundation.money import Money

PAGE = Path(__file__).parents[3] / "docs" / "explanation" / "redemption-codes.md"


def terms(batch: str, *, price_minor: int, paid_into: str, is_income: bool = False) -> Terms:
    return Terms(
        batch=batch,
        amount=Money(2000, "USD"),
        price=Money(price_minor, "USD"),
        paid_into=paid_into,
        expired_is_income=is_income,
    )


SOLD = terms("B-17", price_minor=1800, paid_into="receivable")
KEPT = terms("B-17", price_minor=1800, paid_into="receivable", is_income=True)
PAID = terms("B-17", price_minor=1800, paid_into="bank")
GIVEN = terms("B-18", price_minor=0, paid_into="")


def entries_shown() -> list[dict[str, int]]:
    tables: list[dict[str, int]] = []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if re.fullmatch(r"\|.*\| debit \| credit \|", line):
            tables.append({})
        elif tables and (row := re.fullmatch(r"\| `(\S+)` \| ([\d.]*) ?\| ([\d.]*) ?\|", line)):
            account, debit, credit = row.groups()
            sign, figure = (1, debit) if debit else (-1, credit)
            tables[-1][account] = sign * int(Decimal(figure) * 100)
    return tables


def entry(legs: list[Leg]) -> dict[str, int]:
    legs = drop_empty(legs)
    check_balanced(legs)
    return {leg.account_code: leg.amount.amount_minor for leg in legs}


def test_the_page_shows_what_the_engine_books() -> None:
    assert entries_shown() == [
        entry(activated(SOLD, 1)),
        entry(activated(GIVEN, 1)),
        entry(redeemed(SOLD, subscriber_id=17)),
        entry(voided(SOLD, 1)),
        entry(voided(GIVEN, 1)),
        entry(paid_by_buyer("B-17", Money(18000, "USD"))),
        entry(expired(SOLD, 1)),
        entry(expired(KEPT, 1)),
    ]


def test_many_codes_are_booked_as_one_is() -> None:
    for one in (SOLD, KEPT, PAID, GIVEN):
        for legs in (activated, voided, expired):
            many = {code: 7 * amount for code, amount in entry(legs(one, 1)).items()}
            assert entry(legs(one, 7)) == many


def test_what_is_activated_and_voided_again_leaves_what_the_buyer_is_owed() -> None:
    assert sums(activated(SOLD, 3), voided(SOLD, 3)) == {}
    assert sums(activated(GIVEN, 3), voided(GIVEN, 3)) == {}
    back = paid_by_buyer("B-17", Money(-5400, "USD"))
    assert sums(activated(PAID, 3), voided(PAID, 3)) == {
        "bank:USD": 5400,
        "receivable:B-17:USD": -5400,
    }
    assert sums(activated(PAID, 3), voided(PAID, 3), back) == {}


def sums(*entries: list[Leg]) -> dict[str, int]:
    total: dict[str, int] = {}
    for legs in entries:
        for leg in legs:
            total[leg.account_code] = total.get(leg.account_code, 0) + leg.amount.amount_minor
    return {code: amount for code, amount in total.items() if amount}
