"""Metadata is written as a card reads it, and nothing longer than a card takes."""

from dataclasses import replace

import pytest

from limosa.foundation.errors import LocalProtocolError
from limosa.protocols.sgp22.metadata import Metadata, Owner, PolicyRule, ProfileClass
from limosa.protocols.sgp22.notification import Event
from tests.fakes.tiny_card import one, split, tlv

PLAIN = Metadata(iccid="8944476500001224158", service_provider_name="续航", profile_name="Month")
PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"


def fields(metadata: Metadata) -> dict[str, bytes]:
    return {tag: value for tag, value, _ in split(one(metadata.encode(), "BF25"))}


def test_a_plain_one_has_its_number_its_names_and_its_class() -> None:
    assert fields(PLAIN) == {
        "5A": bytes.fromhex("984474560000214251F8"),
        "91": "续航".encode(),
        "92": b"Month",
        "95": b"\x02",
    }


def test_all_of_it() -> None:
    whole = replace(
        PLAIN,
        icon=PNG,
        profile_class=ProfileClass.TEST,
        notifications=((Event.INSTALL, "a.example"), (Event.DELETE, "b.example")),
        owner=Owner("310", "260", gid1="FF01"),
        rules=frozenset({PolicyRule.DELETION_FORBIDDEN}),
    )
    assert list(fields(whole)) == ["5A", "91", "92", "93", "94", "95", "B6", "B7", "99"]
    assert fields(whole)["93"] == b"\x01"
    assert fields(whole)["95"] == b"\x00"
    assert fields(whole)["99"] == bytes.fromhex("0520")
    assert fields(whole)["B6"] == tlv(
        "30", tlv("80", bytes.fromhex("0780")), tlv("81", b"a.example")
    ) + tlv("30", tlv("80", bytes.fromhex("0410")), tlv("81", b"b.example"))
    assert fields(whole)["B7"] == tlv("80", bytes.fromhex("130062")) + tlv("81", b"\xff\x01")


@pytest.mark.parametrize(
    ("mcc", "mnc", "code"),
    [("460", "01", "64F010"), ("310", "260", "130062"), ("001", "01", "00F110")],
)
def test_a_network_is_coded_as_3gpp_has_it(mcc: str, mnc: str, code: str) -> None:
    owned = replace(PLAIN, owner=Owner(mcc, mnc))
    assert fields(owned)["B7"] == tlv("80", bytes.fromhex(code))


def test_a_jpeg_is_told_from_a_png() -> None:
    assert fields(replace(PLAIN, icon=JPEG))["93"] == b"\x00"


@pytest.mark.parametrize(
    "wrong",
    [
        {"iccid": "89444"},
        {"service_provider_name": "续" * 11},
        {"profile_name": "m" * 65},
        {"icon": PNG + bytes(1024)},
        {"icon": b"GIF89a"},
        {"owner": Owner("31", "260")},
        {"owner": Owner("310", "2")},
    ],
)
def test_what_a_card_would_refuse_is_not_written(wrong: dict[str, object]) -> None:
    with pytest.raises(LocalProtocolError):
        replace(PLAIN, **wrong).encode()  # type: ignore[arg-type]
