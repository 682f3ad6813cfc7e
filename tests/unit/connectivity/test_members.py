"""What suppliers write is read as it stands, or not at all."""

import json
from decimal import Decimal

import pytest

from limosa.domain.connectivity import members
from limosa.foundation.errors import ProviderError
from limosa.foundation.money import Money


@pytest.mark.parametrize(
    ("text", "minor"),
    [('"4.50"', 450), ("4.5", 450), ('"4"', 400), ("0.005", 1), ("0.004", 0), ("-1.10", -110)],
)
def test_an_amount_is_exact_and_rounded_half_away_from_zero(text: str, minor: int) -> None:
    fields = members.read_json(f'{{"price": {text}}}'.encode())
    assert members.read_money(fields, "price", currency="USD") == Money(minor, "USD")


@pytest.mark.parametrize(
    "text", ['"1,5"', '"1e3"', "1e3", "true", "[]", '""', "null", '"٣"', "1" * 30, '"1" * 99']
)
def test_what_is_no_plain_number_is_no_amount(text: str) -> None:
    with pytest.raises(ProviderError):
        members.read_money(
            members.read_json(f'{{"price": {text}}}'.encode()), "price", currency="USD"
        )


def test_an_amount_has_the_digits_of_its_currency() -> None:
    assert members.money(Decimal("1.5"), "JPY", "price") == Money(2, "JPY")
    assert members.money(Decimal("1.5"), "KWD", "price") == Money(1500, "KWD")


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"\xff\x00", b"NaN", b"[" * 100_000, b'{"a": Infinity}', b"1" * 10_000 + b"x"],
)
def test_what_is_no_json_is_not_understood(body: bytes) -> None:
    with pytest.raises(ProviderError):
        members.read_json(body)


def test_a_label_is_one_printable_line_of_limited_length() -> None:
    fields = {"name": " Japan\n 5\x00G " + "x" * 999, "flag": True}
    assert members.read_label(fields, "name").startswith("Japan 5G x")
    assert len(members.read_label(fields, "name")) == members.LABEL_LENGTH_MAX
    assert members.read_label(fields, "flag") == "yes"
    assert members.read_label(fields, "missing") == ""


@pytest.mark.parametrize("value", [1.5, [], {}, True, "x" * 81, "a\x00b"])
def test_a_word_is_a_short_printable_text(value: object) -> None:
    with pytest.raises(ProviderError):
        members.read_word({"id": value}, "id")


def test_a_number_is_read_however_it_is_written() -> None:
    fields = members.read_json(json.dumps({"a": 7, "b": "7", "c": "", "d": "1.0"}).encode())
    assert [members.read_whole(fields, name) for name in "abce"] == [7, 7, None, None]
    assert members.read_whole(fields, "d") == 1
