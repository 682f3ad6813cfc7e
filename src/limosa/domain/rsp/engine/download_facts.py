"""What a card's refusal or report means for its order, and what a bar means on the wire.

Source: SGP.22 sections 5.6.3 (codes of authenticateClient) and 2.5.6 (results of an installation).
"""

from limosa.domain.rsp.engine.order_life import DownloadEvent
from limosa.domain.rsp.engine.redownload import DownloadBar
from limosa.protocols.sgp22.euicc_info import EuiccInfo2
from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.status import RspStatus

STATUSES = {
    DownloadBar.NO_ORDER: RspStatus.MATCHING_ID_REFUSED,
    DownloadBar.NOT_RELEASED: RspStatus.NOT_RELEASED,
    DownloadBar.OTHER_EUICC: RspStatus.EID_REFUSED,
    DownloadBar.NOT_DELETED: RspStatus.MATCHING_ID_REFUSED,
    DownloadBar.TOO_OFTEN: RspStatus.DOWNLOADS_EXCEEDED,
    DownloadBar.EXPIRED: RspStatus.ORDER_EXPIRED,
}
# The card's reasons (ErrorReason) that leave the order as it is. The profile is there: how that
# ended is still to be told. Or it was interrupted: the card goes on with the same package.
_ICCID_THERE, _INTERRUPTED = 9, 11
# A class, a profile element, data that do not fit, a key, a rule: it would fail again.
_FOR_GOOD = frozenset({6, 12, 13, 14, 15})


def event_of_failure(reason: int) -> DownloadEvent | None:
    """Return what a failed installation does to its order; None: nothing."""
    if reason in (_ICCID_THERE, _INTERRUPTED):
        return None
    return DownloadEvent.FAIL if reason in _FOR_GOOD else DownloadEvent.RETRY


def check_fits(
    info: EuiccInfo2, *, package_bytes: int, is_test: bool, rules: frozenset[int]
) -> None:
    """Refuse a profile that the card says it can't take.

    Raises RspRefusal: MEMORY_INSUFFICIENT, NO_ELIGIBLE_PROFILE.
    """
    if info.free_bytes is not None and info.free_bytes < package_bytes:
        raise RspRefusal(RspStatus.MEMORY_INSUFFICIENT)
    if rules & info.forbidden_rules or (is_test and not info.takes_test_profiles):
        raise RspRefusal(RspStatus.NO_ELIGIBLE_PROFILE)
