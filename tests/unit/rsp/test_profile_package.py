"""A package's ICCID is read without reading the rest; a template gets its own numbers and keys."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.rsp.engine.profile_package import (
    PACKAGE_BYTES_MAX,
    PackageFault,
    PackageRefused,
    Personal,
    imsi_file,
    personalize,
    read_iccid,
    swapped,
)
from limosa.domain.rsp.template import generic_test_profile
from limosa.foundation.identifiers import InvalidIdentifierError
from limosa.protocols.sgp22.tlv import encode, read_all, walk

TEMPLATE = generic_test_profile()
KEY, OPC = bytes(range(0x40, 0x50)), bytes(range(0x60, 0x70))
END = encode(0xAA, encode(0xA0, b""))


def personal(iccid: str = "8901998000000000015", imsi: str = "001010000000001") -> Personal:
    return Personal(iccid=iccid, imsi=imsi, key=KEY, opc=OPC)


def header(iccid: bytes) -> bytes:
    return encode(0xA0, encode(0x80, b"\x02"), encode(0x81, b"\x03"), encode(0x83, iccid))


def fault(package: bytes) -> PackageFault:
    with pytest.raises(PackageRefused) as refused:
        read_iccid(package)
    return refused.value.fault


def test_the_iccid_of_the_generic_test_profile_is_read() -> None:
    assert read_iccid(TEMPLATE) == "89000123456789012341"


@pytest.mark.parametrize(
    ("stored", "iccid"),
    [
        ("89000123456789012341", "89000123456789012341"),
        ("98001032547698103214", "89000123456789012341"),
        ("8901998000000000015F", "8901998000000000015"),
        ("98FF0000000000000000", None),
    ],
    ids=["as it reads", "swapped", "of 19 digits", "no digits"],
)
def test_a_header_has_it_in_either_order(stored: str, iccid: str | None) -> None:
    package = header(bytes.fromhex(stored)) + END
    if iccid is None:
        assert fault(package) is PackageFault.ICCID_MALFORMED
    else:
        assert read_iccid(package) == iccid


FAULTS = {
    "nothing": (b"", PackageFault.NO_PACKAGE),
    "no TLVs": (b"-----BEGIN", PackageFault.NO_PACKAGE),
    "cut off": (TEMPLATE[:-3], PackageFault.NO_PACKAGE),
    "without an end": (TEMPLATE[: -len(read_all(TEMPLATE)[-1].raw)], PackageFault.NO_PACKAGE),
    "something after the end": (TEMPLATE + b"\x00", PackageFault.NO_PACKAGE),
    "without a header": (END + END, PackageFault.NO_PACKAGE),
    "no ICCID": (encode(0xA0, encode(0x80, b"\x02")) + END, PackageFault.ICCID_MALFORMED),
    "too large": (bytes(PACKAGE_BYTES_MAX + 1), PackageFault.TOO_LARGE),
    "two ICCIDs": (
        header(bytes.fromhex("8901998000000000015F")) + TEMPLATE[len(read_all(TEMPLATE)[0].raw) :],
        PackageFault.ICCIDS_DIFFER,
    ),
}


@pytest.mark.parametrize(("package", "reason"), FAULTS.values(), ids=FAULTS)
def test_what_is_no_package_is_refused(package: bytes, reason: PackageFault) -> None:
    assert fault(package) is reason


@given(st.binary(max_size=200))
def test_garbage_is_refused_and_never_anything_else(garbage: bytes) -> None:
    with pytest.raises(PackageRefused):
        read_iccid(garbage)


@given(st.integers(0, len(TEMPLATE) - 1), st.integers(0, 255))
def test_a_package_with_one_byte_changed_is_read_or_refused(place: int, byte: int) -> None:
    changed = bytearray(TEMPLATE)
    changed[place] = byte
    with suppress(PackageRefused):
        assert read_iccid(bytes(changed)).startswith("89")


@given(st.integers(0, 10**11 - 1))
def test_a_personalized_package_has_its_iccid_in_the_header_and_in_its_file(account: int) -> None:
    iccid = f"8901998{account:011}5"
    package = personalize(TEMPLATE, personal(iccid))
    assert read_iccid(package) == iccid
    stored = swapped(bytes.fromhex(f"{iccid}F"))
    assert package.count(stored) == 1
    assert package.count(swapped(stored)) == 1


def plain_values(package: bytes) -> list[tuple[int, bytes]]:
    return [(one.tag, one.value) for _, one in walk(package) if not one.is_constructed]


def test_a_personalized_package_differs_in_its_own_values_alone() -> None:
    package = personalize(TEMPLATE, personal())
    before, after = plain_values(TEMPLATE), plain_values(package)
    changed = [new[1] for old, new in zip(before, after, strict=True) if old != new]
    iccid = bytes.fromhex("8901998000000000015F")
    assert changed == [
        iccid,
        swapped(iccid),
        bytes.fromhex("080910100000000010"),
        *[b"\x01", KEY, OPC] * 2,
    ]
    assert len(package) == len(TEMPLATE)


def test_the_template_of_a_personalized_package_may_be_one_itself() -> None:
    first = personalize(TEMPLATE, personal())
    assert personalize(first, personal()) == first


@pytest.mark.parametrize(
    ("imsi", "content"),
    [
        ("001010123456789", "080910101032547698"),
        ("00101012345678", "0801101010325476f8"),
        ("310260", "0401136" + "220f0" + "ffffffff"),
    ],
)
def test_an_imsi_is_stored_as_its_file_wants_it(imsi: str, content: str) -> None:
    stored = imsi_file(imsi)
    assert len(stored) == 9
    if len(imsi) > 6:
        assert stored.hex() == content


@pytest.mark.parametrize("imsi", ["", "12345", "0010101234567890", "00101012345678x"])
def test_what_is_no_imsi_is_not_written(imsi: str) -> None:
    with pytest.raises(ValueError, match="IMSI"):
        personalize(TEMPLATE, personal(imsi=imsi))


def test_what_is_no_iccid_or_no_key_is_not_written() -> None:
    with pytest.raises(InvalidIdentifierError):
        personalize(TEMPLATE, personal("1234"))
    with pytest.raises(ValueError, match="16 bytes"):
        personalize(
            TEMPLATE, Personal(iccid="8901998000000000015", imsi="001011", key=KEY[1:], opc=OPC)
        )


@pytest.mark.parametrize("tag", [0xB0, 0xB3, 0xA4])
def test_a_template_without_a_place_for_a_value_is_refused(tag: int) -> None:
    elements = read_all(TEMPLATE)
    without = b"".join(element.raw for element in elements if element.tag != tag)
    emptied = b"".join(
        encode(tag, element.children()[0].raw) if element.tag == tag else element.raw
        for element in elements
    )
    for template in (without, emptied):
        with pytest.raises(PackageRefused) as refused:
            personalize(template, personal())
        assert refused.value.fault is PackageFault.NO_PLACE


def test_keys_are_not_shown() -> None:
    assert KEY.hex() not in repr(personal())
    assert repr(personal()) == "Personal(iccid=…0015)"
