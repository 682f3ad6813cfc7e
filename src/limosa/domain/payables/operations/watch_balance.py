"""Ask a supplier for our balance."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from limosa.domain.connectivity.registry import adapter_for
from limosa.domain.ledger.models import Posting
from limosa.domain.ledger.queries import balance_of
from limosa.domain.payables.engine.outlook import PACE_DAYS, outlook
from limosa.domain.payables.holding import hold_account
from limosa.domain.payables.models import BalanceReading, SupplierAccount
from limosa.foundation.errors import ProviderError

_PROBLEM_LENGTH_MAX = 200
_SPENDING = ["supply_cost", "supply_credit", "supply_correction"]


def watch_balance(*, supplier_code: str, now: datetime) -> SupplierAccount:
    """Ask for our balance, and keep it with what our books say and how long it lasts.

    The pace is that of the last week in our books. Without a clean answer, the last balance stays,
    and the returned row says why. No transaction is open during the call.
    Locks: the supplier's account.
    """
    try:
        told = adapter_for(supplier_code).balance().available
    except ProviderError as error:
        return _not_told(supplier_code, str(error), now)
    code = f"supplier:{supplier_code}:{told.currency}"
    look = outlook(
        available_minor=told.amount_minor,
        spent_minor=_spent(code, now),
        floor_minor=settings.SUPPLIER_BALANCE_FLOORS.get(told.currency, 0),
        days_least=settings.SUPPLIER_BALANCE_DAYS,
    )
    with transaction.atomic():
        account = hold_account(supplier_code)
        account.asked_at, account.read_at, account.problem = now, now, ""
        account.available_minor, account.currency = told.amount_minor, told.currency
        account.days_left, account.warning = look.days_left, look.warning
        account.save()
        BalanceReading.objects.create(
            supplier=supplier_code,
            currency=told.currency,
            available_minor=told.amount_minor,
            booked_minor=balance_of(code=code),
            read_at=now,
        )
    return account


@transaction.atomic
def _not_told(supplier_code: str, problem: str, now: datetime) -> SupplierAccount:
    account = hold_account(supplier_code)
    account.asked_at, account.problem = now, problem[:_PROBLEM_LENGTH_MAX]
    account.save(update_fields=["asked_at", "problem"])
    return account


def _spent(account_code: str, now: datetime) -> int:
    postings = Posting.objects.filter(
        account__code=account_code,
        entry__posted_at__gte=now - timedelta(days=PACE_DAYS),
        entry__kind__in=_SPENDING,
    )
    return -(postings.aggregate(total=Sum("amount_minor"))["total"] or 0)
