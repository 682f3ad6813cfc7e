"""What is stored between two calls reads back as it was, or not at all."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.foundation.errors import LocalProtocolError
from limosa.protocols.sgp22.facts import Facts


@dataclass(frozen=True)
class Something(Facts):
    name: str
    secret: bytes
    is_so: bool


@dataclass(frozen=True)
class SomethingElse(Facts):
    name: str
    secret: bytes
    is_so: bool


@dataclass(frozen=True)
class Countable(Facts):
    number: int


@given(st.builds(Something, st.text(), st.binary(), st.booleans()))
def test_it_reads_back(something: Something) -> None:
    assert Something.from_bytes(something.to_bytes()) == something
    assert Something.from_bytes(memoryview(something.to_bytes())) == something


def test_another_record_is_not_read() -> None:
    with pytest.raises(LocalProtocolError):
        SomethingElse.from_bytes(Something("a", b"b", is_so=True).to_bytes())


@pytest.mark.parametrize("cut", [0, 1, 5, -1, -4])
def test_half_a_record_is_not_read(cut: int) -> None:
    with pytest.raises(LocalProtocolError):
        Something.from_bytes(Something("a", b"b", is_so=True).to_bytes()[:cut])


def test_what_is_no_text_bytes_or_truth_is_not_stored() -> None:
    with pytest.raises(LocalProtocolError):
        Countable(1).to_bytes()
