"""The errors in a hand-written file: all of them at once, each with its place."""

from dataclasses import dataclass
from typing import NoReturn


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One error. `line` counts from 1; `field` is empty if the error concerns the whole file."""

    file: str
    line: int
    field: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}: "
        return f"{place}{self.field}: {self.message}" if self.field else place + self.message


class CatalogFaultsError(Exception):
    """The file has errors; nothing was changed. `faults` holds all of them, by line."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = sorted(set(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))

    def report(self) -> str:
        """Return the errors for a person to read, one per line, preceded by their number."""
        count = len(self.faults)
        return f"{count} {'fault' if count == 1 else 'faults'}; nothing was changed\n{self}"


class UnreadableTextError(ValueError):
    """A text is not valid in its field; the message says what to write instead."""


class FaultList:
    """Collects the errors of one file while it is read."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._faults: list[Fault] = []

    def add(self, line: int, field: str, message: str) -> None:
        """Add an error; reading continues, to find the others."""
        self._faults.append(Fault(self._file, line, field, message))

    def stop(self, line: int, field: str, message: str) -> NoReturn:
        """Add an error and raise CatalogFaultsError: reading can't continue."""
        self.add(line, field, message)
        raise CatalogFaultsError(self._faults)

    def check(self) -> None:
        """Raise CatalogFaultsError if there is any error."""
        if self._faults:
            raise CatalogFaultsError(self._faults)
