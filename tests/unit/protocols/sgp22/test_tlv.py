"""Any bytes are TLVs or a TlvError; what is encoded reads back, and nothing shorter does."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import limosa
from limosa.foundation.errors import LocalProtocolError
from limosa.protocols.sgp22 import tlv
from limosa.protocols.sgp22.tlv import Tlv, TlvError

TAGS = (0x01, 0x30, 0x5A, 0x5F37, 0x5F49, 0x9F70, 0xA0, 0xBF20, 0xBF38, 0xBF8148, 0xE3)
tags = st.sampled_from(TAGS)
values = st.binary(max_size=140)


def nest(contents: list[bytes], depth: int) -> bytes:
    """Return a TLV with TLVs inside, some of them with more inside."""
    parts = [tlv.encode(0x5F37, content) for content in contents]
    for level in range(depth):
        parts = [tlv.encode(0xBF36, *parts), tlv.encode(0x82, bytes(level))]
    return tlv.encode(0x30, *parts)


nested = st.builds(nest, st.lists(values, min_size=1, max_size=3), st.integers(0, 3))


@given(tags, st.lists(values, max_size=3))
def test_what_is_encoded_reads_back(tag: int, parts: list[bytes]) -> None:
    raw = tlv.encode(tag, *parts)
    assert tlv.read_exactly_one(raw) == Tlv(tag, b"".join(parts), raw)


@pytest.mark.parametrize("length", [0, 1, 127, 128, 255, 256, 65_535, 65_536, 1_100_000])
def test_every_form_of_length_reads_back(length: int) -> None:
    raw = tlv.encode(0x5F37, bytes(length))
    assert len(tlv.read_exactly_one(raw).value) == length


@given(st.lists(nested, max_size=3))
def test_siblings_read_back_as_they_are(parts: list[bytes]) -> None:
    found = tlv.read_all(b"".join(parts))
    assert [one.raw for one in found] == parts


@given(nested)
def test_a_walk_meets_every_tlv_with_its_depth(raw: bytes) -> None:
    def count(one: Tlv, depth: int) -> list[tuple[int, Tlv]]:
        below = one.children() if one.is_constructed else []
        return [(depth, one), *(found for child in below for found in count(child, depth + 1))]

    assert list(tlv.walk(raw)) == count(tlv.read_exactly_one(raw), 0)


@given(nested)
def test_every_truncation_is_refused(raw: bytes) -> None:
    for end in range(len(raw)):
        with pytest.raises(TlvError):
            tlv.read_exactly_one(raw[:end])


@given(nested, st.binary(min_size=1, max_size=20))
def test_bytes_after_the_end_are_refused(raw: bytes, rest: bytes) -> None:
    with pytest.raises(TlvError):
        tlv.read_exactly_one(raw + rest)


@given(st.binary(max_size=300))
def test_garbage_is_read_or_refused_and_what_is_read_encodes_to_the_same(data: bytes) -> None:
    try:
        found = tlv.read_all(data)
    except TlvError:
        return
    assert b"".join(tlv.encode(one.tag, one.value) for one in found) == data


@given(st.binary(max_size=300))
def test_a_walk_over_garbage_ends_or_is_refused(data: bytes) -> None:
    try:
        for depth, one in tlv.walk(data):
            assert depth < tlv.DEPTH_MAX
            assert one.raw
    except TlvError:
        pass


@pytest.mark.parametrize(
    ("fault", "data"),
    {
        "nothing at all": "",
        "a tag alone": "30",
        "a tag of zero": "0000",
        "half a tag": "BF",
        "a tag whose number fits one byte": "BF1E00",
        "a tag that begins with an empty byte": "BF803800",
        "a tag of five bytes": "BF8181818100",
        "an indefinite length": "30800000",
        "a length of no meaning": "30FF",
        "a length of five bytes": "30850000000001AA",
        "half a length": "308201",
        "a long length that fits one byte": "30817F",
        "a length with an empty byte": "30820080" + "00" * 128,
        "a value that is not all there": "3003AABB",
        "a length beyond memory": "3084FFFFFFFF",
    }.items(),
    ids=lambda value: value if " " in value else None,
)
def test_it_is_refused(fault: str, data: str) -> None:
    with pytest.raises(TlvError):
        tlv.read_exactly_one(bytes.fromhex(data))


def test_a_primitive_has_no_children() -> None:
    with pytest.raises(TlvError, match="5A holds no TLVs"):
        tlv.read_exactly_one(tlv.encode(0x5A, tlv.encode(0x04))).children()


def test_siblings_are_limited() -> None:
    assert len(tlv.read_all(b"\x04\x00" * tlv.CHILDREN_MAX)) == tlv.CHILDREN_MAX
    with pytest.raises(TlvError, match="side by side"):
        tlv.read_all(b"\x04\x00" * (tlv.CHILDREN_MAX + 1))


def test_depth_is_limited() -> None:
    data = b""
    for _ in range(tlv.DEPTH_MAX):
        data = tlv.encode(0x04, data) if not data else tlv.encode(0x30, data)
    assert len(list(tlv.walk(data))) == tlv.DEPTH_MAX
    with pytest.raises(TlvError, match="deeper"):
        list(tlv.walk(tlv.encode(0x30, data)))


def test_size_is_limited() -> None:
    largest = tlv.encode(0x04, bytes(tlv.SIZE_MAX))
    assert len(tlv.read_exactly_one(largest).value) == tlv.SIZE_MAX
    with pytest.raises(TlvError, match="more than"):
        tlv.read_exactly_one(largest + bytes(8))
    with pytest.raises(LocalProtocolError):
        tlv.encode(0x04, bytes(tlv.SIZE_MAX + 1))


@pytest.mark.parametrize("tag", [0x00, 0x1F, 0xBF, 0xBF1E, 0x3030, 0xBF8038])
def test_what_is_no_tag_is_not_encoded(tag: int) -> None:
    with pytest.raises(LocalProtocolError):
        tlv.encode(tag)


def test_a_profile_that_others_made_is_read_whole() -> None:
    package = Path(limosa.__file__).parent / "domain" / "rsp" / "ts48" / "generic_test_profile.der"
    data = package.read_bytes()
    assert b"".join(element.raw for element in tlv.read_all(data)) == data
    [number] = [one.value for depth, one in tlv.walk(data) if depth == 1 and one.tag == 0x83][:1]
    assert number.hex().startswith("89")
