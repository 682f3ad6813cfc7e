"""A phone's JSON is read strictly, and answered with a header that says what became of the call."""

import json
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.protocols.sgp22 import es9plus
from limosa.protocols.sgp22.json_fields import BODY_LENGTH_MAX, JsonFields, encode_octets
from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.status import RspStatus

READERS: list[Callable[[bytes], object]] = [
    es9plus.read_initiate_authentication,
    es9plus.read_authenticate_client,
    es9plus.read_get_bound_profile_package,
    es9plus.read_cancel_session,
    es9plus.read_handle_notification,
]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=3,
)
NAMES = """transactionId euiccChallenge euiccInfo1 smdpAddress authenticateServerResponse
    prepareDownloadResponse cancelSessionResponse pendingNotification"""
names = st.sampled_from(NAMES.split())


@given(read=st.sampled_from(READERS), body=st.binary(max_size=100))
def test_garbage_is_refused(read: Callable[[bytes], object], body: bytes) -> None:
    with pytest.raises(RspRefusal):
        read(body)


@given(read=st.sampled_from(READERS), values=st.dictionaries(names, json_values, max_size=3))
def test_any_json_is_read_or_refused(
    read: Callable[[bytes], object], values: dict[str, object]
) -> None:
    with suppress(RspRefusal):
        read(json.dumps(values).encode())


@pytest.mark.parametrize(
    "body",
    {
        "not an object": b"[]",
        "a name twice": b'{"transactionId":"00","transactionId":"01"}',
        "not UTF-8": b'{"transactionId":"\xff"}',
        "nested without end": b"[" * 10_000,
        "a number without end": b'{"transactionId":' + b"9" * 10_000 + b"}",
        "too long": b'{"transactionId":"00"' + b" " * BODY_LENGTH_MAX + b"}",
    }.values(),
)
def test_a_body_that_is_no_message_is_malformed(body: bytes) -> None:
    with pytest.raises(RspRefusal) as refused:
        es9plus.read_cancel_session(body)
    assert refused.value.status is RspStatus.MALFORMED


@pytest.mark.parametrize(
    "text",
    ["A", "AA=", "AA==\r", " AA==", "A-_=", "AB==", "AB", "é", "AA==AA==", "A\tA==", "AAA=="],
)
def test_what_is_not_base_64_is_malformed(text: str) -> None:
    with pytest.raises(RspRefusal) as refused:
        JsonFields({"field": text}).octets("field")
    assert refused.value.status is RspStatus.MALFORMED


@given(data=st.binary(max_size=100), width=st.integers(1, 80), end=st.sampled_from(["\n", "\r\n"]))
def test_base_64_may_be_in_lines_and_without_padding(data: bytes, width: int, end: str) -> None:
    for text in (encode_octets(data), encode_octets(data).rstrip("=")):
        lines = "".join(text[at : at + width] + end for at in range(0, len(text), width))
        assert JsonFields({"field": lines}).octets("field") == data
        assert JsonFields({"field": text}).octets("field") == data


@pytest.mark.parametrize("text", ["", "0", "0G", "00" * 17, "0x00"])
def test_a_transaction_id_is_up_to_sixteen_bytes_in_hexadecimal(text: str) -> None:
    with pytest.raises(RspRefusal):
        JsonFields({"transactionId": text}).transaction_id()


def test_a_transaction_id_is_read_in_capitals_and_without() -> None:
    for text in ("AB01", "ab01"):
        assert JsonFields({"transactionId": text}).transaction_id() == b"\xab\x01"


def test_a_text_that_can_not_be_printed_is_malformed() -> None:
    for text in ("a\n", "\ud800", "\x00"):
        with pytest.raises(RspRefusal):
            JsonFields({"smdpAddress": text}).text("smdpAddress")


def test_a_refusal_says_its_codes() -> None:
    assert json.loads(es9plus.refusal_body(RspStatus.EID_REFUSED)) == {
        "header": {
            "functionExecutionStatus": {
                "status": "Failed",
                "statusCodeData": {
                    "subjectCode": "8.1.1",
                    "reasonCode": "3.8",
                    "message": "The EID is not the one expected.",
                },
            }
        }
    }


def test_a_cancelled_session_is_answered_by_a_header_alone() -> None:
    assert json.loads(es9plus.DONE) == {
        "header": {"functionExecutionStatus": {"status": "Executed-Success"}}
    }
