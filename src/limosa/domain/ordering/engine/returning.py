"""Who has to agree before a person's plan is returned for all of its money.

Money that goes back before a supplier has agreed is lost if it refuses: we still pay it, and the
eSIM goes on working. So the money follows its yes, unless nothing depends on it.
"""

from enum import StrEnum

from limosa.domain.connectivity.capabilities import Capabilities


class ReturnWay(StrEnum):
    """How an unused plan is returned.

    AT_ONCE: what is on the eSIM is ours alone to end. ASKED: its supplier is asked to cancel it,
    and the money follows its yes. BY_STAFF: the supplier is not known to take it back, so people
    decide whether the loss is ours.
    """

    AT_ONCE = "at_once"
    ASKED = "asked"
    BY_STAFF = "by_staff"


def return_way(
    can: Capabilities,
    *,
    is_own_esim: bool,
    is_installed: bool,
    was_refused: bool,
) -> ReturnWay:
    """Return how a plan of a supplier is returned that nobody has used.

    `is_own_esim`: the supplier delivered the eSIM with the plan, and nothing else is for it.
    `is_installed`: a device has had it, as far as is known. `was_refused`: the supplier was asked
    before, and did not take it back.
    """
    if can.leaves_bundles_to_us:
        return ReturnWay.AT_ONCE
    is_cancellable = can.takes_back and is_own_esim and not is_installed
    return ReturnWay.ASKED if is_cancellable and not was_refused else ReturnWay.BY_STAFF
