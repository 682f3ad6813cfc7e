from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from limosa.domain.payments.engine.comparison import DifferenceKind
from limosa.domain.payments.engine.settlement_life import (
    DIFFERENCE_LIFE,
    SETTLEMENT_LIFE,
    DifferenceEvent,
    DifferenceState,
    SettlementEvent,
)
from limosa.domain.payments.models import Difference, Settlement, SettlementTotal


def close_settlement(
    *, settlement: Settlement, totals: Sequence[SettlementTotal], now: datetime
) -> None:
    """Replace a compared day's totals and mark it `done`.

    `totals`: one per currency, not saved yet. If one does not balance, a difference of its own is
    open until it does, or until staff have resolved it with both sides as they are. Before: any
    state. The caller holds the Settlement row, and has booked the fees.
    """
    SettlementTotal.objects.filter(settlement=settlement).delete()
    for total in totals:
        total.settlement = settlement
        total.save(force_insert=True)
        _compare_clearing(settlement, total, now)
    settlement.state = SETTLEMENT_LIFE.after(settlement.state, SettlementEvent.FINISH)
    settlement.problem = ""
    settlement.save(update_fields=["state", "problem"])


def _compare_clearing(settlement: Settlement, total: SettlementTotal, now: datetime) -> None:
    known = Difference.objects.filter(
        provider=settlement.provider,
        kind=DifferenceKind.CLEARING,
        subject=f"clearing:{total.currency}:{settlement.day.isoformat()}",
    )
    if not total.unexplained_minor:
        known.filter(state__in=DIFFERENCE_LIFE.states_before(DifferenceEvent.RESOLVE)).update(
            state=DifferenceState.RESOLVED, resolved_at=now
        )
        return
    sides = {
        "theirs_minor": total.net_minor,
        "theirs_currency": total.currency,
        "ours_minor": total.booked_minor + total.explained_minor,
        "ours_currency": total.currency,
    }
    # What staff resolved stays resolved as long as both sides are unchanged.
    opens = Q(resolved_by=None) | ~Q(
        theirs_minor=sides["theirs_minor"], ours_minor=sides["ours_minor"]
    )
    if not known.exists():
        Difference.objects.create(
            settlement=settlement,
            provider=settlement.provider,
            kind=DifferenceKind.CLEARING,
            subject=f"clearing:{total.currency}:{settlement.day.isoformat()}",
            found_at=now,
            **sides,
        )
    known.filter(opens).update(
        state=DifferenceState.OPEN, resolved_at=None, resolved_by=None, **sides
    )
