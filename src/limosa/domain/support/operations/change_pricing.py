"""Change the pricing rules, and record who did it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry
from limosa.domain.wholesale.engine.pricing import Ending, Rule
from limosa.domain.wholesale.operations.set_pricing import set_pricing


@staff_action(AuditAction.SET_PRICING)
@transaction.atomic
def change_pricing(
    *,
    rules: Sequence[Rule],
    endings: Mapping[str, Ending],
    what: str,
    actor: Subscriber | None,
    now: datetime,
) -> bool:
    """Set the rules as set_pricing does; return whether that changed anything.

    `what`: the subject to record: a rule's code, a currency, or the name of a file.
    Locks:  as set_pricing.
    Raises: RoleTooLowError; nothing changed.
    """
    if not set_pricing(rules=rules, endings=endings):
        return False
    record_audit_entry(actor=actor, action=AuditAction.SET_PRICING, subject=what[:60], now=now)
    return True
