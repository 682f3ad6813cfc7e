"""Ask a provider for a payment because a member of the staff wants to know."""

from datetime import datetime

from limosa.domain.accounts.models import Subscriber
from limosa.domain.ordering.operations.ask_provider import ask_provider
from limosa.domain.payments.calling import Caller, call_directly
from limosa.domain.support.duties import staff_deed
from limosa.domain.support.models import StaffActionKind
from limosa.domain.support.operations.record_staff_action import record_staff_action


@staff_deed(StaffActionKind.ASK_PROVIDER)
def ask_provider_by_staff(
    *, payment_number: str, actor: Subscriber, now: datetime, caller: Caller = call_directly
) -> str:
    """Return what became of the answer, as ask_provider does; it is the record's detail too.

    No transaction is open during the call. Applying the same answer twice changes nothing.
    Raises: RoleTooLowError; Payment.DoesNotExist.
    """
    result = ask_provider(payment_number=payment_number, now=now, caller=caller)
    record_staff_action(
        actor=actor,
        action=StaffActionKind.ASK_PROVIDER,
        subject=payment_number,
        detail=result,
        now=now,
    )
    return result
