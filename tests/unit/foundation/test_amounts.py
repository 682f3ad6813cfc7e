"""Amounts as people type them: what can be read in one way is read, all else is refused."""

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.foundation.amounts import (
    DIGITS_MAX,
    AmountFault,
    AmountUnreadableError,
    read_amount,
)
from limosa.foundation.money import Money, exponent

CURRENCIES = st.sampled_from(["USD", "CNY", "JPY", "KWD"])


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12.50", "USD", 1250),
        ("12.5", "USD", 1250),
        ("12", "USD", 1200),
        (" 12.50 ", "USD", 1250),
        ("0.01", "USD", 1),
        ("0", "USD", 0),
        ("007", "JPY", 7),
        ("1.234", "KWD", 1234),
        ("999999999999", "JPY", 999_999_999_999),
        ("9999999999.99", "USD", 999_999_999_999),
    ],
)
def test_a_plain_amount_is_read(text: str, currency: str, minor: int) -> None:
    assert read_amount(text, currency=currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("text", "currency", "fault"),
    [
        ("1,000", "USD", "separator"),
        ("1,000.00", "USD", "separator"),
        ("1.000,00", "USD", "separator"),
        ("12,5", "USD", "separator"),
        ("1 000", "USD", "separator"),
        ("1\u202f000", "USD", "separator"),
        ("1'000", "USD", "separator"),
        ("1_000", "USD", "separator"),
        ("１２．５０", "USD", "other_digits"),
        ("١٢٫٥", "USD", "other_digits"),
        ("1²", "USD", "other_digits"),
        ("十二", "USD", "other_digits"),
        ("12.505", "USD", "decimals"),
        ("12.0", "JPY", "decimals"),
        ("1.2345", "KWD", "decimals"),
        ("1000000000000", "JPY", "too_long"),
        ("99999999999.99", "USD", "too_long"),
        ("0.0000000000000", "USD", "too_long"),
        ("", "USD", "not_plain"),
        (".", "USD", "not_plain"),
        (",", "USD", "not_plain"),
        (".5", "USD", "not_plain"),
        ("5.", "USD", "not_plain"),
        ("1.2.3", "USD", "not_plain"),
        ("-1", "USD", "not_plain"),
        ("+1", "USD", "not_plain"),
        ("1e5", "USD", "not_plain"),
        ("9e999990", "USD", "not_plain"),
        ("NaN", "USD", "not_plain"),
        ("Infinity", "USD", "not_plain"),
        ("0x10", "USD", "not_plain"),
        ("$12", "USD", "not_plain"),
        ("12\n", "USD", "separator"),
        ("1\0", "USD", "not_plain"),
    ],
)
def test_what_is_no_plain_amount_is_refused_with_the_reason(
    text: str, currency: str, fault: str
) -> None:
    with pytest.raises(AmountUnreadableError) as caught:
        read_amount(text, currency=currency)
    assert caught.value.fault is AmountFault(fault)


@given(st.integers(0, 10**DIGITS_MAX - 1), CURRENCIES)
def test_every_amount_survives_being_written_and_read(minor: int, currency: str) -> None:
    amount = Money(minor, currency)
    assert read_amount(f"{amount.to_decimal():f}", currency=currency) == amount


@given(st.text(alphabet=st.characters() | st.sampled_from("0123456789.,"), max_size=20), CURRENCIES)
def test_any_text_is_read_exactly_or_refused(text: str, currency: str) -> None:
    with suppress(AmountUnreadableError):
        amount = read_amount(text, currency=currency)
        plain = text.strip(" ")
        assert plain.isascii()
        assert set(plain) <= set("0123456789.")
        assert plain.count(".") <= 1
        # The same digits, moved by the currency's decimals, and nothing else.
        whole, _, part = plain.partition(".")
        assert amount.amount_minor == int(whole + part.ljust(exponent(currency), "0"))
        assert 0 <= amount.amount_minor < 10 ** (DIGITS_MAX + 3)


@pytest.mark.parametrize("text", ["9" * 300_000, "1," * 150_000, " " * 300_000, "٣" * 300_000])
def test_a_text_without_end_is_refused_at_once(text: str) -> None:
    began = time.thread_time()
    with pytest.raises(AmountUnreadableError):
        read_amount(text, currency="USD")
    assert time.thread_time() - began < 0.1
