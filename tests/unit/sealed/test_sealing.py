"""A sealed text opens under its key and at its place, and is refused when anything was changed."""

import base64
import string
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from limosa.domain.sealed.sealing import (
    SealBrokenError,
    SealingKeyMissingError,
    digests,
    newest_mark,
    open_sealed,
    seal,
)
from limosa.foundation.keys import read_keys

PLACE = "esims_esim.activation_code"
OLD, NEW = bytes(range(32)), bytes(range(32, 64))
TEXTS = st.text(st.characters(codec="utf-8"))


@pytest.fixture(autouse=True)
def keys(settings: Settings) -> Settings:
    settings.SEALING_KEYS = {"old": OLD}
    return settings


@given(text=TEXTS)
def test_what_is_sealed_opens_again(text: str) -> None:
    sealed = seal(text, place=PLACE)
    assert open_sealed(sealed, place=PLACE) == text
    assert sealed.startswith("seal1.old.")


@given(text=st.text(string.ascii_letters, min_size=8))
def test_the_text_is_not_to_be_seen(text: str) -> None:
    sealed = seal(text, place=PLACE)
    assert text not in sealed
    assert text.encode() not in base64.urlsafe_b64decode(sealed.split(".")[2])


def test_the_same_text_twice_looks_different() -> None:
    assert seal("LPA:1$a$b", place=PLACE) != seal("LPA:1$a$b", place=PLACE)


def test_a_text_does_not_open_in_another_column() -> None:
    with pytest.raises(SealBrokenError):
        open_sealed(seal("text", place=PLACE), place="payments_savedmethod.reference")


@given(text=TEXTS, data=st.data())
def test_one_changed_character_breaks_the_seal(text: str, data: st.DataObject) -> None:
    sealed = seal(text, place=PLACE)
    position = data.draw(st.integers(0, len(sealed) - 1))
    other = data.draw(st.sampled_from(string.ascii_letters + string.digits + "-_.="))
    changed = sealed[:position] + other + sealed[position + 1 :]
    with suppress(SealBrokenError, SealingKeyMissingError):
        assert open_sealed(changed, place=PLACE) == text  # Bits of base64 that mean nothing.


@given(text=st.one_of(TEXTS, st.from_regex(r"seal1\.old\.[A-Za-z0-9_-]*={0,2}")))
def test_anything_else_is_refused_and_never_shown(text: str) -> None:
    with pytest.raises((SealBrokenError, SealingKeyMissingError)) as caught:
        open_sealed(text, place=PLACE)
    assert str(caught.value).startswith(PLACE)


def test_the_first_key_seals_and_all_of_them_open(keys: Settings) -> None:
    before = seal("text", place=PLACE)
    keys.SEALING_KEYS = {"new": NEW, "old": OLD}
    assert open_sealed(before, place=PLACE) == "text"
    assert seal("text", place=PLACE).startswith(newest_mark())
    assert newest_mark() == "seal1.new."
    keys.SEALING_KEYS = {"new": NEW}
    with pytest.raises(SealingKeyMissingError, match="needs the key old"):
        open_sealed(before, place=PLACE)


def test_a_digest_is_the_same_again_and_needs_the_key_and_the_place(keys: Settings) -> None:
    (digest,) = digests("pm_1", place=PLACE)
    assert [digest] == digests("pm_1", place=PLACE)
    assert digest != digests("pm_1", place="other.column")[0] != digests("pm_2", place=PLACE)[0]
    keys.SEALING_KEYS = {"new": NEW, "old": OLD}
    newer = digests("pm_1", place=PLACE)
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
