"""What calls about an order carry, and when one repeats another."""

import hashlib
import re

import pytest

from limosa.domain.rsp.engine.order_calls import (
    Caller,
    Confirmation,
    call_key,
    check_eid,
    check_matching_id,
    code_digest,
    has_call,
    has_name_of,
    make_matching_id,
    with_call,
)
from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.status import RspStatus

CALLER = Caller(requester="1.2.3", call_id="TX-1")


def test_a_call_is_repeated_by_the_same_identifier_and_the_same_content_alone() -> None:
    keys = {
        call_key("downloadOrder", CALLER, "demo", ""),
        call_key("downloadOrder", CALLER, "demo", "89"),
        call_key("downloadOrder", CALLER, "demo89", ""),
        call_key("confirmOrder", CALLER, "demo", ""),
        call_key("downloadOrder", Caller(requester="1.2.3", call_id="TX-2"), "demo", ""),
        call_key("downloadOrder", Caller(requester="1.2.4", call_id="TX-1"), "demo", ""),
    }
    assert len(keys) == 6
    assert call_key("downloadOrder", CALLER, "demo", "") in keys


def test_a_call_without_an_identifier_repeats_nothing() -> None:
    assert call_key("downloadOrder", Caller(requester="1.2.3"), "demo") == ""


def test_a_call_that_has_its_identifier_alone_is_recognized_whenever_it_comes_again() -> None:
    callers = [Caller(requester="1.2.3", call_id=f"TX-{number}") for number in range(3)]
    first, second, third = (call_key("call", caller) for caller in callers)
    calls = with_call(with_call("", first), second)
    assert with_call(calls, "") == calls
    assert (has_call(calls, first), has_call(calls, second), has_call(calls, third)) == (
        True, True, False
    )  # fmt: skip
    assert has_name_of(calls, call_key("another call", callers[0]))
    assert not has_name_of(calls, third)


def test_of_calls_that_are_named_alike_the_last_one_is_recognized() -> None:
    first, second = (call_key(function, CALLER) for function in ("order", "confirm"))
    calls = with_call(with_call("", first), second)
    assert (has_call(calls, first), has_call(calls, second)) == (False, True)


def test_a_matching_id_of_ours_is_long_and_never_the_same() -> None:
    made = {make_matching_id() for _ in range(200)}
    assert len(made) == 200
    assert all(re.fullmatch(r"[A-Z0-9-]{23}", one) for one in made)
    for one in made:
        check_matching_id(one)


@pytest.mark.parametrize("text", ["", "with space", "ä", "a_b", "a$b", "A" * 256, "a\n"])
def test_what_is_no_matching_id_is_refused(text: str) -> None:
    with pytest.raises(RspRefusal) as refused:
        check_matching_id(text)
    assert refused.value.status is RspStatus.MALFORMED


@pytest.mark.parametrize("text", ["1", "8" * 31, "8" * 33, "8" * 31 + "A", "８" * 32])
def test_what_is_no_eid_is_refused(text: str) -> None:
    with pytest.raises(RspRefusal):
        check_eid(text)


def test_a_confirmation_code_is_kept_as_its_digest() -> None:
    assert code_digest("") is None
    assert code_digest("4711") == hashlib.sha256(b"4711").digest()
    assert "4711" not in repr(Confirmation(code="4711", matching_id="K3Y"))
    assert "K3Y" not in repr(Confirmation(code="4711", matching_id="K3Y"))
