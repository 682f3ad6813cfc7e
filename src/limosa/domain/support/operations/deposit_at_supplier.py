"""Record money that was paid to a supplier."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.connectivity.registry import capabilities_of
from limosa.domain.payables.models import SupplierDeposit
from limosa.domain.payables.operations.record_deposit import record_deposit
from limosa.domain.payables.refusals import NothingToPayError
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry
from limosa.domain.wholesale.queries import listed_currencies
from limosa.foundation.money import Money


@staff_action(AuditAction.RECORD_DEPOSIT)
@transaction.atomic
def deposit_at_supplier(
    *, supplier_code: str, amount: Money, reference: str, actor: Subscriber | None, now: datetime
) -> SupplierDeposit | None:
    """Book it as record_deposit does; None: it was recorded before, and nothing is recorded again.

    Raises: RoleTooLowError, NothingToPayError, and as record_deposit; nothing changed.
    Locks:  as record_deposit.
    """
    if capabilities_of(supplier_code).in_own_database:
        raise NothingToPayError
    deposit = record_deposit(
        supplier_code=supplier_code,
        amount=amount,
        reference=reference,
        now=now,
        listed_in=listed_currencies(supplier_code=supplier_code),
    )
    if deposit is not None:
        record_audit_entry(
            actor=actor,
            action=AuditAction.RECORD_DEPOSIT,
            subject=supplier_code,
            detail=f"{reference}: {amount.to_decimal()} {amount.currency}",
            now=now,
        )
    return deposit
