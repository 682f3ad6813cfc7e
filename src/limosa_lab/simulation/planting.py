"""How a bug is planted in the money core for a while, and what shows it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

Plant = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class PlantedBug:
    """`shown_by`: the invariants of which one must break first.

    `without_polling`: polling providers would repair or hide it.
    """

    plant: Plant
    shown_by: frozenset[str]
    without_polling: bool = False


def entering(bugs: dict[str, PlantedBug]) -> Callable[..., Callable[[Any], Plant]]:
    """Return a decorator that enters a bug here by its function's name."""

    def bug(*shown_by: str, without_polling: bool = False) -> Callable[[Any], Plant]:
        def enter(function: Callable[[], Iterator[None]]) -> Plant:
            plant = contextmanager(function)
            name = function.__name__.removeprefix("_").replace("_", "-")
            shown = frozenset(shown_by)
            if "F1" in shown:  # A settlement compares the same sums, perhaps earlier.
                shown |= {"F9"}
            bugs[name] = PlantedBug(plant, shown, without_polling)
            return plant

        return enter

    return bug


@contextmanager
def replaced(owner: object, name: str, value: object) -> Iterator[None]:
    """Temporarily replace the value of an attribute."""
    true = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, true)
