"""What a plan bought for an eSIM is, as the eSIM's supplier does it, and which starts it allows."""

from enum import StrEnum

from limosa.domain.catalog.engine.sources import Source
from limosa.domain.connectivity.capabilities import Capabilities, Renewal, RenewalStart
from limosa.domain.connectivity.engine.sourcing import renewal_at


class RenewalWay(StrEnum):
    """How a plan comes to a person who has an eSIM.

    AT_ONCE: nothing else runs on it. AS_CHOSEN: after what runs, or at once beside it, whichever
    the person chooses. AFTER_CURRENT, ADDED, REPLACES, NOT_SAID: something runs on it, and the
    supplier begins the new one when that ends, at once beside it, at once in place of it, or
    doesn't say: when that ends, at the latest. NEW_ESIM: on another eSIM.
    """

    AT_ONCE = "at_once"
    AS_CHOSEN = "as_chosen"
    AFTER_CURRENT = "after_current"
    ADDED = "added"
    REPLACES = "replaces"
    NOT_SAID = "not_said"
    NEW_ESIM = "new_esim"


_BESIDE_ANOTHER = {
    RenewalStart.AFTER_CURRENT: RenewalWay.AFTER_CURRENT,
    RenewalStart.NOW_ADDED: RenewalWay.ADDED,
    RenewalStart.NOW_LOST: RenewalWay.REPLACES,
    RenewalStart.AS_CHOSEN: RenewalWay.AS_CHOSEN,
    RenewalStart.UNKNOWN: RenewalWay.NOT_SAID,
}
# Ways in which a bundle may wait for what runs, and in which it may begin at once.
WAITING_WAYS = frozenset({RenewalWay.AS_CHOSEN, RenewalWay.AFTER_CURRENT, RenewalWay.NOT_SAID})
NOW_WAYS = frozenset(RenewalWay) - {RenewalWay.AFTER_CURRENT, RenewalWay.NOT_SAID}


def renewal_way(
    source: Source | None, can: Capabilities, *, is_in_service: bool, is_running: bool
) -> RenewalWay:
    """Return what a plan is for an eSIM.

    `source`: the plan at the eSIM's supplier; None: that one does not sell it. `is_in_service`: the
    eSIM can still be used. `is_running`: it has a bundle that is in use or waits.
    """
    is_renewed = source is not None and renewal_at(source, can) is Renewal.SAME_ESIM
    if not is_renewed or not is_in_service:
        return RenewalWay.NEW_ESIM
    return way_beside(can) if is_running else RenewalWay.AT_ONCE


def way_beside(can: Capabilities) -> RenewalWay:
    """Return how a supplier begins a bundle on an eSIM on which another runs."""
    return _BESIDE_ANOTHER[can.renewal_start]


def waits(way: RenewalWay, *, is_wanted: bool) -> bool:
    """Return whether a bundle begins after those that run: if the person wants that and the
    supplier can do it, or it can do nothing else."""
    return way in WAITING_WAYS and (is_wanted or way not in NOW_WAYS)
