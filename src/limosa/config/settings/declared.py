"""Finds the declarations of payment providers and suppliers, each in its own folder.

Ours are listed by folder; those of other distributions are found by an entry point, whose value is
the package.
"""

from collections.abc import Iterable, Iterator
from importlib import import_module
from importlib.metadata import entry_points

from limosa.config.settings.reading import note_fault
from limosa.foundation.variables import Declaration


def declarations(own: Iterable[str], *, group: str) -> tuple[Declaration, ...]:
    """Return the declarations of our packages, and of those in an entry-point group.

    A package that can't be loaded, or uses another one's code, is noted as a fault.
    """
    others = sorted(point.value for point in entry_points(group=group))
    found: dict[str, Declaration] = {}
    for declaration in _declared([*own, *others]):
        if declaration.code in found:
            note_fault(declaration.code, f"is declared twice ({group}).")
        found.setdefault(declaration.code, declaration)
    return tuple(found.values())


def _declared(packages: Iterable[str]) -> Iterator[Declaration]:
    for package in packages:
        try:
            yield import_module(f"{package}.settings").DECLARATION
        except (ImportError, AttributeError, ValueError) as error:
            note_fault(package, f"declares no settings that can be read: {error}")
