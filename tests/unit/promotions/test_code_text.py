"""How a promotion code is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.promotions.engine.code_text import read_code_text


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("SPRING26", "SPRING26"),
        (" spring-26 ", "SPRING26"),
        ("S p r i n g", "SPRING"),
        ("abc", None),
        ("A" * 21, None),
        ("春节优惠", None),
        ("SPRING26\x00", None),
        ("", None),
    ],
)
def test_case_spaces_and_hyphens_do_not_matter(typed: str, expected: str | None) -> None:
    assert read_code_text(typed) == expected


@given(st.text())
def test_what_is_read_reads_as_itself(typed: str) -> None:
    text = read_code_text(typed)
    if text is not None:
        assert read_code_text(text) == text
