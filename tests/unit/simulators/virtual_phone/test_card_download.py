"""The card installs what a right server sends, on both curves, and says so with its signature."""

from pathlib import Path

import pytest

from limosa.simulators.virtual_phone.card.euicc import CommandRejected, Euicc
from limosa.simulators.virtual_phone.card.memory import MemoryFile
from tests.factories.tiny_smdp import (
    ICCID,
    Package,
    TinySmdp,
    check,
    fields,
    inside,
    metadata,
    notified,
    profile,
    tlv,
)


def authenticated(card: Euicc, server: TinySmdp) -> dict[str, bytes]:
    challenge = inside(inside(card.transmit(tlv("bf2e"))))
    return server.take_authentication(card.transmit(server.authenticate_server(challenge)))


def prepared(card: Euicc, server: TinySmdp, *, offered: bytes = b"") -> dict[str, bytes]:
    authenticated(card, server)
    request = server.prepare_download(offered=offered)
    return server.take_preparation(request, card.transmit(request))


def loaded(card: Euicc, package: Package) -> bytes:
    """Load all segments; returns the result, which only the last of those loaded may give."""
    for segment in package.segments():
        result = card.load_segment(segment)
        if result:
            return result
    raise AssertionError("no result")


def outcome(result: bytes) -> dict[str, bytes]:
    data = fields(inside(result))["bf27"]
    return fields(inside(data))


def test_a_profile_is_installed_and_the_result_signed(card: Euicc, curve_folder: Path) -> None:
    server = TinySmdp(curve_folder)
    prepared(card, server)
    result = loaded(card, server.package())

    parts = fields(inside(result))
    check(server.euicc_certificate, parts["5f37"], parts["bf27"])
    said = outcome(result)
    assert inside(said["80"]) == server.transaction_id
    assert said["06"] == tlv("06", server.oid)
    about = fields(inside(said["bf2f"]))
    assert about["0c"] == tlv("0c", b"smdp.example.com")
    assert about["5a"] == tlv("5a", ICCID)
    assert about["81"] == tlv("81", b"\x07\x80")
    success = fields(inside(inside(said["a2"])))
    assert inside(said["a2"])[0] == 0xA0
    assert success["4f"] == tlv("4f", bytes.fromhex("a0000005591010ffffffff8900100000"))

    listed = inside(inside(card.transmit(tlv("bf2d"))))
    installed = fields(inside(listed))
    assert installed["5a"] == tlv("5a", ICCID)
    assert installed["9f70"] == tlv("9f70", b"\x00")
    assert installed["92"] == tlv("92", "旅行 5 GB".encode())


def test_what_the_card_says_of_itself_is_in_what_it_signs(card: Euicc, curve_folder: Path) -> None:
    server = TinySmdp(curve_folder)
    said = authenticated(card, server)
    assert said["83"] == tlv("83", b"smdp.example.com")
    assert said["84"] == tlv("84", server.server_challenge)
    assert said["bf22"] == card.transmit(tlv("bf22"))
    assert fields(inside(said["a0"]))["80"] == tlv("80", b"TEST-0001")


@pytest.mark.parametrize("replaces_keys", [False, True])
@pytest.mark.parametrize("size", [3, 960, 1007, 3 * 1007])
def test_a_profile_of_any_length_is_put_together(
    card: Euicc, pki: Path, size: int, *, replaces_keys: bool
) -> None:
    server = TinySmdp(pki / "P-256")
    prepared(card, server)
    content = profile(size=size)
    result = loaded(card, server.package(content=content, replaces_keys=replaces_keys))
    assert inside(outcome(result)["a2"])[0] == 0xA0


def test_metadata_with_an_icon_arrives_in_two_segments(card: Euicc, pki: Path) -> None:
    server = TinySmdp(pki / "P-256")
    prepared(card, server)
    icon = tlv("93", b"\x01"), tlv("94", bytes(1024))
    package = server.package(store_metadata=metadata(ICCID, *icon))
    assert len(package.metadata) == 2
    assert inside(outcome(loaded(card, package))["a2"])[0] == 0xA0


def test_a_confirmation_code_is_passed_on_under_the_signature(card: Euicc, pki: Path) -> None:
    server = TinySmdp(pki / "P-256")
    authenticated(card, server)
    request = server.prepare_download(needs_code=True, code_hash=server.hash_of("1234"))
    said = server.take_preparation(request, card.transmit(request))
    assert said["04"] == tlv("04", server.hash_of("1234"))


def test_the_same_session_and_a_retry_use_the_same_one_time_key(
    card: Euicc, card_file: MemoryFile, pki: Path
) -> None:
    server = TinySmdp(pki / "P-256")
    first = prepared(card, server)["5f49"]
    request = server.prepare_download()
    assert server.take_preparation(request, card.transmit(request))["5f49"] == first

    again = TinySmdp(pki / "P-256")
    assert prepared(Euicc(card_file), again, offered=inside(first))["5f49"] == first
    another = TinySmdp(pki / "P-256")
    assert prepared(card, another)["5f49"] != first
    unknown = TinySmdp(pki / "P-256")
    assert prepared(card, unknown, offered=bytes(65))["5f49"] not in {first, tlv("5f49", bytes(65))}


def test_a_one_time_key_serves_for_one_installation(card: Euicc, pki: Path) -> None:
    server = TinySmdp(pki / "P-256")
    used = inside(prepared(card, server)["5f49"])
    loaded(card, server.package())
    again = TinySmdp(pki / "P-256")
    assert inside(prepared(card, again, offered=used)["5f49"]) != used


def test_power_lost_between_segments_is_reported_and_a_retry_installs_once(
    card: Euicc, card_file: MemoryFile, curve_folder: Path
) -> None:
    server = TinySmdp(curve_folder)
    key = inside(prepared(card, server)["5f49"])
    segments = server.package().segments()
    for count in range(1, len(segments)):
        for segment in segments[:count]:
            assert card.load_segment(segment) == b""
        card = Euicc(card_file)  # The power goes, and comes back.
        pending = inside(inside(card.transmit(tlv("bf2b"))))
        assert fields(inside(inside(outcome(pending)["a2"])))["81"] == tlv("81", b"\x0b")
        number = fields(inside(outcome(pending)["bf2f"]))["80"]
        assert card.transmit(tlv("bf30", number)) == tlv("bf30", tlv("80", b"\x00"))
        server = TinySmdp(curve_folder)
        assert inside(prepared(card, server, offered=key)["5f49"]) == key
        segments = server.package().segments()
    results = [card.load_segment(segment) for segment in segments]
    assert [bool(result) for result in results] == [False] * (len(segments) - 1) + [True]
    assert inside(outcome(results[-1])["a2"])[0] == 0xA0
    assert card.transmit(tlv("bf2d")).count(tlv("5a", ICCID)) == 1


def test_a_cancelled_session_is_signed_with_its_reason(card: Euicc, pki: Path) -> None:
    server = TinySmdp(pki / "P-256")
    authenticated(card, server)
    asked = tlv("bf41", tlv("80", server.transaction_id), tlv("81", b"\x01"))
    answer = inside(card.transmit(asked))
    assert answer[0] == 0xA0
    parts = fields(inside(answer))
    check(server.euicc_certificate, parts["5f37"], parts["30"])
    said = tlv("80", server.transaction_id), tlv("81", server.oid), tlv("82", b"\x01")
    assert parts["30"] == tlv("30", *said)
    assert card.transmit(asked) == tlv("bf41", tlv("81", b"\x05"))


def test_others_are_told_of_an_installation_too(card: Euicc, pki: Path) -> None:
    server = TinySmdp(pki / "P-256")
    prepared(card, server)
    told = tlv("b6", notified(0, address="SMDP.example.com"), notified(0, address="other.example"))
    loaded(card, server.package(store_metadata=metadata(ICCID, told)))
    pending = card.transmit(tlv("bf28"))
    assert pending.count(b"smdp.example.com") == 1
    assert pending.count(b"other.example") == 1
    assert b"SMDP" not in pending


def test_nothing_is_loaded_that_was_not_prepared(card: Euicc, pki: Path) -> None:
    server = TinySmdp(pki / "P-256")
    prepared(card, server)
    segments = server.package().segments()
    for segment in segments:
        card.load_segment(segment)
    with pytest.raises(CommandRejected):
        card.load_segment(segments[0])
