"""Values are read in DER's one form, and written in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.foundation.errors import LocalProtocolError
from limosa.protocols.sgp22 import der_values, tlv
from limosa.protocols.sgp22.der_values import Fields
from limosa.protocols.sgp22.tlv import TlvError

arcs = st.integers(0, 2**70)
identifiers = st.builds(
    lambda root, second, rest: ".".join(
        map(str, [root, second if root == 2 else second % 40, *rest])
    ),
    st.integers(0, 2),
    arcs,
    st.lists(arcs, max_size=3),
)


def value_of(raw: bytes) -> bytes:
    return tlv.read_exactly_one(raw).value


@given(st.integers(-(2**63), 2**63 - 1))
def test_numbers_read_back(number: int) -> None:
    assert der_values.integer(value_of(der_values.encode_integer(0x02, number))) == number


@pytest.mark.parametrize(
    ("number", "value"), [(0, "00"), (127, "7F"), (128, "0080"), (-1, "FF"), (-129, "FF7F")]
)
def test_numbers_are_as_short_as_they_can_be(number: int, value: str) -> None:
    assert value_of(der_values.encode_integer(0x02, number)).hex().upper() == value


@pytest.mark.parametrize("value", ["", "0000", "007F", "FFFF", "FF80", "01" * 9])
def test_a_number_in_another_form_is_refused(value: str) -> None:
    with pytest.raises(TlvError):
        der_values.integer(bytes.fromhex(value))


@given(identifiers)
def test_object_identifiers_read_back(dotted: str) -> None:
    raw = der_values.encode_object_identifier(0x06, dotted)
    assert der_values.object_identifier(value_of(raw)) == dotted


def test_the_identifier_of_the_examples_arc() -> None:
    assert der_values.encode_object_identifier(0x06, "2.999.10").hex() == "060388370a"


@pytest.mark.parametrize("value", ["", "88", "8037", "88378001"])
def test_an_identifier_in_another_form_is_refused(value: str) -> None:
    with pytest.raises(TlvError):
        der_values.object_identifier(bytes.fromhex(value))


@pytest.mark.parametrize("dotted", ["1", "3.1", "0.40", "1.40"])
def test_what_is_no_identifier_is_not_written(dotted: str) -> None:
    with pytest.raises(LocalProtocolError):
        der_values.encode_object_identifier(0x06, dotted)


@given(st.sets(st.integers(0, 40)))
def test_bits_read_back(numbers: set[int]) -> None:
    assert der_values.bits(value_of(der_values.encode_bits(0x03, numbers))) == numbers


@pytest.mark.parametrize("value", ["", "01", "08FF", "0101"])
def test_bits_in_another_form_are_refused(value: str) -> None:
    with pytest.raises(TlvError):
        der_values.bits(bytes.fromhex(value))


@given(st.text("0123456789", min_size=18, max_size=20))
def test_iccids_read_back(digits: str) -> None:
    assert der_values.iccid(value_of(der_values.encode_iccid(0x5A, digits))) == digits


@pytest.mark.parametrize("value", ["", "98" * 9, "FF" * 10, "98" * 11, "9A" * 10])
def test_what_is_no_iccid_is_refused(value: str) -> None:
    with pytest.raises(TlvError):
        der_values.iccid(bytes.fromhex(value))


def test_no_number_of_other_length_is_written_as_an_iccid() -> None:
    with pytest.raises(LocalProtocolError):
        der_values.encode_iccid(0x5A, "8" * 17)


@pytest.mark.parametrize("value", ["", "01", "FFFF"])
def test_a_truth_has_two_values(value: str) -> None:
    with pytest.raises(TlvError):
        der_values.boolean(bytes.fromhex(value))


def test_a_text_is_utf_8() -> None:
    with pytest.raises(TlvError):
        der_values.text(b"\xff")


def test_fields_come_in_their_order_and_later_versions_may_add_some() -> None:
    parts = (tlv.encode(tag, bytes([tag])) for tag in (0x80, 0x81, 0x82, 0x83))
    fields = Fields(tlv.read_exactly_one(tlv.encode(0x30, *parts)))
    assert fields.take_if(0x81) is None
    assert fields.take(0x80).value == b"\x80"
    assert fields.skip_to(0x89) is None
    found = fields.skip_to(0x82)
    assert found is not None
    assert found.value == b"\x82"
    with pytest.raises(TlvError, match="81 is missing"):
        fields.take(0x81)
