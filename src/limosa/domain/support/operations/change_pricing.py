"""Change the pricing rules, and record who did it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from procrastinate.contrib.django import app

from limosa.domain.accounts.models import Subscriber
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry
from limosa.domain.wholesale.engine.pricing import Ending, Rule
from limosa.domain.wholesale.operations.set_pricing import set_pricing

# Named, since the task itself stands above the operations that it calls.
REPRICE_TASK = "support.reprice_plans"


@staff_action(AuditAction.SET_PRICING)
@transaction.atomic
def change_pricing(
    *,
    edit: Callable[[list[Rule], dict[str, Ending]], tuple[Sequence[Rule], Mapping[str, Ending]]],
    what: str,
    actor: Subscriber | None,
    now: datetime,
) -> bool:
    """Change the rules as set_pricing does; return whether that changed anything.

    The worker then finds out what the rules mean for the plans on sale. `what`: the subject to
    record: a rule's code, a currency, or the name of a file.
    Locks:  as set_pricing.
    Raises: RoleTooLowError, and what `edit` raises; nothing changed.
    """
    if not set_pricing(edit=edit):
        return False
    record_audit_entry(actor=actor, action=AuditAction.SET_PRICING, subject=what[:60], now=now)
    app.configure_task(REPRICE_TASK).defer()
    return True
