from limosa.domain.payments.models import Refund, RefundState
from limosa.foundation.state_machine import TransitionRefusedError

_NEVER_ARRIVED = {RefundState.FAILED, RefundState.SETTLED}


def count_way_back(*, refund: Refund) -> None:
    """Count that the money of a refund that never `succeeded` left and came back.

    Before and afterwards `failed` or `settled`; neither its times nor the amount owed change. Its
    key is a new one from here on (Refund.key). The caller holds the payment and the refund, and
    posts one entry under the old key and one under the new.
    Raises: TransitionRefusedError; nothing changed.
    """
    if refund.state not in _NEVER_ARRIVED:
        raise TransitionRefusedError(f"{refund} is {refund.state}")
    refund.came_back += 1
    refund.save(update_fields=["came_back"])
