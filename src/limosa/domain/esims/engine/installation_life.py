"""The life of a profile on a card: what was reported of it, and what is believed.

    downloaded -> installed -> enabled <-> disabled -> deleted
               -> failed

Reports come late, twice and out of order. So a report does not move a state; it has a place among
the reports of its download, and the latest one counts, in whatever order they come. A card's own
count of notifications decides before any clock does. The download comes before everything else, and
how the installation ended before what was done with the profile, whatever their times say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class InstallationState(StrEnum):
    """Where a profile stands on a card. In this order, of two reports that say they are as late."""

    DOWNLOADED = "downloaded"
    FAILED = "failed"
    INSTALLED = "installed"
    ENABLED = "enabled"
    DISABLED = "disabled"
    DELETED = "deleted"


# The states in which the card has the profile.
ON_CARD = (InstallationState.INSTALLED, InstallationState.ENABLED, InstallationState.DISABLED)
_STAGES = {
    InstallationState.DOWNLOADED: 0,
    InstallationState.FAILED: 1,
    InstallationState.INSTALLED: 1,
    InstallationState.ENABLED: 2,
    InstallationState.DISABLED: 2,
    InstallationState.DELETED: 2,
}
_RANKS = {state: rank for rank, state in enumerate(InstallationState)}
# A profile can be switched on and off again: the last time counts. Of the rest, the first does.
_REPEATABLE = (InstallationState.ENABLED, InstallationState.DISABLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileReport:
    """What somebody says of a profile: where it stands on the card, since when.

    `sequence`: the card's own count of its notifications; 0: not known. `download`: which download
    of the profile it is about, from 1; 0: whoever reports does not count them. `failure`: what went
    wrong, a term; with FAILED only, and there it is needed.
    """

    state: InstallationState
    happened_at: datetime
    sequence: int = 0
    download: int = 0
    failure: str = ""

    def __post_init__(self) -> None:
        """Raise ValueError for a failure without its term, and the other way round."""
        if (self.state is InstallationState.FAILED) != bool(self.failure):
            raise ValueError("a failure has its term, and nothing else has one")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is believed of a download. `latest`: the report that counts; `times`: when it came to
    each state that was reported."""

    latest: ProfileReport
    times: Mapping[InstallationState, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDownload:
    """A download of a profile that was reported before. `eid` empty: not known."""

    download: int
    eid: str
    state: InstallationState
    reported_at: datetime


def after_report(known: Standing | None, report: ProfileReport) -> Standing:
    """Return what is believed after one more report of a download.

    The same for any order of the same reports, however often each of them comes.
    """
    if known is None:
        return Standing(latest=report, times={report.state: report.happened_at})
    latest = max(known.latest, report, key=_place)
    earlier = known.times.get(report.state, report.happened_at)
    choose = max if report.state in _REPEATABLE else min
    times = {**known.times, report.state: choose(earlier, report.happened_at)}
    return Standing(latest=latest, times=times)


def download_meant(known: Sequence[KnownDownload], report: ProfileReport, *, eid: str) -> int:
    """Return which download of a profile a report is about. `known`: in the order of the downloads;
    `eid` empty: not known.

    Where nobody counts: the latest of the same card; a new one for another card, or if it was
    downloaded after the latest had already come further.
    """
    if report.download:
        return report.download
    last = known[-1].download if known else 0
    same = [one for one in known if not eid or one.eid in ("", eid)]
    if not same:
        return last + 1
    newest = same[-1]
    is_another = (
        report.state is InstallationState.DOWNLOADED
        and newest.state is not InstallationState.DOWNLOADED
        and report.happened_at > newest.reported_at
    )
    return last + 1 if is_another else newest.download


def _place(report: ProfileReport) -> tuple[object, ...]:
    """Return what orders the reports of a download. The term of a failure is in it so that the
    order is total."""
    return (
        _STAGES[report.state],
        report.sequence,
        report.happened_at,
        _RANKS[report.state],
        report.failure,
    )
