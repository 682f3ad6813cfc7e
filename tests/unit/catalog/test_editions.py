"""Which edition of the catalogue may follow which."""

from datetime import date

import pytest

from limosa.domain.catalog.engine.editions import (
    EditionRefusedError,
    check_follows,
    edition_of,
    read_edition,
)
from limosa.domain.catalog.engine.faults import UnreadableTextError

TODAY = date(2026, 11, 28)


@pytest.mark.parametrize(
    ("version", "in_use"),
    [
        ("2026-12-01", None),
        ("2026-12-01", "2026-11-22"),
        ("2026-12-01.2", "2026-12-01"),
        ("2026-12-01.10", "2026-12-01.9"),
        ("2027-01-01", "2026-12-01.9"),
        ("2020-01-01", "the name of an edition of long ago"),
    ],
)
def test_a_newer_edition_may_follow(version: str, in_use: str | None) -> None:
    check_follows(version, in_use=in_use, today=TODAY)


@pytest.mark.parametrize(
    ("version", "in_use", "why"),
    [
        ("2026-11-21", "2026-11-22", "is older than 2026-11-22"),
        ("2026-12-01", "2026-12-01.2", 'give it a newer version, as "2026-12-01.3"'),
        ("2026-12-01", "2026-12-01", "is in use already, with other content"),
        ("2062-12-01", "2026-11-22", "is its year right"),
        ("2062-12-01", None, "is its year right"),
    ],
)
def test_any_other_is_refused_with_what_to_do(version: str, in_use: str | None, why: str) -> None:
    with pytest.raises(EditionRefusedError, match="Nothing was changed") as refused:
        check_follows(version, in_use=in_use, today=TODAY)
    assert why in str(refused.value)


@pytest.mark.parametrize(
    "text",
    ["", "first", "2026-11-31", "2026-1-1", "2026-12-01.1", "2026-12-01.0", "2026-12-01.02",
     "2026-12-01 ", "٢٠٢٦-12-01", "2026-12-01.99999"],
)  # fmt: skip
def test_what_names_no_edition_is_told(text: str) -> None:
    with pytest.raises(UnreadableTextError, match="names no edition"):
        read_edition(text)
    assert edition_of(text) is None
