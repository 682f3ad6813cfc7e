"""Profiles are switched and deleted as the standard says, and whoever asked is told."""

from pathlib import Path

import pytest

from limosa.simulators.virtual_phone.card.euicc import Euicc
from limosa.simulators.virtual_phone.card.memory import MemoryFile
from tests.factories.tiny_smdp import (
    ICCID,
    TinySmdp,
    check,
    fields,
    inside,
    metadata,
    notified,
    profile,
    tlv,
)

OTHER = bytes.fromhex("98881201000040031043")
ALL = tlv("b6", notified(1, 2, 3))
OWNER = tlv("b7", tlv("80", b"\x64\xf0\x00"))
OK, NOT_FOUND, WRONG_STATE, BY_POLICY = (bytes([code]) for code in range(4))


def install(card: Euicc, pki: Path, iccid: bytes, *others: bytes) -> TinySmdp:
    server = TinySmdp(pki / "P-256")
    challenge = inside(inside(card.transmit(tlv("bf2e"))))
    server.take_authentication(card.transmit(server.authenticate_server(challenge)))
    request = server.prepare_download()
    server.take_preparation(request, card.transmit(request))
    package = server.package(store_metadata=metadata(iccid, *others), content=profile(iccid))
    results = [card.load_segment(segment) for segment in package.segments()]
    assert results[-1]
    return server


def switch(card: Euicc, command: str, iccid: bytes) -> bytes:
    asked = tlv(command, tlv("a0", tlv("5a", iccid)), tlv("81", b"\xff"))
    return inside(inside(card.transmit(asked)))


def delete(card: Euicc, iccid: bytes) -> bytes:
    return inside(inside(card.transmit(tlv("bf33", tlv("5a", iccid)))))


def waiting(card: Euicc) -> list[tuple[bytes, bytes]]:
    """Return the events and ICCIDs of the pending notifications, in their order."""
    content = inside(inside(card.transmit(tlv("bf28"))))
    found = []
    while content:
        entry = fields(content[: 3 + content[2]])["bf2f"]
        parts = fields(inside(entry))
        found.append((inside(parts["81"])[1:], inside(parts["5a"])))
        content = content[len(entry) :]
    return found


INSTALLED, ENABLED, DISABLED, DELETED = (bytes([0x80 >> bit]) for bit in range(4))


def test_enabling_one_disables_the_other_and_both_are_told(card: Euicc, pki: Path) -> None:
    install(card, pki, ICCID, ALL)
    install(card, pki, OTHER, ALL)
    assert switch(card, "bf31", ICCID) == OK
    assert switch(card, "bf31", ICCID) == WRONG_STATE
    assert switch(card, "bf31", OTHER) == OK
    assert switch(card, "bf32", ICCID) == WRONG_STATE
    assert waiting(card)[2:] == [(ENABLED, ICCID), (DISABLED, ICCID), (ENABLED, OTHER)]


def test_only_what_the_metadata_asks_for_is_told(card: Euicc, pki: Path) -> None:
    install(card, pki, ICCID, tlv("b6", notified(3)))
    assert switch(card, "bf31", ICCID) == OK
    assert switch(card, "bf32", ICCID) == OK
    assert delete(card, ICCID) == OK
    assert waiting(card) == [(INSTALLED, ICCID), (DELETED, ICCID)]


def test_an_enabled_profile_is_not_deleted_and_a_deleted_one_is_gone(
    card: Euicc, pki: Path
) -> None:
    install(card, pki, ICCID)
    assert switch(card, "bf31", ICCID) == OK
    assert delete(card, ICCID) == WRONG_STATE
    assert switch(card, "bf32", ICCID) == OK
    assert delete(card, ICCID) == OK
    assert delete(card, ICCID) == switch(card, "bf31", ICCID) == NOT_FOUND
    install(card, pki, ICCID)


@pytest.mark.parametrize(
    ("rule", "may_disable", "may_delete"), [(b"\x06\x40", False, False), (b"\x05\x20", True, False)]
)
def test_policy_rules_are_remembered(
    card: Euicc,
    card_file: MemoryFile,
    pki: Path,
    rule: bytes,
    *,
    may_disable: bool,
    may_delete: bool,
) -> None:
    install(card, pki, ICCID, OWNER, tlv("99", rule))
    install(card, pki, OTHER)
    assert switch(card, "bf31", ICCID) == OK
    card = Euicc(card_file)
    assert (switch(card, "bf32", ICCID) == OK) is may_disable
    assert (switch(card, "bf31", OTHER) == OK) is may_disable
    assert (delete(card, ICCID) == OK) is may_delete


def test_a_notification_is_signed_and_stays_until_it_is_removed(
    card: Euicc, card_file: MemoryFile, pki: Path
) -> None:
    server = install(card, pki, ICCID, ALL)
    switch(card, "bf31", ICCID)
    card = Euicc(card_file)
    found = inside(inside(card.transmit(tlv("bf2b", tlv("a0", tlv("81", b"\x06\x40"))))))
    whole = fields(found)["30"]
    parts = fields(inside(whole))
    check(server.euicc_certificate, parts["5f37"], parts["bf2f"])
    number = fields(inside(parts["bf2f"]))["80"]
    assert number == tlv("80", b"\x02")
    assert card.transmit(tlv("bf30", number)) == tlv("bf30", tlv("80", b"\x00"))
    assert card.transmit(tlv("bf30", number)) == tlv("bf30", tlv("80", b"\x01"))
    assert waiting(Euicc(card_file)) == [(INSTALLED, ICCID)]


def test_sequence_numbers_are_never_used_again(
    card: Euicc, card_file: MemoryFile, pki: Path
) -> None:
    install(card, pki, ICCID)
    card.transmit(tlv("bf30", tlv("80", b"\x01")))
    card = Euicc(card_file)
    install(card, pki, OTHER)
    entry = fields(inside(inside(card.transmit(tlv("bf28")))))["bf2f"]
    assert fields(inside(entry))["80"] == tlv("80", b"\x02")


def test_a_nickname_and_a_default_address_are_kept(
    card: Euicc, card_file: MemoryFile, pki: Path
) -> None:
    install(card, pki, ICCID)
    named = tlv("bf29", tlv("5a", ICCID), tlv("90", "出差".encode()))
    assert card.transmit(named) == tlv("bf29", tlv("80", b"\x00"))
    card.transmit(tlv("bf3f", tlv("80", b"smdp.example.com")))
    card = Euicc(card_file)
    assert tlv("90", "出差".encode()) in card.transmit(tlv("bf2d"))
    assert tlv("80", b"smdp.example.com") in card.transmit(tlv("bf3c"))


def test_a_reset_deletes_what_a_rule_protects(card: Euicc, pki: Path) -> None:
    install(card, pki, ICCID, ALL, OWNER, tlv("99", b"\x05\x20"))
    reset = tlv("bf34", tlv("82", b"\x07\x80"))
    assert card.transmit(reset) == tlv("bf34", tlv("80", b"\x00"))
    assert card.transmit(reset) == tlv("bf34", tlv("80", b"\x01"))
    assert card.transmit(tlv("bf2d")) == tlv("bf2d", tlv("a0"))
    assert waiting(card)[-1] == (DELETED, ICCID)
