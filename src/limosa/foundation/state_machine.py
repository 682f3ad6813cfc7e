"""State machines as tables from (state, event) to state; anything not in the table is refused."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Generic, TypeVar

from limosa.foundation.errors import LocalProtocolError

State = TypeVar("State", bound=StrEnum)
Event = TypeVar("Event", bound=StrEnum)


class TransitionRefusedError(LocalProtocolError):
    """The event is not allowed in that state; nothing was changed."""


class StateMachine(Generic[State, Event]):
    """`moves`: the new state by (state, event). States may be given as plain strings from the
    database or as enum members."""

    def __init__(self, moves: Mapping[tuple[State, Event], State]) -> None:
        self._moves: dict[tuple[str, str], State] = {
            (state, event): after for (state, event), after in moves.items()
        }

    def after(self, state: str, event: Event) -> State:
        """Return the new state. Raises TransitionRefusedError."""
        if not self.allows(state, event):
            raise TransitionRefusedError(f"{event} can't happen to what is {state}")
        return self._moves[state, event]

    def allows(self, state: str, event: Event) -> bool:
        """Return whether the event is allowed in a state."""
        return (state, event) in self._moves

    def states_before(self, event: Event) -> list[str]:
        """Return the states in which the event is allowed: for the condition of an UPDATE."""
        return [str(state) for state, known in self._moves if known == event]

    def nexts(self, state: State) -> set[State]:
        """Return the other states that a single event may lead to."""
        return {after for (before, _), after in self._moves.items() if before == state} - {state}
