"""Which payment PINs may be chosen, and how long wrong ones shut the door."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.accounts.engine.pin_rules import ATTEMPTS_MAX, new_pin, pause_after, plain_pin
from limosa.domain.accounts.refusals import PinMalformedError, PinTooSimpleError

PINS = st.integers(0, 999_999).map(lambda number: f"{number:06}")


@given(pin=PINS)
def test_six_digits_are_read_as_they_are(pin: str) -> None:
    assert plain_pin(f" {pin}\n") == pin


def test_wide_digits_are_no_pin_though_they_look_like_the_right_one() -> None:
    with pytest.raises(PinMalformedError):
        plain_pin("８２０４９１")


@pytest.mark.parametrize("text", ["", "12345", "1234567", "82049a", "82 491", "-82049", "٨٢٠٤٩١"])
def test_anything_else_is_no_pin(text: str) -> None:
    with pytest.raises(PinMalformedError):
        new_pin(text)


@pytest.mark.parametrize(
    "pin",
    ["000000", "123456", "654321", "890123", "246802", "121212", "123123", "100000", "112233"],
)
def test_the_first_guesses_of_a_thief_are_refused(pin: str) -> None:
    with pytest.raises(PinTooSimpleError):
        new_pin(pin)


def test_of_a_hundred_pins_ninety_nine_may_be_chosen() -> None:
    refused, tried = 0, range(0, 1_000_000, 7)
    for number in tried:
        try:
            new_pin(f"{number:06}")
        except PinTooSimpleError:
            refused += 1
    assert 0 < refused < len(tried) / 100


def test_a_pause_doubles_up_to_a_day() -> None:
    minutes = [pause_after(count) // timedelta(minutes=1) for count in range(9)]
    assert minutes == [15, 30, 60, 120, 240, 480, 960, 1440, 1440]
    assert pause_after(10**6) == timedelta(days=1)


def test_a_month_of_trying_finds_fewer_than_one_pin_in_a_thousand() -> None:
    passed, attempts, count = timedelta(), 0, 0
    while passed < timedelta(days=30):
        attempts, passed, count = attempts + ATTEMPTS_MAX, passed + pause_after(count), count + 1
    assert attempts < 1_000_000 / 1000
