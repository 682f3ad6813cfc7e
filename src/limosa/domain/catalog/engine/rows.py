"""Reads the fields of one mapping; errors are collected with their lines, and reading continues."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from limosa.domain.catalog.engine.faults import FaultList, UnreadableTextError
from limosa.domain.catalog.engine.located import Located

Read = TypeVar("Read")

MISSING = "is missing"
NOT_TEXT = "must be a single text or number, not a list or fields of its own"


class Row:
    """A mapping in a file. `path` and `joint` make up its field names: `prices.USD` in YAML, the
    column `prices_USD` in a table.

    A field that can't be read is None, so the caller can go on and find more errors. `close`
    reports fields that nobody read, so that a misspelt optional field is not ignored silently.
    """

    def __init__(
        self, located: Located, *, faults: FaultList, path: str = "", joint: str = "."
    ) -> None:
        self.line = located.line
        self._path = path
        self._joint = joint
        self._faults = faults
        self._asked: set[str] = set()
        self._fields: Mapping[str, Located] = {}
        if isinstance(located.content, dict):
            self._fields = located.content
        else:
            faults.add(located.line, path.removesuffix(joint), "must hold fields, as `code: …`")

    def fault(self, name: str, message: str) -> None:
        """Add an error at a field, or at the row itself if the field is absent."""
        place = self._fields.get(name)
        self._faults.add(place.line if place else self.line, f"{self._path}{name}", message)

    def has(self, name: str) -> bool:
        """Return whether the field is present and not empty."""
        self._asked.add(name)
        place = self._fields.get(name)
        return place is not None and place.content != ""

    def read(self, name: str, reader: Callable[[str], Read], *, hint: str = "") -> Read | None:
        """Return the field as parsed by the reader; a missing one is an error, reported with the
        hint."""
        if not self.has(name):
            self.fault(name, f"{MISSING}; {hint}" if hint else MISSING)
            return None
        return self.read_if_given(name, reader)

    def read_if_given(self, name: str, reader: Callable[[str], Read]) -> Read | None:
        """Return the field as parsed by the reader; None if it is absent."""
        if not self.has(name):
            return None
        try:
            return reader(_text(self._fields[name]))
        except UnreadableTextError as error:
            self.fault(name, str(error))
            return None

    def refuse(self, name: str, message: str) -> None:
        """Add an error if the field is present, which it must not be."""
        if self.has(name):
            self.fault(name, message)

    def row(self, name: str) -> "Row | None":
        """Return the mapping in a field; a missing one is an error."""
        if not self.has(name):
            self.fault(name, MISSING)
            return None
        path = f"{self._path}{name}{self._joint}"
        return Row(self._fields[name], faults=self._faults, path=path, joint=self._joint)

    def texts(self, name: str, reader: Callable[[str], Read]) -> list[Read]:
        """Return the valid items of a list, which may also be one text separated by spaces."""
        if not self.has(name):
            return []
        place = self._fields[name]
        content = place.content
        if isinstance(content, str):
            content = [Located(item, place.line) for item in content.split()]
        if isinstance(content, dict):
            self.fault(name, "must be a list, as [US, PR]")
            return []
        read: list[Read] = []
        for item in content:
            try:
                read.append(reader(_text(item)))
            except UnreadableTextError as error:
                self._faults.add(item.line, f"{self._path}{name}", str(error))
        return read

    def rows(self, name: str) -> list["Row"]:
        """Return the mappings in a list; a missing or empty one is an error."""
        items = self._fields[name].content if self.has(name) else ""
        if not isinstance(items, list) or not items:
            self.fault(name, f"{MISSING if not items else 'is not a list'}; list at least one")
            return []
        return [Row(item, faults=self._faults, joint=self._joint) for item in items]

    def names(self) -> list[str]:
        """Return the field names, for a mapping whose names are free."""
        return list(self._fields)

    def close(self) -> None:
        """Add an error for every field that nobody read."""
        for name in self._fields:
            if name not in self._asked:
                known = ", ".join(sorted(self._asked))
                self.fault(name, f"is not a field here; the fields are: {known}")


def _text(place: Located) -> str:
    if not isinstance(place.content, str):
        raise UnreadableTextError(NOT_TEXT)
    return place.content
