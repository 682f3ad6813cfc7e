"""The entries in docs/explanation/money.md are those that the engine makes."""

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from limosa.domain.ledger.engine.postings import Leg, drop_empty
from limosa.domain.ordering.engine.bookings import (
    DISPUTED,
    REFUNDS_PAYABLE,
    FundsSource,
    into_wallet,
    loss_made_good,
    out_of_wallet,
    paid,
    recognized,
    refund_came_back,
    refund_done,
    refund_in_wallet,
    reversal,
    settled,
    supplied,
    unapplied,
    withdrawn,
)
from limosa.domain.ordering.engine.fees import fees_kept
from limosa.domain.ordering.engine.reversal import Sale, reverse
from limosa.domain.payables.engine.bookings import deposited
from limosa.domain.wallets.engine.bookings import bonus_granted, bonus_withdrawn, frozen
from limosa.foundation.money import Money, convert, share, tax_included

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "money.md"
TOTAL = Money(2500, "USD")
YUAN = convert(TOTAL, to_currency="CNY", rate=Decimal("6.6529"))
TAX_MINOR = tax_included(TOTAL.amount_minor, rate_basis_points=725)
NET_MINOR = TOTAL.amount_minor - TAX_MINOR
WECHAT = FundsSource(provider="wechatpay", subscriber_id=17, received=YUAN)
WALLET = FundsSource(provider="wallet", subscriber_id=17, received=TOTAL)
RECOGNIZED_IN_THREE_DAYS = share(NET_MINOR, part=3, whole=30)
SALE = Sale(
    total_minor=TOTAL.amount_minor,
    tax_minor=TAX_MINOR,
    recognized_minor=RECOGNIZED_IN_THREE_DAYS,
    reversed_minor=0,
    reversed_tax_minor=0,
    received_minor=YUAN.amount_minor,
    returned_minor=0,
)
FIFTY = Money(5000, "USD")
FROM_CARD = FundsSource(provider="stripe", subscriber_id=17, received=FIFTY)
EARNED_BY_USE = Money(share(NET_MINOR, part=5, whole=20), "USD")

Entry = dict[str, int]


def entries_shown() -> list[Entry]:
    """Return the page's tables of debits and credits, in order: account to signed amount."""
    tables: list[Entry] = []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if re.fullmatch(r"\|.*\| debit \| credit \|", line):
            tables.append({})
        elif tables and (row := re.fullmatch(r"\| `(\S+)` \| ([\d.]*) ?\| ([\d.]*) ?\|", line)):
            account, debit, credit = row.groups()
            sign, figure = (1, debit) if debit else (-1, credit)
            tables[-1][account] = sign * int(Decimal(figure) * 100)
    return tables


def entry(legs: list[Leg]) -> Entry:
    return {leg.account_code: leg.amount.amount_minor for leg in drop_empty(legs)}


def test_the_page_shows_what_the_engine_books() -> None:
    back = reversal(
        WECHAT,
        total=TOTAL,
        tax_minor=TAX_MINOR,
        recognized_minor=RECOGNIZED_IN_THREE_DAYS,
        place=REFUNDS_PAYABLE,
    )
    part = reverse(SALE, part_minor=4000)
    goodwill = reversal(
        FundsSource(provider="wechatpay", subscriber_id=17, received=Money(4000, "CNY")),
        total=Money(part.total_minor, "USD"),
        tax_minor=part.tax_minor,
        recognized_minor=part.recognized_minor,
        place=REFUNDS_PAYABLE,
    )
    lost_dispute = reversal(
        WECHAT,
        total=TOTAL,
        tax_minor=TAX_MINOR,
        recognized_minor=RECOGNIZED_IN_THREE_DAYS,
        place=DISPUTED,
    )
    gift = Money(500, "USD")
    assert entries_shown() == [
        entry(paid(WECHAT, total=TOTAL, tax_minor=TAX_MINOR)),
        entry(paid(WALLET, total=TOTAL, tax_minor=TAX_MINOR)),
        entry(supplied("esim_access", Money(810, "USD"))),
        entry(deposited("esim_access", Money(50000, "USD"))),
        entry(supplied("esim_access", Money(90, "USD"))),
        entry(recognized(EARNED_BY_USE)),
        entry(back),
        entry(refund_done(WECHAT)),
        entry(goodwill),
        entry(refund_came_back(WECHAT)),
        entry(refund_in_wallet(WECHAT, worth=TOTAL)),
        entry(unapplied(WECHAT)),
        entry(into_wallet(WECHAT, worth=TOTAL)),
        entry(withdrawn(WECHAT)),
        entry(lost_dispute),
        entry(settled(WECHAT)),
        entry(refund_done(WECHAT, settled_minor=YUAN.amount_minor)),
        entry(loss_made_good(WECHAT)),
        entry(
            fees_kept("wechatpay", Money(share(YUAN.amount_minor * 100, part=6, whole=1000), "CNY"))
        ),
        entry([Leg("promotions", gift), Leg("wallet", -gift, owner="17")]),
        entry(into_wallet(FROM_CARD, worth=FIFTY)),
        entry(frozen(Money(3000, "USD"), subscriber_id=17)),
        entry(out_of_wallet(FROM_CARD, worth=FIFTY, place=REFUNDS_PAYABLE)),
        entry(bonus_granted(gift, subscriber_id=17)),
        entry(paid(replace(WALLET, bonus_minor=300), total=TOTAL, tax_minor=TAX_MINOR)),
        entry(bonus_withdrawn(Money(200, "USD"), subscriber_id=17, spent=Money(300, "USD"))),
    ]
