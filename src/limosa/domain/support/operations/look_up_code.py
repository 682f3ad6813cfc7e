"""Look up a code for somebody who asks about it."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.redemption.models import Code
from limosa.domain.redemption.queries import find_code
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry


@staff_action(AuditAction.LOOK_UP_CODE)
@transaction.atomic
def look_up_code(*, text: str, actor: Subscriber | None, now: datetime) -> Code | None:
    """Return the code with this serial, or this code; None: there is none.

    Recorded if there is one, by its serial.
    Raises: RoleTooLowError; CodeSymbolError, CodeLengthError, CodeCheckError for what is neither a
            serial nor a code.
    """
    code = find_code(text)
    if code is not None:
        record_audit_entry(
            actor=actor, action=AuditAction.LOOK_UP_CODE, subject=str(code.serial), now=now
        )
    return code
