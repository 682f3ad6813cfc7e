"""Who orders: an identifier and a certificate's holder, told apart from everybody else."""

from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.rsp.engine.requesters import (
    IDENTIFIER_LENGTH_MAX,
    NO_CERTIFICATE,
    holder_of,
    identifier_in,
    requester_of,
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
