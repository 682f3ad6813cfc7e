"""What suppliers say in JSON is read exactly, or not at all."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.connectivity.engine.foreign_values import (
    countries_in,
    exact_money,
    rate_in_kbps,
    read_cost,
    read_currency,
    read_decimal,
    read_flag,
    read_json,
    read_money,
    read_optional_word,
    read_part,
    read_parts,
    read_price,
    read_text,
    read_time,
    read_whole,
    read_word,
    read_words,
    rounded_money,
)
from limosa.foundation.errors import ProviderError
from limosa.foundation.money import Money

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
READERS: list[Callable[[Any, str], object]] = [
    read_text,
    read_whole,
    read_decimal,
    read_time,
    read_part,
    read_parts,
    read_words,
    read_word,
    read_optional_word,
    read_flag,
    read_currency,
    partial(read_money, currency="USD"),
    partial(read_price, currency="JPY"),
]


@given(body=st.binary() | st.text())
def test_any_bytes_are_json_or_refused(body: bytes | str) -> None:
    with suppress(ProviderError):
        read_json(body)


@pytest.mark.parametrize(
    "body",
    [
        "NaN",
        "[Infinity]",
        '{"a": Infinity}',
        "1e999999999999999999999",
        "[" * 100_000,
        "9" * 5000,
        b"1" * 4000 + b"x",
        b"\xff",
        b"\xff\x00",
        b"<html>",
        "",
    ],
)
def test_what_is_no_finite_json_is_refused(body: str | bytes) -> None:
    with pytest.raises(ProviderError):
        read_json(body)


@given(value=ANY_JSON | st.decimals())
def test_any_member_is_read_or_refused(value: object) -> None:
    for read in READERS:
        with suppress(ProviderError):
            read({"it": value}, "it")


def test_a_number_is_the_same_as_text_and_as_a_fraction_without_one() -> None:
    fields = read_json(
        '{"a": 7, "b": "7", "c": 7.0, "d": 1.10, "e": "1.10", "f": null, "g": "", "i": " 7.0 "}'
    )
    assert [read_whole(fields, name) for name in "abcifgh"] == [7, 7, 7, 7, None, None, None]
    assert [read_decimal(fields, name) for name in "de"] == [Decimal("1.10")] * 2
    for name in "de":
        with pytest.raises(ProviderError):
            read_whole(fields, name)


@pytest.mark.parametrize("value", [True, "7a", "٧", 10**30, "1e3", [7], Decimal("1e30"), {}])
def test_what_is_no_whole_number_is_refused(value: object) -> None:
    with pytest.raises(ProviderError):
        read_whole({"it": value}, "it")


def test_an_amount_is_exact_in_its_currency_or_refused() -> None:
    assert exact_money(Decimal("1.10"), "USD", name="x") == Money(110, "USD")
    assert exact_money(Decimal(110), "JPY", name="x") == Money(110, "JPY")
    assert exact_money(Decimal("1.101"), "KWD", name="x") == Money(1101, "KWD")
    most = Decimal("1e13")
    assert exact_money(most, "USD", name="x") == Money(10**15, "USD")
    for amount, currency in (("1.101", "USD"), ("1.1", "JPY"), ("1", "XYZ"), ("1", "usd")):
        with pytest.raises(ProviderError):
            exact_money(Decimal(amount), currency, name="x")
    with pytest.raises(ProviderError):
        exact_money(most + 1, "USD", name="x")


@pytest.mark.parametrize(
    ("text", "minor"),
    [('"4.50"', 450), ("4.5", 450), ('"4"', 400), ("0.005", 1), ("0.004", 0), ("-1.10", -110)],
)
def test_an_amount_may_be_rounded_half_away_from_zero(text: str, minor: int) -> None:
    fields = read_json(f'{{"price": {text}}}')
    assert read_money(fields, "price", currency="USD") == Money(minor, "USD")


@pytest.mark.parametrize(
    "text", ['"1,5"', '"1e3"', "true", "[]", '""', "null", '"٣"', "1" * 30, "1e30", '"1" * 99']
)
def test_what_is_no_plain_number_is_no_amount(text: str) -> None:
    for read in (read_money, read_price):
        with pytest.raises(ProviderError):
            read(read_json(f'{{"price": {text}}}'), "price", currency="USD")


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("6.199999999999999", 620),
        ("1.1400000000000001", 114),
        ('"0.30000000000000004"', 30),
        ("1.1000000009", 110),
        ("1.101", None),
        ("1.100000002", None),
        ("1.1000000000000000000001", None),
    ],
)
def test_what_a_float_leaves_behind_is_rounded_off(text: str, minor: int | None) -> None:
    fields = read_json(f'{{"price": {text}}}')
    if minor is None:
        with pytest.raises(ProviderError):
            read_price(fields, "price", currency="USD")
        return
    assert read_price(fields, "price", currency="USD") == Money(minor, "USD")


def test_a_whole_number_may_come_out_of_a_float() -> None:
    fields = read_json('{"a": 1024.0000000000001, "b": 1024.001}')
    assert read_whole(fields, "a") == 1024
    with pytest.raises(ProviderError):
        read_whole(fields, "b")


@pytest.mark.parametrize("text", ['"?"', "null", "[]", "-1", "1e30", '""'])
def test_a_cost_that_can_not_be_read_is_not_known(text: str) -> None:
    fields = read_json(f'{{"price": {text}, "currency": "USD", "other": "XYZ"}}')
    assert read_cost(fields, "price", currency="currency") is None
    assert read_cost({"price": 1, "other": "XYZ"}, "price", currency="other") is None
    assert read_cost({"price": 1}, "price", currency="currency") is None


def test_a_cost_is_rounded_as_amounts_are() -> None:
    fields = read_json('{"price": 6.199999999999999, "currency": "usd"}')
    assert read_cost(fields, "price", currency="currency") == Money(620, "USD")


def test_an_amount_has_the_digits_of_its_currency() -> None:
    assert rounded_money(Decimal("1.5"), "JPY", name="price") == Money(2, "JPY")
    assert rounded_money(Decimal("1.5"), "KWD", name="price") == Money(1500, "KWD")
    for amount, currency in (("1", "XYZ"), ("1e15", "USD")):
        with pytest.raises(ProviderError):
            rounded_money(Decimal(amount), currency, name="price")


def test_a_price_is_exact_and_more_than_nothing() -> None:
    fields = read_json('{"a": "1.10", "b": 1.101, "c": 0, "d": -1}')
    assert read_price(fields, "a", currency="USD") == Money(110, "USD")
    for name in "bcde":
        with pytest.raises(ProviderError):
            read_price(fields, name, currency="USD")


def test_a_currency_is_one_of_the_standard() -> None:
    assert read_currency({"it": "usd"}, "it") == "USD"
    for other in ("XYZ", "", None, 840):
        with pytest.raises(ProviderError):
            read_currency({"it": other}, "it")


def test_a_flag_is_a_truth_or_absent() -> None:
    assert [read_flag({"it": one}, "it") for one in (True, False, None)] == [True, False, False]
    assert not read_flag({}, "it")
    others: list[object] = ["true", 1, "", []]
    for other in others:
        with pytest.raises(ProviderError):
            read_flag({"it": other}, "it")


def test_a_time_needs_an_offset() -> None:
    for text in ("2026-09-27T19:29:36+0000", "2026-09-27T19:29:36Z", "2026-09-28T03:29:36+08:00"):
        assert read_time({"at": text}, "at") == datetime(2026, 9, 27, 19, 29, 36, tzinfo=UTC)
    for text in ("2026-09-27T19:29:36", "0001-01-01T00:00:00+14:00", "yesterday"):
        with pytest.raises(ProviderError):
            read_time({"at": text}, "at")


@pytest.mark.parametrize("value", ["a\0b", "a\nb", "\ud800", "x" * 301, 1.5, [], True])
def test_a_text_that_no_column_takes_is_refused(value: object) -> None:
    with pytest.raises(ProviderError):
        read_text({"it": value}, "it")


@pytest.mark.parametrize("value", [1.5, [], {}, True, "x" * 81, 10**80, "a\x00b"])
def test_a_word_is_a_short_printable_text(value: object) -> None:
    for read in (read_word, read_optional_word):
        with pytest.raises(ProviderError):
            read({"id": value}, "id")


def test_a_word_may_have_to_be_there() -> None:
    iccid = 8986001201830009999
    assert read_word({"id": iccid}, "id") == str(iccid)
    assert read_word({"id": f" {'x' * 80} "}, "id") == "x" * 80
    nothing: list[dict[str, object]] = [{"id": ""}, {"id": None}, {}]
    for fields in nothing:
        assert read_optional_word(fields, "id") == ""
        with pytest.raises(ProviderError):
            read_word(fields, "id")


def test_words_for_people_are_on_one_line_and_cut() -> None:
    assert read_words({"it": " a\n\0b  c "}, "it") == "a b c"
    assert read_words({"it": "x" * 999}, "it", length_max=5) == "xxxxx"
    shown: list[tuple[object, str]] = [
        (True, "yes"),
        (False, "no"),
        (3, "3"),
        (Decimal("1.5"), "1.5"),
        ([], ""),
        (None, ""),
    ]
    for value, words in shown:
        assert read_words({"it": value}, "it") == words


def test_the_first_name_that_has_a_text_counts() -> None:
    assert read_text({"b": "x", "a": ""}, "a", "b") == "x"
    assert read_text({"a": 7}, "a") == "7"
    assert read_text({}, "a") == ""


def test_countries_are_two_capital_letters() -> None:
    assert countries_in(["JP", "JP", "jp", "EU-42", "TW", 7, ""]) == ("JP", "TW")


@pytest.mark.parametrize(
    ("words", "kbps"),
    [
        ("384 Kbps", 384),
        ("1 Mbps", 1000),
        ("1.25Mbps", 1250),
        ("limited to 128kbps", 128),
        ("1 Mbps, then 128 kbps", None),
        ("0.5 kbps", None),
        ("slow", None),
        ("", None),
    ],
)
def test_a_speed_is_read_from_words(words: str, kbps: int | None) -> None:
    assert rate_in_kbps(words) == kbps


def test_the_bounds_belong_to_what_is_read() -> None:
    most = 10**17
    assert [read_whole({"it": one}, "it") for one in (most, -most, str(most))] == [
        most,
        -most,
        most,
    ]
    assert read_text({"it": 10**300 - 1}, "it") == "9" * 300
    assert read_text({"it": "x" * 300}, "it") == "x" * 300
    assert read_text({"it": f" {'x' * 5} "}, "it", length_max=5) == "xxxxx"
    assert read_decimal({"it": Decimal("1e-20")}, "it") == Decimal("1e-20")
    assert read_decimal({"it": 12}, "it") == Decimal(12)
    for value in (most + 1, -most - 1, str(most + 1)):
        with pytest.raises(ProviderError, match="not understood: it"):
            read_whole({"it": value}, "it")
    for number in (Decimal("1e-21"), Decimal(most + 1), Decimal("1.000000000000000000000001")):
        with pytest.raises(ProviderError, match="not understood: it"):
            read_decimal({"it": number}, "it")
    with pytest.raises(ProviderError):
        read_text({"it": 10**300}, "it")


def test_parts_are_objects_or_lists_of_them_or_nothing() -> None:
    assert read_part({"it": {"a": 1}}, "it") == {"a": 1}
    assert (read_part({"it": None}, "it"), read_parts({}, "it")) == ({}, [])
    assert read_parts({"it": [{"a": 1}]}, "it") == [{"a": 1}]
    others: list[object] = [{"a": 1}, [1], "x"]
    for other in others:
        with pytest.raises(ProviderError, match="not understood: it"):
            read_parts({"it": other}, "it")
