"""At which of its suppliers a plan is ordered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.catalog.engine.sources import Source
from limosa.domain.connectivity.capabilities import Capabilities, Renewal
from limosa.domain.connectivity.engine.sourcing import next_choice, renewal_at

SAME, NEW = Capabilities(renewal=Renewal.SAME_ESIM), Capabilities(renewal=Renewal.NEW_ESIM)
CODES = ["a", "b", "c", "d"]
SOURCES = [Source(supplier=code, code=f"{code}-new", renewal_code=f"{code}-more") for code in CODES]
some = st.sets(st.sampled_from(CODES))


@given(tried=some, held_back=some)
def test_the_first_that_is_ready_is_asked_and_otherwise_the_first(
    tried: set[str], held_back: set[str]
) -> None:
    choice = next_choice(
        SOURCES,
        renewed_at=None,
        tried=tried,
        held_back=held_back,
        can=dict.fromkeys(CODES, SAME),
    )
    left = [code for code in CODES if code not in tried]
    ready = [code for code in left if code not in held_back]
    if not left:
        assert choice is None
        return
    assert choice is not None
    assert choice.source.supplier == (ready or left)[0]
    assert choice.is_ready == bool(ready)
    assert (choice.code, choice.is_on_renewed) == (choice.source.code, False)


@given(tried=some, held_back=some, place=st.sampled_from([*CODES, "elsewhere"]))
def test_a_renewal_is_never_ordered_anywhere_else(
    tried: set[str], held_back: set[str], place: str
) -> None:
    choice = next_choice(
        SOURCES,
        renewed_at=place,
        tried=tried,
        held_back=held_back,
        can=dict.fromkeys(CODES, SAME),
    )
    if place == "elsewhere" or place in tried:
        assert choice is None
        return
    assert choice is not None
    assert (choice.code, choice.is_on_renewed) == (f"{place}-more", True)


@pytest.mark.parametrize(
    ("can", "renewal_code", "expected"),
    [
        (SAME, "more", Renewal.SAME_ESIM),
        (SAME, "", Renewal.NEW_ESIM),
        (NEW, "more", Renewal.NEW_ESIM),
    ],
)
def test_without_a_way_to_renew_it_is_a_new_esim(
    can: Capabilities, renewal_code: str, expected: Renewal
) -> None:
    source = Source(supplier="a", code="new", renewal_code=renewal_code)
    assert renewal_at(source, can) is expected
    choice = next_choice([source], renewed_at="a", tried=(), held_back=(), can={"a": can})
    assert choice is not None
    assert choice.is_on_renewed == (expected is Renewal.SAME_ESIM)
    assert choice.code == (renewal_code if choice.is_on_renewed else "new")
