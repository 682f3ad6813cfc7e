"""Whether an eUICC may download an order's profile now, and as what: one rule, from the order's
policy and what happened to it so far.

A download whose installation was never reported is repeated by the same eUICC: with its one-time
key of before it gets the same package, which counts once. With another key it gets another package,
which is another download, and counts as one. After the installation was reported, the policy
decides.
"""

from dataclasses import dataclass
from enum import StrEnum

from limosa.domain.rsp.engine.order_life import DownloadState


class Redownload(StrEnum):
    """Who may download a profile again that was installed."""

    NEVER = "never"
    SAME_EUICC = "same_euicc"
    ANY_EUICC = "any_euicc"


class Download(StrEnum):
    """What a download is. REPEAT: of one whose installation was not reported, by the same eUICC."""

    FIRST = "first"
    REPEAT = "repeat"
    AGAIN = "again"


class DownloadBar(StrEnum):
    """Why an eUICC may not download."""

    NO_ORDER = "no_order"
    NOT_RELEASED = "not_released"
    OTHER_EUICC = "other_euicc"
    NOT_DELETED = "not_deleted"
    TOO_OFTEN = "too_often"
    EXPIRED = "expired"


class DownloadBarred(Exception):
    """The eUICC may not download the order's profile now; nothing was changed."""

    def __init__(self, bar: DownloadBar) -> None:
        super().__init__(bar.value)
        self.bar = bar


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadPolicy:
    """How often, and by whom. `needs_delete`: a profile that was installed is given again only
    after its eUICC reported that it deleted it. `downloads_max` None: as often as you like."""

    redownload: Redownload
    needs_delete: bool
    downloads_max: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadsSoFar:
    """What happened to an order. `ordered_eid`: the EID that whoever ordered named; `bound_eid`:
    the eUICC that downloaded last, as long as it may have the profile."""

    state: DownloadState
    ordered_eid: str = ""
    bound_eid: str = ""
    downloads: int = 0
    is_deleted: bool = False
    is_expired: bool = False


def judge_download(
    policy: DownloadPolicy, so_far: DownloadsSoFar, *, eid: str, has_new_key: bool = False
) -> Download:
    """Return what a download by an eUICC would be. Raises DownloadBarred.

    has_new_key: it wants a package of its own, whatever it was given before.
    """
    if so_far.ordered_eid not in ("", eid):
        raise DownloadBarred(DownloadBar.OTHER_EUICC)
    match so_far.state:
        case DownloadState.RELEASED:
            return _within_limits(policy, so_far, Download.FIRST)
        case DownloadState.DOWNLOADED if so_far.bound_eid == eid:
            if has_new_key:
                return _within_limits(policy, so_far, Download.AGAIN)
            return Download.REPEAT
        case DownloadState.DOWNLOADED | DownloadState.INSTALLED:
            _check_policy(policy, so_far, eid)
            return _within_limits(policy, so_far, Download.AGAIN)
        case DownloadState.ALLOCATED | DownloadState.LINKED | DownloadState.CONFIRMED:
            raise DownloadBarred(DownloadBar.NOT_RELEASED)
        case _:
            raise DownloadBarred(DownloadBar.NO_ORDER)


def _check_policy(policy: DownloadPolicy, so_far: DownloadsSoFar, eid: str) -> None:
    """Refuse what the policy of downloading again does not allow."""
    if policy.redownload is not Redownload.ANY_EUICC and so_far.bound_eid != eid:
        raise DownloadBarred(DownloadBar.OTHER_EUICC)
    if policy.redownload is Redownload.NEVER:
        raise DownloadBarred(DownloadBar.NO_ORDER)
    if policy.needs_delete and not so_far.is_deleted:
        raise DownloadBarred(DownloadBar.NOT_DELETED)


def _within_limits(policy: DownloadPolicy, so_far: DownloadsSoFar, download: Download) -> Download:
    """Return the download, unless the order is over. Raises DownloadBarred."""
    if so_far.is_expired:
        raise DownloadBarred(DownloadBar.EXPIRED)
    if policy.downloads_max is not None and so_far.downloads >= policy.downloads_max:
        raise DownloadBarred(DownloadBar.TOO_OFTEN)
    return download
