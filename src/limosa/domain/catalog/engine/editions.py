"""Editions of the catalogue: which of two files is older.

A file's `version` is the day on which it was made; a second edition on the same day has a number
appended: 2026-12-01, 2026-12-01.2.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from limosa.domain.catalog.engine.faults import UnreadableTextError

# A typo in the year would block every later edition.
_AHEAD_MAX = timedelta(days=366)
_FORM = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\.([2-9]|[1-9]\d{1,3}))?", re.ASCII)


class EditionRefusedError(Exception):
    """An edition can't follow the one in use; the text says why. Nothing was changed."""


@dataclass(frozen=True, slots=True, order=True)
class Edition:
    """The day on which a file was made, and its number among that day's files, from 1."""

    day: date
    number: int = 1


def read_edition(text: str) -> str:
    """Return the text if it names an edition. Raises UnreadableTextError."""
    _parsed(text)
    return text


def edition_of(text: str) -> Edition | None:
    """Return the edition that a text names; None for early names, which were free text."""
    try:
        return _parsed(text)
    except UnreadableTextError:
        return None


def check_follows(version: str, *, in_use: str | None, today: date) -> None:
    """Refuse an edition that is older than the one in use, has its name, or lies far in the future.

    `in_use`: the version imported last; None: this is the first. To be called only if the content
    differs from the one in use. Raises EditionRefusedError.
    """
    edition = _parsed(version)
    if edition.day > today + _AHEAD_MAX:
        raise EditionRefusedError(
            f"edition {version} lies more than a year ahead; is its year right? "
            "Nothing was changed."
        )
    before = edition_of(in_use or "")
    if before is None or edition > before:
        return
    if edition == before:
        raise EditionRefusedError(
            f"edition {version} is in use already, with other content. Give the changed file a "
            f'newer version, as "{_after(before)}". Nothing was changed.'
        )
    raise EditionRefusedError(
        f"edition {version} is older than {in_use}, which is in use. To go back to it, give it a "
        f'newer version, as "{_after(before)}". Nothing was changed.'
    )


def next_edition(*, in_use: str | None, today: date) -> str:
    """Return an edition of today that can follow the one in use; None: there is none."""
    before = edition_of(in_use or "")
    if before is None or before.day < today:
        return today.isoformat()
    return _after(before)


def _after(edition: Edition) -> str:
    return f"{edition.day.isoformat()}.{edition.number + 1}"


def _parsed(text: str) -> Edition:
    match = _FORM.fullmatch(text)
    try:
        if match:
            return Edition(date.fromisoformat(match[1]), int(match[2] or 1))
    except ValueError:  # For example, the 31st of November.
        pass
    raise UnreadableTextError(
        f'"{text[:40]}" names no edition; write the day on which it was made, as "2026-12-01", '
        'and "2026-12-01.2" for the second of a day'
    )
