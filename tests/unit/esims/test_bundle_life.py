"""What may become of a bundle, and what may not."""

import pytest

from limosa.domain.esims.engine.bundle_life import (
    BUNDLE_LIFE,
    OPEN_STATES,
    BundleEvent,
    BundleState,
    used_up_to,
)
from limosa.foundation.state_machine import TransitionRefusedError


def test_a_bundle_goes_these_ways_and_no_others() -> None:
    found = {
        f"{state} {event} {BUNDLE_LIFE.after(state, event)}"
        for event in BundleEvent
        for state in BundleState
        if BUNDLE_LIFE.allows(state, event)
    }
    assert found == {
        "queued begin active",
        "queued exhaust exhausted",
        "active exhaust exhausted",
        "queued expire expired",
        "active expire expired",
        "queued refund refunded",
        "active refund refunded",
    }


def test_what_has_ended_stays_so() -> None:
    ended = set(BundleState) - set(OPEN_STATES)
    assert all(BUNDLE_LIFE.nexts(state) == set() for state in ended)


@pytest.mark.parametrize("before", OPEN_STATES)
@pytest.mark.parametrize("after", ["active", "exhausted", "expired"])
def test_a_report_of_use_may_begin_and_end_a_bundle(before: str, after: str) -> None:
    assert used_up_to(before, after) == after


def test_a_report_may_change_no_state() -> None:
    assert used_up_to("queued", "queued") is BundleState.QUEUED


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("active", "queued"),
        ("queued", "refunded"),
        ("active", "refunded"),
        ("exhausted", "exhausted"),
        ("exhausted", "active"),
        ("refunded", "exhausted"),
    ],
)
def test_a_report_undoes_nothing_and_refunds_nothing(before: str, after: str) -> None:
    with pytest.raises(TransitionRefusedError):
        used_up_to(before, after)
