"""One typing error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.search.engine.typing_errors import LENGTH_MAX, is_one_error, shortened

ONE = [
    ("jpan", "japan"),
    ("japann", "japan"),
    ("jspan", "japan"),
    ("iatly", "italy"),
    ("germnay", "germany"),
    ("aprus", "arpus"),
    ("澳大力亚", "澳大利亚"),
    ("加大拿", "加拿大"),
]


@pytest.mark.parametrize(("typed", "meant"), ONE)
def test_one_error_is_seen(typed: str, meant: str) -> None:
    assert is_one_error(typed, meant)
    assert set(shortened(typed)) & set(shortened(meant))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("japan", "japan"), ("jpn", "japan"), ("napal", "japan"), ("peru", "cuba"), ("meru", "peru")],
)
def test_none_and_two_are_not_one(typed: str, meant: str) -> None:
    assert not is_one_error(typed, meant)


letters = st.text("abcdefg", min_size=5, max_size=12)


@given(letters, st.integers(0, 11), st.sampled_from("abcdefg"), st.sampled_from("+-=x"))
def test_no_name_within_one_error_is_missed(meant: str, at: int, letter: str, kind: str) -> None:
    at %= len(meant) - 1
    rest = meant[at + 1 :]
    typed = {
        "+": meant[:at] + letter + meant[at:],
        "-": meant[:at] + rest,
        "=": meant[:at] + letter + rest,
        "x": meant[:at] + rest[:1] + meant[at] + rest[1:],
    }[kind]
    assert set(shortened(typed)) & set(shortened(meant))
    if typed != meant and min(len(typed), len(meant)) > 4:
        assert is_one_error(typed, meant)


def test_too_short_and_too_long_texts_are_not_corrected() -> None:
    assert shortened("usa") == shortened("美国") == shortened("a" * (LENGTH_MAX + 1)) == []
