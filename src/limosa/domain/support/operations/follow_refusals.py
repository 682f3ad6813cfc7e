"""Ask a supplier again for what it refused orders by."""

from datetime import datetime, timedelta

from limosa.domain.connectivity.engine.supplying import SupplyState
from limosa.domain.connectivity.models import Supply
from limosa.domain.connectivity.registry import capabilities_of, is_set_up
from limosa.domain.payables.models import SupplierAccount
from limosa.domain.payables.operations.watch_balance import watch_balance
from limosa.domain.support.operations.ask_for_price_list import ask_for_price_list
from limosa.domain.wholesale.models import PriceSheet

_LATELY = timedelta(hours=1)
# However many orders are refused, a list or a balance is asked for no more often than this.
LIST_AGAIN_AFTER = timedelta(minutes=15)
BALANCE_AGAIN_AFTER = timedelta(minutes=5)


def follow_refusals(*, now: datetime) -> list[str]:
    """Have the price list fetched of a supplier that refused an order since its price has changed,
    and our balance read at one that says it is used up; return what was asked for, as "CODE list".

    Once for all refusals before it, and not more often than every 15, or 5, minutes. Locks: as
    ask_for_price_list and watch_balance, one after the other.
    """
    refused = Supply.objects.filter(
        created_at__gt=now - _LATELY,
        state=SupplyState.REFUSED,
        problem__in=["price_changed", "credit_used_up"],
    ).order_by("ended_at")
    latest = {
        (code, problem): ended_at
        for code, problem, ended_at in refused.values_list("supplier_id", "problem", "ended_at")
        if ended_at is not None and is_set_up(code)
    }
    return [
        asked
        for (code, problem), refused_at in sorted(latest.items())
        for asked in _follow(code, problem, refused_at, now)
    ]


def _follow(code: str, problem: str, refused_at: datetime, now: datetime) -> list[str]:
    can = capabilities_of(code)
    if problem == "price_changed" and can.lists_plans:
        sheets = PriceSheet.objects.filter(supplier=code).order_by("-id")
        asked_at = sheets.values_list("asked_at", flat=True).first()
        if _is_due(asked_at, refused_at, now, pause=LIST_AGAIN_AFTER):
            ask_for_price_list(supplier_code=code, actor=None, now=now)
            return [f"{code} list"]
    if problem == "credit_used_up" and can.tells_balance:
        accounts = SupplierAccount.objects.filter(supplier=code)
        asked_at = accounts.values_list("asked_at", flat=True).first()
        if _is_due(asked_at, refused_at, now, pause=BALANCE_AGAIN_AFTER):
            watch_balance(supplier_code=code, now=now)
            return [f"{code} balance"]
    return []


def _is_due(
    asked_at: datetime | None, refused_at: datetime, now: datetime, *, pause: timedelta
) -> bool:
    return asked_at is None or (asked_at < refused_at and asked_at <= now - pause)
