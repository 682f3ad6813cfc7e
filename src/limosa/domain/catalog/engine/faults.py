"""What is wrong with a file that somebody wrote: all of it at once, each with its place."""

from dataclasses import dataclass
from typing import NoReturn


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing to mend. `line` counts from 1; `field` is empty when it is the file as a whole."""

    file: str
    line: int
    field: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}: "
        return f"{place}{self.field}: {self.message}" if self.field else place + self.message


class CatalogFaultsError(Exception):
    """The file has faults; nothing was changed. `faults` holds every one, by line."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = sorted(set(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))

    def report(self) -> str:
        """Return the faults for a person, a line each, after how many there are."""
        count = len(self.faults)
        return f"{count} {'fault' if count == 1 else 'faults'}; nothing was changed\n{self}"


class UnreadableTextError(ValueError):
    """A text is not what its field holds; the message says what to write instead."""


class FaultList:
    """Collects the faults of one file while it is read."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._faults: list[Fault] = []

    def add(self, line: int, field: str, message: str) -> None:
        """Keep a fault; reading goes on, to find the others."""
        self._faults.append(Fault(self._file, line, field, message))

    def stop(self, line: int, field: str, message: str) -> NoReturn:
        """Raise CatalogFaultsError with this fault too: reading cannot go on."""
        self.add(line, field, message)
        raise CatalogFaultsError(self._faults)

    def check(self) -> None:
        """Raise CatalogFaultsError when there is any fault."""
        if self._faults:
            raise CatalogFaultsError(self._faults)
