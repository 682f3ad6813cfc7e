"""An encrypted text opens under its key, at its place; changed in anything, it is refused."""

import base64
import string
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from limosa.domain.encryption.cipher import (
    DecryptionError,
    EncryptionKeyMissingError,
    blind_indexes,
    decrypt,
    encrypt,
    newest_mark,
)
from limosa.foundation.keys import read_keys

PLACE = "esims_esim.activation_code"
OLD, NEW = bytes(range(32)), bytes(range(32, 64))
TEXTS = st.text(st.characters(codec="utf-8"))


@pytest.fixture(autouse=True)
def keys(settings: Settings) -> Settings:
    settings.ENCRYPTION_KEYS = {"old": OLD}
    return settings


@given(text=TEXTS)
def test_what_is_sealed_opens_again(text: str) -> None:
    encrypted = encrypt(text, place=PLACE)
    assert decrypt(encrypted, place=PLACE) == text
    assert encrypted.startswith("enc1.old.")


@given(text=st.text(string.ascii_letters, min_size=8))
def test_the_text_is_not_to_be_seen(text: str) -> None:
    encrypted = encrypt(text, place=PLACE)
    assert text not in encrypted
    assert text.encode() not in base64.urlsafe_b64decode(encrypted.split(".")[2])


def test_the_same_text_twice_looks_different() -> None:
    assert encrypt("LPA:1$a$b", place=PLACE) != encrypt("LPA:1$a$b", place=PLACE)


def test_a_text_does_not_open_in_another_column() -> None:
    with pytest.raises(DecryptionError):
        decrypt(encrypt("text", place=PLACE), place="payments_savedmethod.reference")


@given(text=TEXTS, data=st.data())
def test_one_changed_character_breaks_the_seal(text: str, data: st.DataObject) -> None:
    encrypted = encrypt(text, place=PLACE)
    position = data.draw(st.integers(0, len(encrypted) - 1))
    other = data.draw(st.sampled_from(string.ascii_letters + string.digits + "-_.="))
    changed = encrypted[:position] + other + encrypted[position + 1 :]
    with suppress(DecryptionError, EncryptionKeyMissingError):
        assert decrypt(changed, place=PLACE) == text  # Bits of base64 that mean nothing.


@given(text=st.one_of(TEXTS, st.from_regex(r"enc1\.old\.[A-Za-z0-9_-]*={0,2}")))
def test_anything_else_is_refused_and_never_shown(text: str) -> None:
    with pytest.raises((DecryptionError, EncryptionKeyMissingError)) as caught:
        decrypt(text, place=PLACE)
    assert str(caught.value).startswith(PLACE)


def test_the_first_key_seals_and_all_of_them_open(keys: Settings) -> None:
    before = encrypt("text", place=PLACE)
    keys.ENCRYPTION_KEYS = {"new": NEW, "old": OLD}
    assert decrypt(before, place=PLACE) == "text"
    assert encrypt("text", place=PLACE).startswith(newest_mark())
    assert newest_mark() == "enc1.new."
    keys.ENCRYPTION_KEYS = {"new": NEW}
    with pytest.raises(EncryptionKeyMissingError, match="needs the key old"):
        decrypt(before, place=PLACE)


def test_a_digest_is_the_same_again_and_needs_the_key_and_the_place(keys: Settings) -> None:
    (digest,) = blind_indexes("pm_1", place=PLACE)
    assert [digest] == blind_indexes("pm_1", place=PLACE)
    assert (
        digest
        != blind_indexes("pm_1", place="other.column")[0]
        != blind_indexes("pm_2", place=PLACE)[0]
    )
    keys.ENCRYPTION_KEYS = {"new": NEW, "old": OLD}
    newer = blind_indexes("pm_1", place=PLACE)
    assert newer[1] == digest != newer[0]


GOOD = base64.b64encode(OLD).decode()


def test_keys_are_read_in_their_order() -> None:
    read = read_keys(f"2026-11:{base64.b64encode(NEW).decode()}, old_1:{GOOD}")
    assert list(read.items()) == [("2026-11", NEW), ("old_1", OLD)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "key 1 has no id"),
        (GOOD, "key 1 has no id"),
        (f"a.b:{GOOD}", "key 1 has no id"),
        (f"a:{GOOD},a:{GOOD}", "the key id a stands there twice"),
        ("a:c2hvcnQ=", "the key a is not 32 bytes"),
        (f"a:{GOOD[:-1]}", "the key a is not 32 bytes"),
        (f"a:{GOOD},", "key 2 has no id"),
    ],
)
def test_what_can_not_be_used_is_named_without_the_key(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        read_keys(text)
    assert GOOD[:10] not in str(caught.value)
