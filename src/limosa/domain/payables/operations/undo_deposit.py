from datetime import datetime

from django.db import transaction

from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.payables.engine.bookings import deposited
from limosa.domain.payables.holding import hold_account
from limosa.domain.payables.models import SupplierDeposit
from limosa.foundation.money import Money


@transaction.atomic
def undo_deposit(*, deposit_id: int, now: datetime) -> SupplierDeposit | None:
    """Book the counter-entry of a deposit that was recorded by mistake; None: it was undone.

    Raises: SupplierDeposit.DoesNotExist. Locks: the supplier's account.
    """
    hold_account(SupplierDeposit.objects.get(pk=deposit_id).supplier)
    deposit = SupplierDeposit.objects.get(pk=deposit_id)
    if deposit.undone_at is not None:
        return None
    post_entry(
        key=f"deposit:{deposit.pk}:undone",
        kind="supplier_deposit",
        legs=deposited(deposit.supplier, -Money(deposit.amount_minor, deposit.currency)),
        now=now,
    )
    deposit.undone_at = now
    deposit.save(update_fields=["undone_at"])
    return deposit
