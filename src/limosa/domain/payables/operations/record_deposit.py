from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.payables.engine.bookings import deposited
from limosa.domain.payables.holding import hold_account
from limosa.domain.payables.models import SupplierAccount, SupplierDeposit
from limosa.domain.payables.refusals import (
    DepositCurrencyError,
    DepositReferenceReusedError,
    DepositReferenceUnreadableError,
)
from limosa.foundation.money import Money


@transaction.atomic
def record_deposit(
    *,
    supplier_code: str,
    amount: Money,
    reference: str,
    now: datetime,
    listed_in: Collection[str] = (),
) -> SupplierDeposit | None:
    """Book money paid to a supplier; None: it is booked, by the same reference.

    `listed_in`: the currencies of the supplier's price list. An account is in the currency of its
    balance; as long as none was told, of what was paid in before; else of the list.
    Raises: DepositReferenceReusedError, also if it was undone; DepositReferenceUnreadableError;
            DepositCurrencyError if the account is in another currency; nothing changed.
    Locks:  the supplier's account.
    """
    if not reference.isprintable():
        raise DepositReferenceUnreadableError
    account = hold_account(supplier_code)
    known = SupplierDeposit.objects.filter(supplier=supplier_code, reference=reference).first()
    if known is not None:
        is_same = (known.amount_minor, known.currency) == (amount.amount_minor, amount.currency)
        if not is_same or known.undone_at is not None:
            raise DepositReferenceReusedError
        return None
    currencies = _currencies(account) or set(listed_in)
    if currencies and amount.currency not in currencies:
        raise DepositCurrencyError(currencies)
    deposit = SupplierDeposit.objects.create(
        supplier=supplier_code,
        reference=reference,
        amount_minor=amount.amount_minor,
        currency=amount.currency,
        recorded_at=now,
    )
    post_entry(
        key=f"deposit:{deposit.pk}",
        kind="supplier_deposit",
        legs=deposited(supplier_code, amount),
        now=now,
    )
    return deposit


def _currencies(account: SupplierAccount) -> set[str]:
    """Return in which currencies an account is, by its balance or what was paid in; none: nobody
    knows."""
    if account.currency:
        return {account.currency}
    paid = SupplierDeposit.objects.filter(supplier=account.supplier, undone_at__isnull=True)
    return set(paid.values_list("currency", flat=True).distinct())
