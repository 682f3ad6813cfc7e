"""The life of an order is this table, and nothing else moves an order."""

import itertools

import pytest

from limosa.domain.rsp.engine.order_life import (
    CLOSED_STATES,
    DOWNLOAD_LIFE,
    DownloadEvent,
    DownloadState,
)
from limosa.foundation.state_machine import TransitionRefusedError

LIFE = """
available   order                allocated
available   order_for_eid        linked
allocated   confirm              confirmed
linked      confirm              confirmed
allocated   confirm_and_release  released
linked      confirm_and_release  released
confirmed   release              released
released    download             downloaded
downloaded  download             downloaded
released    fail                 error
downloaded  install              installed
downloaded  retry                released
downloaded  fail                 error
installed   download             downloaded
allocated   cancel               cancelled
linked      cancel               cancelled
confirmed   cancel               cancelled
released    cancel               cancelled
error       cancel               cancelled
allocated   expire               cancelled
linked      expire               cancelled
confirmed   expire               cancelled
released    expire               cancelled
"""
LINES = [line.split() for line in LIFE.strip().splitlines()]
MOVES = {(before, event): after for before, event, after in LINES}


@pytest.mark.parametrize(
    ("state", "event"), [*itertools.product(DownloadState, DownloadEvent)], ids=str
)
def test_an_event_leads_where_the_table_says_or_is_refused(
    state: DownloadState, event: DownloadEvent
) -> None:
    after = MOVES.get((state.value, event.value))
    if after is None:
        with pytest.raises(TransitionRefusedError):
            DOWNLOAD_LIFE.after(state, event)
    else:
        assert DOWNLOAD_LIFE.after(state, event) == after


def test_nothing_leads_out_of_a_closed_state() -> None:
    assert all(not DOWNLOAD_LIFE.nexts(state) for state in CLOSED_STATES)


def test_a_profile_that_is_on_a_device_is_never_given_back() -> None:
    for state in (DownloadState.DOWNLOADED, DownloadState.INSTALLED):
        assert not DOWNLOAD_LIFE.allows(state, DownloadEvent.CANCEL)
        assert not DOWNLOAD_LIFE.allows(state, DownloadEvent.EXPIRE)
