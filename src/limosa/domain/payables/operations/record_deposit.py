from datetime import datetime

from django.db import transaction

from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.payables.engine.bookings import deposited
from limosa.domain.payables.holding import hold_account
from limosa.domain.payables.models import SupplierDeposit
from limosa.domain.payables.refusals import DepositReferenceReusedError
from limosa.foundation.money import Money


@transaction.atomic
def record_deposit(
    *, supplier_code: str, amount: Money, reference: str, now: datetime
) -> SupplierDeposit | None:
    """Book money paid to a supplier; None: it is booked, by the same reference.

    Raises: DepositReferenceReusedError, also if it was undone; nothing changed.
    Locks:  the supplier's account.
    """
    hold_account(supplier_code)
    known = SupplierDeposit.objects.filter(supplier=supplier_code, reference=reference).first()
    if known is not None:
        is_same = (known.amount_minor, known.currency) == (amount.amount_minor, amount.currency)
        if not is_same or known.undone_at is not None:
            raise DepositReferenceReusedError
        return None
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
