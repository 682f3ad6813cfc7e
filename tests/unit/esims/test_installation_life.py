"""What is believed of a profile on a card, in whatever order its reports come."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.esims.engine.installation_life import (
    InstallationState,
    KnownDownload,
    ProfileReport,
    Standing,
    after_report,
    download_meant,
)

BEGAN = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
D, F, I, E, X, G = (  # noqa: E741 -- one letter for each state, in the tables below.
    InstallationState.DOWNLOADED,
    InstallationState.FAILED,
    InstallationState.INSTALLED,
    InstallationState.ENABLED,
    InstallationState.DISABLED,
    InstallationState.DELETED,
)
CARD, OTHER_CARD = "89049032" + "1" * 24, "89049032" + "2" * 24


def at(minute: int) -> datetime:
    return BEGAN + timedelta(minutes=minute)


def told(
    state: InstallationState, minute: int, *, sequence: int = 0, failure: str = ""
) -> ProfileReport:
    failure = failure or ("6/3" if state is F else "")
    return ProfileReport(state=state, happened_at=at(minute), sequence=sequence, failure=failure)


def believed(reports: Iterable[ProfileReport]) -> Standing | None:
    return reduce(after_report, reports, None)


REPORTS = st.builds(
    told,
    st.sampled_from(InstallationState),
    st.integers(0, 3),
    sequence=st.integers(0, 3),
)
TERMS = st.sampled_from(["6/3", "7/1"])
ANY = REPORTS | st.builds(told, st.just(F), st.integers(0, 3), failure=TERMS)


@given(reports=st.lists(ANY, min_size=1, max_size=6), data=st.data())
def test_any_order_of_the_same_reports_comes_to_the_same(
    reports: list[ProfileReport], data: st.DataObject
) -> None:
    assert believed(data.draw(st.permutations(reports))) == believed(reports)


@given(reports=st.lists(ANY, min_size=1, max_size=6), data=st.data())
def test_a_report_that_comes_again_changes_nothing(
    reports: list[ProfileReport], data: st.DataObject
) -> None:
    again = data.draw(st.sampled_from(reports))
    known = believed(reports)
    assert after_report(known, again) == known


@given(earlier=ANY, later=ANY)
def test_what_is_believed_was_reported_and_has_its_time(
    earlier: ProfileReport, later: ProfileReport
) -> None:
    known = after_report(after_report(None, earlier), later)
    assert known.latest in (earlier, later)
    assert known.times.keys() == {earlier.state, later.state}


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        ([told(D, 0), told(I, 1), told(E, 2)], E),
        ([told(E, 2, sequence=2), told(I, 3, sequence=1)], E),  # The second was sent late.
        ([told(X, 5, sequence=4), told(E, 4, sequence=5)], E),  # The card's count, not the time.
        ([told(E, 5), told(X, 4)], E),
        ([told(E, 4), told(X, 4)], X),
        ([told(G, 4, sequence=3), told(E, 9, sequence=2)], G),
        ([told(I, 0), told(D, 9)], I),  # Whatever the clocks say, it was downloaded before.
        ([told(E, 0), told(F, 9)], E),
        ([told(F, 1), told(I, 2)], I),
    ],
)
def test_the_latest_report_counts(
    reports: list[ProfileReport], expected: InstallationState
) -> None:
    for given_ in (reports, reports[::-1]):
        known = believed(given_)
        assert known is not None
        assert known.latest.state is expected


def test_the_first_installation_and_the_last_switch_are_remembered() -> None:
    known = believed([told(I, 3), told(I, 1), told(E, 4), told(X, 5), told(E, 6)])
    assert known is not None
    assert known.times == {I: at(1), E: at(6), X: at(5)}


@pytest.mark.parametrize(("state", "failure"), [(F, ""), (I, "6/3")])
def test_only_a_failure_has_a_term_and_always(state: InstallationState, failure: str) -> None:
    with pytest.raises(ValueError, match="its term"):
        ProfileReport(state=state, happened_at=BEGAN, failure=failure)


def known(download: int, state: InstallationState, *, eid: str = CARD) -> KnownDownload:
    return KnownDownload(download=download, eid=eid, state=state, reported_at=at(10))


@pytest.mark.parametrize(
    ("before", "report", "eid", "expected"),
    [
        ([], told(D, 1), CARD, 1),
        ([known(1, D)], told(I, 11), CARD, 1),
        ([known(1, D)], told(D, 11), CARD, 1),  # Broken off, and once more.
        ([known(1, I)], told(D, 9), CARD, 1),  # Late.
        ([known(1, I)], told(D, 10), CARD, 1),
        ([known(1, G)], told(D, 11), CARD, 2),
        ([known(1, F)], told(D, 11), CARD, 2),
        ([known(1, G), known(2, D)], told(I, 12), CARD, 2),
        ([known(1, I)], told(D, 11), OTHER_CARD, 2),
        ([known(1, I)], told(E, 11), OTHER_CARD, 2),
        ([known(1, G), known(2, I, eid=OTHER_CARD)], told(G, 11), CARD, 1),
        ([known(1, I, eid="")], told(E, 11), CARD, 1),
        ([known(1, G), known(2, I, eid=OTHER_CARD)], told(E, 11), "", 2),
    ],
)
def test_a_report_that_counts_no_downloads_means_the_latest_of_its_card(
    before: list[KnownDownload], report: ProfileReport, eid: str, expected: int
) -> None:
    assert download_meant(before, report, eid=eid) == expected


def test_a_report_that_counts_says_which_download_it_means() -> None:
    report = ProfileReport(state=E, happened_at=at(11), download=3)
    assert download_meant([known(1, I)], report, eid=OTHER_CARD) == 3
