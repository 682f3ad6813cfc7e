"""ICCIDs, activation codes and the numbers that people read aloud."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.foundation.identifiers import (
    InvalidIdentifierError,
    activation_code,
    luhn_digit,
    make_iccid,
    parse_activation_code,
    parse_iccid,
    random_code,
)

digits = st.text("0123456789", min_size=1, max_size=30)


def test_the_digit_of_the_textbook() -> None:
    assert luhn_digit("7992739871") == "3"


@given(digits, st.data())
def test_any_single_wrong_digit_shows(text: str, data: st.DataObject) -> None:
    whole = text + luhn_digit(text)
    place = data.draw(st.integers(min_value=0, max_value=len(whole) - 1))
    wrong = data.draw(st.sampled_from("0123456789").filter(lambda digit: digit != whole[place]))
    typed = whole[:place] + wrong + whole[place + 1 :]
    assert luhn_digit(typed[:-1]) != typed[-1]


@given(st.text("0123456789", min_size=1, max_size=6), st.integers(min_value=0, max_value=10**9))
def test_an_iccid_that_we_make_can_be_read(issuer: str, account: int) -> None:
    iccid = make_iccid(issuer=issuer, account=account)
    assert len(iccid) == 19
    assert iccid[-1] == luhn_digit(iccid[:-1])
    assert parse_iccid(f" {iccid}f ") == iccid


@pytest.mark.parametrize(
    "text", ["", "8901", "9" * 19, "89" + "1" * 19, "89x" + "1" * 16, "89" + "１" * 17]
)
def test_what_is_no_iccid_is_refused(text: str) -> None:
    with pytest.raises(InvalidIdentifierError):
        parse_iccid(text)


def test_an_activation_code() -> None:
    code = activation_code(smdp_address="smdp.example.com", matching_id="A1-B2")
    assert code == "LPA:1$smdp.example.com$A1-B2"


def test_an_activation_code_says_that_a_confirmation_code_is_needed() -> None:
    code = activation_code(
        smdp_address="smdp.example.com", matching_id="A1-B2", needs_confirmation=True
    )
    assert code == "LPA:1$smdp.example.com$A1-B2$$1"
    assert parse_activation_code(code) == code


@pytest.mark.parametrize("matching_id", ["", "A$B", "A B", "A\n"])
def test_a_matching_id_that_would_break_the_code_is_refused(matching_id: str) -> None:
    with pytest.raises(InvalidIdentifierError):
        activation_code(smdp_address="smdp.example.com", matching_id=matching_id)


@pytest.mark.parametrize(
    ("given_text", "read"),
    [
        ("LPA:1$smdp.example.com$A1-B2", "LPA:1$smdp.example.com$A1-B2"),
        (" lpa:1$smdp.example.com$a1_b2 ", "LPA:1$smdp.example.com$a1_b2"),
        ("1$SMDP.EXAMPLE.COM$A1-B2", "LPA:1$SMDP.EXAMPLE.COM$A1-B2"),
        ("LPA:1$smdp.example$A1$1.3.6.1.4.1.31746", "LPA:1$smdp.example$A1$1.3.6.1.4.1.31746"),
        ("LPA:1$smdp.example:8443$A1$$1", "LPA:1$smdp.example:8443$A1$$1"),
        ("LPA:1$smdp.example$a.b_c-D~/+9=", "LPA:1$smdp.example$a.b_c-D~/+9="),
    ],
)
def test_an_activation_code_is_read_as_its_qr_code_has_it(given_text: str, read: str) -> None:
    assert parse_activation_code(given_text) == read


@pytest.mark.parametrize(
    "text",
    [
        "",
        "LPA:1$",
        "LPA:1$smdp.example",
        "LPA:1$smdp.example$",
        "LPA:1$$A1",
        "LPA:1$smdp.example$$1.3.6",
        "LPA:2$smdp.example$A1",
        "LPA:1$smdp example$A1",
        "LPA:1$smdp.example$A 1",
        "LPA:1$smdp.example$A\n1",
        "https://smdp.example/A1",
        "LPA:1$smdp.example$<script>",
        'LPA:1$smdp.example$A1"onload',
        "LPA:1$smdp.example$A1&B",
        "LPA:1$smdp.example$A%3C1",
        "LPA:1$smdp.example$\u0130-1",
        "LPA:1$smdp.example$A1$<1>",
        "LPA:1$smdp.example$" + "A" * 300,
    ],
)
def test_what_nobody_could_install_is_no_activation_code(text: str) -> None:
    with pytest.raises(InvalidIdentifierError):
        parse_activation_code(text)


def test_no_letter_of_a_number_is_mistaken_for_a_digit() -> None:
    code = random_code(4000)
    assert len(code) == 4000
    assert not set(code) & set("ILOU")
    assert len(set(code)) == 32
