"""Who may download, and as what: stories as tables, then what holds for all of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.rsp.engine.order_life import ISSUED_STATES, DownloadState
from limosa.domain.rsp.engine.redownload import (
    DownloadBar,
    DownloadBarred,
    DownloadPolicy,
    DownloadsSoFar,
    Redownload,
    judge_download,
)

# policy: who, whether a deletion is needed first, how often
# so far: state, the EID ordered, the EID bound, downloads, deleted or expired
# then who asks ("+": with another key than before), and what they hear
STORIES = {
    "the first comes": "never - 1 | released - - 0 - | a first",
    "the eUICC that was ordered for comes": "never - 1 | released a - 0 - | a first",
    "another than was ordered for comes": "any_euicc - ∞ | released a - 0 - | b other_euicc",
    "it was not released": "never - 1 | confirmed - - 0 - | a not_released",
    "nobody confirmed it": "never - 1 | linked a - 0 - | a not_released",
    "it was cancelled": "never - 1 | cancelled - - 0 - | a no_order",
    "it went wrong for good": "never - 1 | error - - 1 - | a no_order",
    "too late": "never - 1 | released - - 0 expired | a expired",
    "the connection broke": "never - 1 | downloaded - a 1 - | a repeat",
    "the connection broke, and then it was late": "never - 1 | downloaded - a 1 expired | a repeat",
    "its card lost the key": "never - 2 | downloaded - a 1 - | a+ again",
    "its card lost the key too often": "never - 2 | downloaded - a 2 - | a+ too_often",
    "its card lost the key, and it is late": "never - 2 | downloaded - a 1 expired | a+ expired",
    "a thief has the code too": "never - 1 | downloaded - a 1 - | b other_euicc",
    "a thief comes after": "same_euicc - 9 | installed - a 1 - | b other_euicc",
    "once is once": "never - 9 | installed - a 1 deleted | a no_order",
    "deleted by mistake": "same_euicc delete 3 | installed - a 1 deleted | a again",
    "it is still there": "same_euicc delete 3 | installed - a 1 - | a not_deleted",
    "the notification of the deletion was lost": "same_euicc - 3 | installed - a 1 - | a again",
    "once too often": "same_euicc - 3 | installed - a 3 deleted | a too_often",
    "a new phone": "any_euicc delete 3 | installed - a 1 deleted | b again",
    "a new phone, and the old one has it": "any_euicc delete 3 | installed - a 1 - | b not_deleted",
    "a new phone, whatever the old one says": "any_euicc - 3 | installed - a 1 - | b again",
    "a new phone before the old one reported": "any_euicc - 3 | downloaded - a 1 - | b again",
    "the lab's": "any_euicc - ∞ | installed - a 999 - | b again",
    "it failed once, and may try again": "never - 2 | released - - 1 - | b first",
    "it failed too often": "never - 2 | released - - 2 - | b too_often",
}


def sides(story: str) -> tuple[DownloadPolicy, DownloadsSoFar, str, str]:
    terms, happened, asked = (part.split() for part in story.split("|"))
    policy = DownloadPolicy(
        redownload=Redownload(terms[0]),
        needs_delete=terms[1] == "delete",
        downloads_max=None if terms[2] == "∞" else int(terms[2]),
    )
    so_far = DownloadsSoFar(
        state=DownloadState(happened[0]),
        ordered_eid=happened[1].strip("-"),
        bound_eid=happened[2].strip("-"),
        downloads=int(happened[3]),
        is_deleted=happened[4] == "deleted",
        is_expired=happened[4] == "expired",
    )
    return policy, so_far, asked[0], asked[1]


def judged(policy: DownloadPolicy, so_far: DownloadsSoFar, eid: str) -> str:
    try:
        asks = eid.rstrip("+")
        return judge_download(policy, so_far, eid=asks, has_new_key=asks != eid).value
    except DownloadBarred as refusal:
        return refusal.bar.value


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_a_download_is_judged_so(story: str) -> None:
    policy, so_far, eid, heard = sides(story)
    assert judged(policy, so_far, eid) == heard


policies = st.builds(
    DownloadPolicy,
    redownload=st.sampled_from(Redownload),
    needs_delete=st.booleans(),
    downloads_max=st.none() | st.integers(1, 5),
)
pasts = st.builds(
    DownloadsSoFar,
    state=st.sampled_from(DownloadState),
    ordered_eid=st.sampled_from(["", "a", "b"]),
    bound_eid=st.sampled_from(["", "a", "b"]),
    downloads=st.integers(0, 6),
    is_deleted=st.booleans(),
    is_expired=st.booleans(),
)
ALLOWED = {"first", "repeat", "again"}


@given(policies, pasts, st.sampled_from("abc"))
def test_nobody_downloads_what_was_ordered_for_another(
    policy: DownloadPolicy, so_far: DownloadsSoFar, eid: str
) -> None:
    if so_far.ordered_eid not in ("", eid):
        assert judged(policy, so_far, eid) == DownloadBar.OTHER_EUICC


@given(policies, pasts, st.sampled_from("abc"))
def test_only_what_was_issued_is_downloaded(
    policy: DownloadPolicy, so_far: DownloadsSoFar, eid: str
) -> None:
    assert judged(policy, so_far, eid) not in ALLOWED or so_far.state in ISSUED_STATES


@given(policies, pasts, st.sampled_from("abc"))
def test_with_a_new_key_every_download_counts(
    policy: DownloadPolicy, so_far: DownloadsSoFar, eid: str
) -> None:
    assert judged(policy, so_far, f"{eid}+") != "repeat"


@given(policies, pasts, st.sampled_from("abc"))
def test_what_counts_stays_within_the_most(
    policy: DownloadPolicy, so_far: DownloadsSoFar, eid: str
) -> None:
    if policy.downloads_max is not None and so_far.downloads >= policy.downloads_max:
        assert judged(policy, so_far, eid) not in {"first", "again"}


@given(policies, pasts, st.sampled_from("abc"))
def test_a_second_euicc_gets_it_only_if_any_may(
    policy: DownloadPolicy, so_far: DownloadsSoFar, eid: str
) -> None:
    if (
        so_far.state in (DownloadState.DOWNLOADED, DownloadState.INSTALLED)
        and so_far.bound_eid != eid
        and policy.redownload is not Redownload.ANY_EUICC
    ):
        assert judged(policy, so_far, eid) not in ALLOWED
