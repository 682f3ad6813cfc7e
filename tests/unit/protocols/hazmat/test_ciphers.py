"""The ciphers agree with published vectors, and with those of a card, written from the standard."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.protocols.hazmat.curves import KeyUnusableError
from limosa.protocols.hazmat.key_agreement import PackageKeys, agree, derive_keys
from limosa.protocols.hazmat.package_protection import (
    PLAINTEXT_LENGTH_MAX,
    SEGMENT_LENGTH_MAX,
    PackageProtection,
)
from tests.fakes.card_ciphers import cmac, x963
from tests.fakes.tiny_card import Opener

VECTORS = Path(__file__).parents[3] / "vectors" / "sgp22"
KEYS = PackageKeys(bytes(16), bytes(range(16)), bytes(range(16, 32)))


def vectors(name: str) -> list[dict[str, bytes]]:
    found: list[dict[str, Any]] = json.loads((VECTORS / name).read_text(encoding="utf-8"))
    return [{key: bytes.fromhex(value) for key, value in one.items()} for one in found]


@pytest.mark.parametrize("vector", vectors("aes_cmac.json"))
def test_the_card_s_mac_is_that_of_the_published_vectors(vector: dict[str, bytes]) -> None:
    assert cmac(vector["key"], vector["message"]) == vector["mac"]


@pytest.mark.parametrize("vector", vectors("x963_sha256.json"))
def test_the_card_s_derivation_is_that_of_the_published_vectors(vector: dict[str, bytes]) -> None:
    derived = x963(vector["secret"], vector["shared_information"], len(vector["key"]))
    assert derived == vector["key"]


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=1, max_size=16))
def test_session_keys_are_what_the_card_derives(secret: bytes, host_id: bytes) -> None:
    eid = bytes(range(16))
    shared = bytes([0x88, 16, len(host_id)]) + host_id + bytes([16]) + eid
    keys = derive_keys(secret, host_id=host_id, eid=eid)
    assert keys.to_bytes() == x963(secret, shared, 48)
    assert PackageKeys.from_bytes(keys.to_bytes()) == keys


def test_keys_of_another_length_are_none() -> None:
    with pytest.raises(ValueError, match="47 bytes"):
        PackageKeys.from_bytes(bytes(47))


@given(st.lists(st.tuples(st.booleans(), st.binary(min_size=1, max_size=2100)), max_size=3))
def test_the_card_reads_what_was_protected_in_any_order(parts: list[tuple[bool, bytes]]) -> None:
    protection, opener = PackageProtection(KEYS), Opener(KEYS.to_bytes())
    for is_encrypted, data in parts:
        if is_encrypted:
            segments = protection.encrypt(0x86, data)
            assert opener.decrypt(b"".join(segments), "86") == data
        else:
            segments = protection.authenticate(0x88, data)
            assert opener.read(b"".join(segments), "88") == data
        assert all(len(segment) <= SEGMENT_LENGTH_MAX for segment in segments)


def test_the_longest_segment_is_as_long_as_it_may_be() -> None:
    [segment] = PackageProtection(KEYS).encrypt(0x86, bytes(PLAINTEXT_LENGTH_MAX))
    assert len(segment) == SEGMENT_LENGTH_MAX


def test_two_keys_made_at_random_differ() -> None:
    assert len({part for _ in range(4) for part in PackageKeys.random()}) == 12


@pytest.mark.parametrize(
    ("curve", "point"),
    [
        ("secp256r1", b""),
        ("secp256r1", bytes(65)),
        ("secp256r1", b"\x04" + bytes(64)),
        ("secp384r1", b"\x04" + bytes(64)),
    ],
)
def test_a_point_that_is_none_is_refused(curve: str, point: bytes) -> None:
    with pytest.raises(KeyUnusableError):
        agree(curve=curve, peer_point=point, host_id=b"h", eid=bytes(16))
