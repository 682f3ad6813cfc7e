"""What is shown of a callback has no code, no number of a card, and no secret in it."""

import json
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.connectivity.engine.blotting import SHOWN_MAX, blotted, order_numbers_in
from limosa.domain.connectivity.kept_callbacks import ReceivedCallback, packed, unpacked
from limosa.foundation.variables import BLOT

ICCID, EID = "8986014123456789012", "89049032007008882600028531465423"
CODE = "LPA:1$smdp.example.com$K2-1A2B3C-4D5E6F"


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ({"orderStatus": "GOT_RESOURCE"}, {"orderStatus": "GOT_RESOURCE"}),
        ({"iccid": ICCID}, {"iccid": "…9012"}),
        ({"iccid": f"{ICCID}F"}, {"iccid": "…9012"}),
        ({"id": int(ICCID)}, {"id": "…9012"}),
        ({"eid": EID, "EID": ""}, {"eid": BLOT, "EID": ""}),
        ({"text": EID}, {"text": BLOT}),
        ({"ac": CODE}, {"ac": BLOT}),
        ({"said": f"use {CODE} now"}, {"said": f"use {BLOT} now"}),
        ({"said": CODE.removeprefix("LPA:")}, {"said": BLOT}),
        ({"matching_id": "K2-1A2B3C"}, {"matching_id": BLOT}),
        ({"qrCodeUrl": "https://p.example.com/a.png"}, {"qrCodeUrl": BLOT}),
        ({"shortUrl": "https://p.example.com/a1b2"}, {"shortUrl": f"https://p.example.com/{BLOT}"}),
        ({"sign": "0123456789abcdef"}, {"sign": BLOT}),
        ({"who": "an@example.com"}, {"who": BLOT}),
        ({"other": "a1" * 16}, {"other": BLOT}),
        ({"note": "notASecretButAVeryLongWord"}, {"note": "notASecretButAVeryLongWord"}),
        ({"a": [{"token": {"x": 1}}], "b": None}, {"a": [{"token": BLOT}], "b": None}),
        ({"eventType": 1, "left": -3}, {"eventType": 1, "left": "-3"}),
        ({"isSigned": True, "left": 12.5}, {"isSigned": True, "left": "12.5"}),
        ({"orderNo": "202611200000000001"}, {"orderNo": "202611200000000001"}),
        ({"otherNo": "202611200000000002"}, {"otherNo": BLOT}),
        ({"said": "the pass word is hunter22"}, {"said": f"the pass word is {BLOT}"}),
    ],
    ids=str,
)
def test_a_member_is_shown_or_blotted(body: object, shown: object) -> None:
    said = blotted(json.dumps(body).encode(), secrets=["hunter22"], plain=["202611200000000001"])
    assert json.loads(said) == shown


def test_what_is_no_json_is_blotted_as_a_text() -> None:
    said = blotted(f"iccid={ICCID}&ac={CODE}&state=ok \xff".encode("latin-1"))
    assert ICCID not in said
    assert "K2-1A2B3C" not in said
    assert "…9012" in said


def test_what_is_nested_too_deeply_is_blotted_whole() -> None:
    assert ICCID not in blotted(b'[{"x":' * 5000 + f'"{ICCID}"'.encode() + b"}]" * 5000)
    assert BLOT in blotted(b'{"x":' * 30 + b'"y"' + b"}" * 30)


def test_only_so_much_is_shown() -> None:
    said = blotted(json.dumps(["word"] * 5000).encode())
    assert len(said) == SHOWN_MAX + 2
    assert said.endswith(" …")


@given(
    st.text(min_size=6, max_size=40).filter(lambda text: text.strip() == text and text != BLOT),
    st.text(max_size=40),
    st.text(max_size=40),
)
def test_a_known_secret_is_never_shown(secret: str, before: str, after: str) -> None:
    """In a value or in a name, whatever stands around it."""
    body = {"value": f"{before}{secret}{after}", f"{before}{secret}": "name"}
    said = json.loads(blotted(json.dumps(body).encode(), secrets=[secret]))
    # What is put in its place may, with what stands beside it, read as the secret.
    assert all(secret not in part for text in (*said, *said.values()) for part in text.split(BLOT))


@given(st.binary(max_size=400))
def test_anything_can_be_shown(body: bytes) -> None:
    assert isinstance(blotted(body), str)
    assert order_numbers_in(body) == []


@pytest.mark.parametrize("letter", ["a", "1", "a1", "$", "@", "/", ".", "8", "L-", "1$", "-"])
def test_a_long_body_takes_no_time(letter: str) -> None:
    begun = perf_counter()
    blotted(letter.encode() * (64 * 1024 // len(letter)))
    assert perf_counter() - begun < 2


def test_our_numbers_are_found_each_once() -> None:
    body = b'{"a":"L-7Q4K92MX","b":["L-7Q4K92MX","L-7Q4K92MZ"],"c":"L-7q4k92mx","d":"L-7Q4K92MXX"}'
    assert order_numbers_in(body) == ["L-7Q4K92MX", "L-7Q4K92MZ"]
    many = " ".join(f"L-{number:08}" for number in range(50))
    assert len(order_numbers_in(many.encode())) == 20


@given(st.dictionaries(st.from_regex(r"[a-z-]{1,20}", fullmatch=True), st.text()), st.binary())
def test_what_is_packed_is_unpacked(headers: dict[str, str], body: bytes) -> None:
    received = ReceivedCallback(headers, body)
    content = packed(received)
    assert content is not None
    assert unpacked(content) == received


def test_headers_are_kept_by_lower_case_name_and_long_ones_not_at_all() -> None:
    content = packed(ReceivedCallback({"X-Sign-Value": "s"}, b""))
    assert content is not None
    assert unpacked(content).headers == {"x-sign-value": "s"}
    assert packed(ReceivedCallback({}, b" " * 64 * 1024)) is None
