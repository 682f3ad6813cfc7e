"""What a table of transitions does not name is refused."""

from enum import StrEnum

import pytest

from limosa.foundation.state_machine import StateMachine, TransitionRefusedError


class Door(StrEnum):
    OPEN = "open"
    SHUT = "shut"
    LOCKED = "locked"


class Deed(StrEnum):
    SHUT = "shut"
    LOCK = "lock"
    KNOCK = "knock"


LIFE = StateMachine(
    {
        (Door.OPEN, Deed.SHUT): Door.SHUT,
        (Door.SHUT, Deed.LOCK): Door.LOCKED,
        (Door.SHUT, Deed.KNOCK): Door.SHUT,
        (Door.LOCKED, Deed.KNOCK): Door.LOCKED,
    }
)


def test_an_event_leads_to_the_state_of_the_table() -> None:
    assert LIFE.after(Door.OPEN, Deed.SHUT) is Door.SHUT


def test_a_state_may_be_the_text_that_the_database_has() -> None:
    assert LIFE.after("open", Deed.SHUT) is Door.SHUT
    assert LIFE.allows("open", Deed.SHUT)


@pytest.mark.parametrize("state", ["locked", "shut", "ajar"])
def test_what_the_table_does_not_name_is_refused(state: str) -> None:
    assert not LIFE.allows(state, Deed.SHUT)
    with pytest.raises(TransitionRefusedError, match=f"shut can't happen to what is {state}"):
        LIFE.after(state, Deed.SHUT)


def test_it_tells_in_which_states_an_event_can_happen() -> None:
    assert LIFE.states_before(Deed.KNOCK) == ["shut", "locked"]


def test_it_tells_what_may_come_next_which_is_another_state() -> None:
    assert LIFE.nexts(Door.SHUT) == {Door.LOCKED}
    assert LIFE.nexts(Door.LOCKED) == set()
