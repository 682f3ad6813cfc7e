"""The answers that say no are those of the standard, each with the call that gives it."""

import re

import pytest

from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.status import Call, RspStatus

EXPECTED = {
    Call.INITIATE: "8.8.1/3.8 8.8.2/3.1 8.8.3/3.1 8.8.4/3.7",
    Call.AUTHENTICATE: """8.1.2/6.1 8.1.2/6.3 8.1.3/6.1 8.1.3/6.3 8.1/6.1 8.1/4.8 8.1/4.2
        8.11.1/3.9 8.10.1/3.9 8.2.6/3.8 8.1.1/3.8 8.2/1.2 8.2.5/4.3 8.8.5/4.10 8.8.5/6.4""",
    Call.PACKAGE: "8.1/6.1 8.1/4.2 8.10.1/3.9 8.2/3.7 8.2.7/2.2 8.2.7/3.8 8.2.7/6.4 8.8.5/4.10",
    Call.CANCEL: "8.10.1/3.9 8.1/6.1 8.1/4.2 8.8/3.10",
}


@pytest.mark.parametrize("call", EXPECTED)
def test_a_call_of_a_phone_is_answered_by_these_pairs_and_no_others(call: Call) -> None:
    pairs = {
        f"{status.subject_code}/{status.reason_code}"
        for status in RspStatus
        if call in status.calls
    }
    assert pairs == set(EXPECTED[call].split())


@pytest.mark.parametrize("status", RspStatus)
def test_a_status_has_codes_a_sentence_and_a_call(status: RspStatus) -> None:
    assert re.fullmatch(r"[0-9]+(\.[0-9]+)+", status.subject_code)
    assert re.fullmatch(r"[0-9]\.[0-9]+", status.reason_code)
    assert status.text.endswith(".")
    assert status.calls


def test_a_refusal_says_its_status_unless_it_has_a_detail_for_the_log() -> None:
    assert str(RspRefusal(RspStatus.EID_REFUSED)) == "The EID is not the one expected."
    assert str(RspRefusal(RspStatus.EID_REFUSED, "bound to another")) == "bound to another"
