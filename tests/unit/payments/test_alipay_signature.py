"""What is signed is cut out of a reply exactly as it came, or the reply is refused."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.payments.message_refusals import MessageRefusedError
from limosa.domain.payments.providers.alipay.refusals import Refusal
from limosa.domain.payments.providers.alipay.signature import (
    PlatformKey,
    sign,
    split_members,
    text_to_sign,
)
from tests.contract.providers.alipay_signer import AlipaySigner

SIGNER = AlipaySigner()
OTHER = AlipaySigner()
NAME = "alipay_trade_query_response"


@pytest.mark.parametrize(
    "answer",
    [
        '{"code":"10000"}',
        '{"subject":"a } b","n":1}',
        '{"subject":"a { b"}',
        '{"subject":"quote \\" and brace }"}',
        '{"subject":"backslash \\\\"}',
        '{"subject":"\\\\\\"}\\""}',
        '{"subject":"\\u007d\\/\\u65e5"}',
        '{"subject":"日本 😀"}',
        '{ "a" : [ { "b" : "}" } , 1.50e2 ] ,\t"c":{}}',
        '{"text":"\\"alipay_trade_query_response\\":{\\"code\\":\\"10000\\"}"}',
        '{"total_amount":88.80,"n":1e2,"big":12345678901234567890}',
        '"text"',
        "null",
    ],
)
@pytest.mark.parametrize("form", ['{{"{}":{},"sign":"x"}}', ' {{ "sign" : "x" ,\n"{}" : {} }}\r\n'])
def test_the_signed_text_is_what_stands_there(answer: str, form: str) -> None:
    members = split_members(form.format(NAME, answer).encode())
    assert members[NAME].text == answer
    assert members["sign"].value == "x"


def test_a_number_stays_as_it_is_written() -> None:
    members = split_members(b'{"a":{"x":88.80,"y":10,"z":1e2}}')
    assert members["a"].value == {"x": "88.80", "y": "10", "z": "1e2"}


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"{}", b"[]", b"null", b"x", b"<html>", b'{"a"}', b'{"a":}', b'{"a":1,}',
        b'{"a":1', b'{"a":1}x', b'{"a":1}{"a":1}', b"{1:2}", b'{"a":1 "b":2}', b'{"a":"\xff"}',
        b'\xef\xbb\xbf{"a":1}', b'{"a":"x}', b'{"a":1,"a":2}', b'{"sign":"x","sign":"y"}',
        b'{"a":' + b"[" * 100_000, b"{" + b" " * 1000, b'{"a":' + b"9" * 5000 + b"x}",
    ],
)  # fmt: skip
def test_what_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(MessageRefusedError) as refused:
        split_members(body)
    assert refused.value.reason is Refusal.ENVELOPE_MALFORMED


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)


@given(
    value=st.dictionaries(st.text(max_size=20), JSON, min_size=1, max_size=6),
    indent=st.sampled_from([None, 2]),
    is_ascii=st.booleans(),
)
def test_every_object_is_taken_apart_without_a_change(
    value: dict[str, object], indent: int | None, *, is_ascii: bool
) -> None:
    body = json.dumps(value, indent=indent, ensure_ascii=is_ascii).encode(errors="replace")
    try:
        members = split_members(body)
    except MessageRefusedError:
        # Two names that no UTF-8 can tell apart are one name twice.
        assert len(json.loads(body)) < len(value)
        return
    assert len(members) == len(json.loads(body))
    for name, member in members.items():
        assert member.text.encode() in body
        assert json.loads(member.text) == json.loads(body)[name]


@given(st.binary(max_size=200))
def test_garbage_is_taken_apart_or_refused(body: bytes) -> None:
    with suppress(MessageRefusedError):
        split_members(body)


def test_pairs_are_signed_sorted_and_without_the_empty_ones() -> None:
    pairs = {"b": "2", "a": "1", "empty": "", "Z": "日 = &"}
    assert text_to_sign(pairs) == "Z=日 = &&a=1&b=2".encode()


def test_a_signature_is_believed_from_the_platforms_key_only() -> None:
    key = PlatformKey(SIGNER.key.public_key())
    key.check(b"text", SIGNER.sign("text"))
    assert sign(SIGNER.key, b"text") == SIGNER.sign("text")
    for message, signature in (
        (b"text!", SIGNER.sign("text")),
        (b"text", OTHER.sign("text")),
        (b"text", ""),
        (b"text", "not base64"),
        (b"text", "QUJD"),
        (b"text", "日本"),
        (b"text", SIGNER.sign("text") + "\n"),
    ):
        with pytest.raises(MessageRefusedError) as refused:
            key.check(message, signature)
        assert refused.value.reason is Refusal.SIGNATURE_WRONG
