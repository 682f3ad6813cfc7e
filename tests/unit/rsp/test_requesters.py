"""Who orders: an identifier and a certificate's holder, told apart from everybody else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.rsp.engine.requesters import (
    IDENTIFIER_LENGTH_MAX,
    NO_CERTIFICATE,
    NOBODY,
    Holder,
    holder_of,
    identifier_in,
    requester_of,
    types_allowed,
)
from limosa.domain.rsp.models.orders import CALLER_LENGTH_MAX

identifiers = st.text(max_size=IDENTIFIER_LENGTH_MAX)
holders = st.one_of(st.just(NO_CERTIFICATE), st.binary().map(holder_of))


@given(identifiers, holders, identifiers, holders)
def test_two_requesters_never_have_the_same_text(a: str, ha: str, b: str, hb: str) -> None:
    is_same = requester_of(a, holder=ha) == requester_of(b, holder=hb)
    assert is_same == ((a, ha) == (b, hb))


@given(identifiers, holders)
def test_the_identifier_is_read_back_and_fits_the_column(identifier: str, holder: str) -> None:
    requester = requester_of(identifier, holder=holder)
    assert identifier_in(requester) == identifier
    assert len(requester) <= CALLER_LENGTH_MAX
    assert requester not in {"", "own_network"}


def test_other_subjects_are_other_holders() -> None:
    assert holder_of(b"CN=a") != holder_of(b"CN=b")
    assert holder_of(b"CN=a") != NO_CERTIFICATE


LAB, TRAVEL = frozenset({"lab"}), frozenset({"lab", "travel"})
LIMITED = {"one": LAB, "two": TRAVEL, "none": frozenset[str]()}


@pytest.mark.parametrize(
    ("names", "allowed", "allowed_with_others"),
    [
        (("one",), LAB, LAB),
        (("two", "one"), LAB, LAB),
        (("two", "none"), frozenset(), frozenset()),
        (("strange", "two"), TRAVEL, TRAVEL),
        (("strange",), None, LAB),
        ((), None, LAB),
        (("*",), None, LAB),
    ],
)
def test_types_are_those_of_all_names_that_are_limited(
    names: tuple[str, ...], allowed: frozenset[str] | None, allowed_with_others: frozenset[str]
) -> None:
    assert types_allowed(LIMITED, names=names) == allowed
    assert types_allowed({**LIMITED, "*": LAB}, names=names) == allowed_with_others


def test_whoever_shows_a_certificate_has_no_name_of_their_own_choice() -> None:
    assert Holder("k", ("op-1",)).names_by("op-2") == ("op-1",)
    assert Holder("k", ()).names_by("op-2") == ()
    assert NOBODY.names_by("op-2") == ("op-2",)
