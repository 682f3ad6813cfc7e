"""Apply a supplier's callback once more, at the request of a member of the staff."""

from datetime import datetime

from limosa.domain.accounts.models import Subscriber
from limosa.domain.connectivity.answers import CallbackRefusedError
from limosa.domain.connectivity.kept_callbacks import unpacked
from limosa.domain.connectivity.models import KeptCallback
from limosa.domain.connectivity.registry import SupplierNotSetUpError, adapter_for
from limosa.domain.ordering.operations.apply_supplier_callback import apply_supplier_callback
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry
from limosa.domain.support.refusals import CallbackNotDeliverableError


@staff_action(AuditAction.DELIVER_CALLBACK)
def deliver_callback_again(
    *, callback_id: int, order_number: str, actor: Subscriber | None, now: datetime
) -> str:
    """Return what became of the order, as apply_supplier_callback says; it is also the audit
    entry's detail.

    It is read again from what was received, as of then: its signature is verified again, with the
    keys of now. Applying it twice changes nothing more than once.
    Raises: RoleTooLowError; KeptCallback.DoesNotExist if it names no such order;
            CallbackNotDeliverableError if it was not verified, is not kept whole, or is no longer
            believed; nothing changed.
    """
    kept = KeptCallback.objects.get(pk=callback_id, order_numbers__contains=[order_number])
    if not kept.may_be_applied_again or kept.content is None:
        raise CallbackNotDeliverableError
    received = unpacked(kept.content)
    try:
        callback = adapter_for(kept.supplier_code).read_callback(
            headers=received.headers, body=received.body, now=kept.received_at
        )
    except (CallbackRefusedError, SupplierNotSetUpError) as error:
        raise CallbackNotDeliverableError from error
    applied = apply_supplier_callback(supplier_code=kept.supplier_code, callback=callback, now=now)
    result = applied.results.get(order_number, "no_news")
    record_audit_entry(
        actor=actor,
        action=AuditAction.DELIVER_CALLBACK,
        subject=order_number,
        detail=result,
        now=now,
    )
    return result
