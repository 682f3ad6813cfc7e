"""Finds the commands of `limosa` by their files' places; `commands/__init__.py` explains how."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from types import ModuleType

from limosa.config import commands

# Where another distribution, such as limosa-lab, names its package of commands.
COMMAND_PACKAGES = "limosa.commands"


class TwoCommandsError(Exception):
    """Two packages have a command of the same name."""


@dataclass(frozen=True)
class Place:
    """What the words after `limosa` lead to: a command, a group of others, or both."""

    words: tuple[str, ...]
    module: ModuleType
    members: dict[str, "Place"] = field(default_factory=dict)

    @property
    def is_command(self) -> bool:
        return hasattr(self.module, "run")

    @property
    def text(self) -> str:
        """The whole docstring of its file."""
        return inspect.cleandoc(self.module.__doc__ or "")

    @property
    def about(self) -> str:
        """Its line in the list of commands."""
        return self.text.partition("\n")[0].rstrip(".")

    def commands(self) -> Iterator["Place"]:
        """Yield each command that is a member, then those of each group, recursively."""
        yield from (place for place in self.members.values() if place.is_command)
        for group in self.groups():
            yield from group.commands()

    def groups(self) -> list["Place"]:
        return [place for place in self.members.values() if place.members]


def commands_of(*packages: ModuleType) -> Place:
    """Return the root of all commands in these packages. Raises TwoCommandsError."""
    root = Place((), packages[0])
    for package in packages:
        _take_in(root, package)
    return root


def installed_commands(tell: Callable[[str], None]) -> Place:
    """Return the root of our commands, and of those of other installed distributions.

    A distribution whose commands can't be loaded is reported on one line; the others stay usable.
    """
    root = commands_of(commands)
    for point in entry_points(group=COMMAND_PACKAGES):
        try:
            _take_in(root, point.load())
        except (ImportError, TwoCommandsError) as error:
            tell(f"commands of {point.value} are left out: {error}")
    return root


def _take_in(place: Place, package: ModuleType) -> None:
    """Add a folder's files, in the order of their names; groups of the same name are merged."""
    for name in sorted(found.name for found in pkgutil.iter_modules(package.__path__)):
        if name.startswith("_"):
            continue
        module = importlib.import_module(f"{package.__name__}.{name}")
        word = name.rstrip("_").replace("_", "-")
        new = Place((*place.words, word), module)
        there = place.members.setdefault(word, new)
        if there is not new and (there.is_command or new.is_command):
            raise TwoCommandsError(f"`limosa {' '.join(new.words)}` is there twice")
        if hasattr(module, "__path__"):
            _take_in(there, module)
