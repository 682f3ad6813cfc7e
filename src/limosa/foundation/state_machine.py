"""Which event leads a thing from which state to which: a table, whose gaps are refused."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Generic, TypeVar

from limosa.foundation.errors import LocalProtocolError

State = TypeVar("State", bound=StrEnum)
Event = TypeVar("Event", bound=StrEnum)


class TransitionRefusedError(LocalProtocolError):
    """No such event can happen to a thing in that state; nothing was changed."""


class StateMachine(Generic[State, Event]):
    """`moves`: by (state, event), the state afterwards. A state as the database has it, a plain
    string, is as good as the enum's member."""

    def __init__(self, moves: Mapping[tuple[State, Event], State]) -> None:
        self._moves: dict[tuple[str, str], State] = {
            (state, event): after for (state, event), after in moves.items()
        }

    def after(self, state: str, event: Event) -> State:
        """Return the state afterwards. Raises TransitionRefusedError."""
        if not self.allows(state, event):
            raise TransitionRefusedError(f"{event} can't happen to what is {state}")
        return self._moves[state, event]

    def allows(self, state: str, event: Event) -> bool:
        """Tell whether the event can happen in a state."""
        return (state, event) in self._moves

    def states_before(self, event: Event) -> list[str]:
        """Return the states in which the event can happen: for the condition of an UPDATE."""
        return [str(state) for state, known in self._moves if known == event]

    def nexts(self, state: State) -> set[State]:
        """Return the other states that one event may lead to."""
        return {after for (before, _), after in self._moves.items() if before == state} - {state}
