from limosa.domain.payments.models import Refund, RefundState
from limosa.foundation.state_machine import TransitionRefusedError

_NEVER_ARRIVED = {RefundState.FAILED, RefundState.SETTLED}


def count_way_back(*, refund: Refund) -> None:
    """Count that the money of a refund left and came back, of one that never was `succeeded`.

    Before and afterwards `failed` or `settled`; neither its times change, nor what is owed. Its key
    is another one from here on (Refund.key). The caller holds the payment and the refund, and
    posts an entry by the key before, and one by the key after.
    Raises: TransitionRefusedError; nothing changed.
    """
    if refund.state not in _NEVER_ARRIVED:
        raise TransitionRefusedError(f"{refund} is {refund.state}")
    refund.came_back += 1
    refund.save(update_fields=["came_back"])
