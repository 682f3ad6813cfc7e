"""Activation codes in all their forms."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.protocols.sgp22.activation_code import ActivationCode, read_activation_code
from limosa.protocols.sgp22.refusal import RspRefusal

FORMS = {
    "LPA:1$smdp.example.com$ABC-12345": ActivationCode("smdp.example.com", "ABC-12345"),
    "LPA:1$smdp.example.com$ABC-12345$$1": ActivationCode(
        "smdp.example.com", "ABC-12345", is_code_required=True
    ),
    "LPA:1$smdp.example.com$ABC-12345$2.999.10": ActivationCode(
        "smdp.example.com", "ABC-12345", "2.999.10"
    ),
    "LPA:1$smdp.example.com:8443$ABC-12345$2.999.10$1": ActivationCode(
        "smdp.example.com:8443", "ABC-12345", "2.999.10", is_code_required=True
    ),
    "LPA:1$smdp.example.com$": ActivationCode("smdp.example.com", ""),
}


@pytest.mark.parametrize("text", FORMS)
def test_a_form_is_read_and_written(text: str) -> None:
    assert read_activation_code(text) == FORMS[text]
    assert read_activation_code(f" {text.removeprefix('LPA:')}\n") == FORMS[text]
    assert FORMS[text].text() == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "LPA:1$smdp.example.com",
        "LPA:2$smdp.example.com$A",
        "LPA:1$$A",
        "LPA:1$smdp example$A",
        "LPA:1$smdp.example.com$A_B",
        "LPA:1$smdp.example.com$A$x",
        "LPA:1$smdp.example.com$A$$2",
        "LPA:1$smdp.example.com$A$$1$",
        "LPA:1$smdp.example.com$" + "A" * 250,
    ],
)
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(RspRefusal):
        read_activation_code(text)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(RspRefusal):
        read_activation_code(text)
