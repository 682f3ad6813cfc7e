"""Have a supplier's price list fetched at the request of a member of the staff."""

from datetime import datetime

from django.db import transaction
from procrastinate.contrib.django import app

from limosa.domain.accounts.models import Subscriber
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry
from limosa.domain.wholesale.models import PriceSheet
from limosa.domain.wholesale.operations.request_sheet import request_sheet

# Named, since the task itself stands above the operations that it calls.
SYNC_TASK = "support.sync_price_list"


@staff_action(AuditAction.FETCH_PRICES)
@transaction.atomic
def ask_for_price_list(
    *, supplier_code: str, actor: Subscriber | None, now: datetime
) -> PriceSheet:
    """Return the sheet that the worker fetches; the row tells how far it is.

    One that is being fetched already is returned, and nothing is recorded.
    Raises: RoleTooLowError; NoListError: the supplier has no list that can be fetched.
    """
    sheet = request_sheet(supplier_code=supplier_code, now=now)
    if sheet.asked_at == now:
        record_audit_entry(
            actor=actor, action=AuditAction.FETCH_PRICES, subject=supplier_code, now=now
        )
        app.configure_task(SYNC_TASK).defer(sheet_id=sheet.pk)
    return sheet
