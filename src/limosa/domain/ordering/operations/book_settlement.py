from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from limosa.domain.ledger.models import AccountKind, JournalEntry, Posting
from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.ordering.engine.fees import fees_kept
from limosa.domain.ordering.settlement_sums import (
    Sums,
    booked_sums,
    explained_sums,
    fees_key,
    their_sums,
)
from limosa.domain.payments.models import Settlement, SettlementTotal
from limosa.domain.payments.operations.close_settlement import close_settlement
from limosa.domain.payments.registry import check_day_is_over
from limosa.foundation.money import Money


@transaction.atomic
def book_settlement(*, settlement_id: int, now: datetime) -> Settlement:
    """Book a day's fees, store its totals, and finish the run.

    What our clearing account moved for a settlement's payments, refunds, disputes and fees must
    equal the settlement's net, except for what the differences found explain; any remainder is a
    difference of its own. When a settlement is corrected, another entry adjusts its fees to the new
    amount.
    Locks:  the Settlement row.
    Raises: DayNotOverError for a file that was taken before its day had ended; nothing changed.
    """
    settlement = Settlement.objects.select_for_update().get(pk=settlement_id)
    check_day_is_over(
        provider_code=settlement.provider, day=settlement.day, at=settlement.taken_at or now
    )
    theirs = their_sums(settlement)
    for currency, sums in theirs.items():
        _book_fees(settlement, Money(sums.fees_minor, currency), now)
    booked, explained = booked_sums(settlement), explained_sums(settlement)
    totals = [
        _total(theirs.get(currency, Sums()), currency, booked, explained)
        for currency in sorted({*theirs, *booked, *explained})
    ]
    close_settlement(settlement=settlement, totals=totals, now=now)
    return settlement


def _book_fees(settlement: Settlement, fees: Money, now: datetime) -> None:
    key = fees_key(settlement, fees.currency)
    before = JournalEntry.objects.filter(key__startswith=key)
    booked = Posting.objects.filter(
        entry__in=before, account__kind=AccountKind.PROVIDER_FEES
    ).aggregate(sum=Sum("amount_minor"))["sum"]
    rest = fees - Money(booked or 0, fees.currency)
    if rest.amount_minor:
        times = before.count()
        post_entry(
            key=f"{key}:{times + 1}" if times else key,
            kind="provider_fees",
            legs=fees_kept(settlement.provider, rest),
            now=now,
        )


def _total(
    theirs: Sums, currency: str, booked: Mapping[str, int], explained: Mapping[str, int]
) -> SettlementTotal:
    return SettlementTotal(
        currency=currency,
        payments_minor=theirs.payments_minor,
        refunds_minor=theirs.refunds_minor,
        disputes_minor=theirs.disputes_minor,
        other_minor=theirs.other_minor,
        fees_minor=theirs.fees_minor,
        net_minor=theirs.net_minor,
        booked_minor=booked.get(currency, 0),
        explained_minor=explained.get(currency, 0),
    )
