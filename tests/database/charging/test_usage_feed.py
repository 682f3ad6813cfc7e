"""The feed over HTTP: each fault is named in the result of its own record, and stops no other."""

import json
import time
from contextlib import suppress
from typing import Any

import pytest
import time_machine
from pytest_django.fixtures import Settings

from limosa.domain.charging.models import UsageRecord
from limosa.domain.esims.models import Bundle
from limosa.servers.endpoints import usage_feed
from limosa.servers.endpoints.usage_batch import InvalidBatchError, read_batch
from tests.factories import MOMENT
from tests.factories.esims import make_bundle
from tests.machines import Answer, Machines

pytestmark = pytest.mark.django_db
LONE_SURROGATE = "\ud800"


@pytest.fixture(autouse=True)
def _key(settings: Settings) -> None:
    settings.USAGE_FEED_KEY = "secret"


def post(machines: Machines, body: bytes, authorization: str = "Bearer secret") -> Answer:
    with time_machine.travel(MOMENT, tick=False):
        return machines.post("/feeds/usage", body, authorization=authorization)


def record(bundle: Bundle, **changed: Any) -> dict[str, Any]:
    return {
        "record_id": "r1",
        "iccid": bundle.esim.iccid,
        "started_at": "2026-11-22T17:02:00Z",
        "ended_at": "2026-11-22T17:03:00Z",
        "uplink_bytes": 1000,
        "downlink_bytes": 250_000,
    } | changed


def send(machines: Machines, *records: Any) -> list[dict[str, Any]]:
    answer = post(machines, json.dumps({"feed": "virtual-network", "records": records}).encode())
    assert answer.status_code == 200
    results: list[dict[str, Any]] = json.loads(answer.content)["results"]
    return results


def test_a_record_is_answered_as_the_reference_says(machines: Machines) -> None:
    bundle = make_bundle()
    answer = {
        "record_id": "r1",
        "status": "recorded",
        "remaining_bytes": 19_999_749_000,
        "final_unit_action": "none",
    }
    assert send(machines, record(bundle)) == [answer]
    assert send(machines, record(bundle)) == [answer | {"status": "duplicate"}]


@pytest.mark.parametrize(
    "authorization",
    ["", "secret", "Bearer", "Bearer wrong", "Bearer SECRET", "Bearer secrets", "Basic secret"],
)
def test_a_wrong_key_is_refused(machines: Machines, authorization: str) -> None:
    assert post(machines, b'{"feed": "a", "records": []}', authorization).status_code == 401


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer "])
def test_the_scheme_is_the_same_in_any_case(machines: Machines, scheme: str) -> None:
    assert post(machines, b'{"feed": "a", "records": []}', f"{scheme} secret").status_code == 200


def test_without_a_key_of_ours_no_key_is_right(machines: Machines, settings: Settings) -> None:
    settings.USAGE_FEED_KEY = ""
    assert post(machines, b'{"feed": "a", "records": []}', "Bearer ").status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"\xff\xfe",
        b"null",
        b"[]",
        b'"text"',
        b"{}",
        b'{"feed": "a"}',
        b'{"records": []}',
        b'{"feed": 1, "records": []}',
        b'{"feed": "", "records": []}',
        b'{"feed": "Not Small", "records": []}',
        b'{"feed": "a\\n", "records": []}',
        b'{"feed": "a", "records": {}}',
        b'{"feed": "a", "records": null}',
        b"[" * 100_000,
        json.dumps({"feed": "a", "records": [None] * 501}).encode(),
        '{"feed": "a", "records": []}'.encode("utf-16"),
        '{"feed": "a", "records": []}'.encode("utf-16-le"),
        b'\xef\xbb\xbf{"feed": "a", "records": []}',
        b'{"feed": "a", "records": [{"record_id": "\xed\xa0\x80"}]}',
        b'{"feed": "a", "feed": "b", "records": []}',
        b'{"feed": "a", "records": [{"record_id": "r", "uplink_bytes": 5, "uplink_bytes": 0}]}',
    ],
    ids=lambda body: repr(body[:30]),
)
def test_a_body_of_another_form_is_refused_whole(machines: Machines, body: bytes) -> None:
    answer = post(machines, body)
    assert answer.status_code == 400
    assert answer.json()["error"].keys() == {"code", "message"}
    assert answer.json()["error"]["code"] == "invalid_batch"
    assert not UsageRecord.objects.exists()


def test_only_a_post_is_taken(machines: Machines) -> None:
    for method in ("GET", "HEAD", "PUT", "TRACE", "FOO"):
        answer = machines.ask(method, "/feeds/usage")
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST, OPTIONS")
        assert answer.json()["error"]["code"] == "wrong_method"
    answer = machines.ask("OPTIONS", "/feeds/usage")
    assert (answer.status_code, answer.headers["allow"]) == (204, "POST, OPTIONS")


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 200),
        ("Application/JSON; charset=UTF-8", 200),
        ('application/json;charset="utf-8"', 200),
        ("application/json; charset=utf-16", 415),
        ("application/json-patch+json", 415),
        ("application/x-www-form-urlencoded", 415),
        ("text/plain", 415),
        ("", 415),
    ],
)
def test_a_body_that_is_not_said_to_be_json_is_refused(
    machines: Machines, content_type: str, status: int
) -> None:
    answer = machines.post(
        "/feeds/usage",
        b'{"feed": "a", "records": []}',
        content_type=content_type,
        authorization="Bearer secret",
    )
    assert answer.status_code == status
    if status == 415:
        assert answer.json()["error"]["code"] == "wrong_type"
        assert answer.headers["accept"] == "application/json"


def test_every_refusal_has_the_one_form(machines: Machines) -> None:
    large = post(machines, b" " * (256 * 1024 + 1))
    assert (large.status_code, large.json()["error"]["code"]) == (413, "body_too_large")
    key = post(machines, b"{}", "Bearer wrong")
    assert (key.status_code, key.json()["error"]["code"]) == (401, "wrong_key")
    assert key.headers["www-authenticate"] == "Bearer"
    host = machines.ask("POST", "/feeds/usage", headers={"host": "evil.example"})
    assert (host.status_code, host.json()["error"]["code"]) == (400, "wrong_host")
    for answer in (large, key, host):
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.json()["error"]["message"]


def test_a_fault_of_ours_is_told_in_the_same_form_and_logged_once(
    machines: Machines, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(**_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(usage_feed, "record_usage", fail)
    answer = post(machines, json.dumps({"feed": "a", "records": [record(make_bundle())]}).encode())
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "fault")
    [line] = caplog.records
    assert line.exc_info


@pytest.mark.parametrize("word", [b"NaN", b"Infinity", b"-Infinity"])
def test_what_json_does_not_have_is_refused(machines: Machines, word: bytes) -> None:
    body = b'{"feed": "a", "records": [{"record_id": ' + word + b"}]}"
    assert post(machines, body).status_code == 400


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"record_id": None}, "record_id"),
        ({"record_id": ""}, "record_id"),
        ({"record_id": "x" * 65}, "record_id"),
        ({"record_id": "a\x00b"}, "record_id"),
        ({"record_id": LONE_SURROGATE}, "record_id"),
        ({"iccid": 8901}, "iccid"),
        ({"iccid": "8" * 21}, "iccid"),
        ({"iccid": LONE_SURROGATE}, "iccid"),
        ({"uplink_bytes": -1}, "uplink_bytes"),
        ({"uplink_bytes": 1.0}, "uplink_bytes"),
        ({"uplink_bytes": True}, "uplink_bytes"),
        ({"uplink_bytes": "1"}, "uplink_bytes"),
        ({"downlink_bytes": 2**50 + 1}, "downlink_bytes"),
        ({"downlink_bytes": None}, "downlink_bytes"),
        ({"started_at": None}, "started_at"),
        ({"started_at": 1_763_820_000}, "started_at"),
        ({"started_at": "yesterday"}, "started_at"),
        ({"started_at": "2026-11-22T17:02:00"}, "started_at"),
        ({"started_at": "2026-11-22T17:02:00Z\x00"}, "started_at"),
        ({"started_at": "2026-W47-7T17:02:00Z"}, "started_at"),
        ({"started_at": "2026-11-22T17:02Z"}, "started_at"),
        ({"started_at": "2026-11-22 17:02:00Z"}, "started_at"),
        ({"started_at": "20261122T170200Z"}, "started_at"),
        ({"started_at": "２０２６-11-22T17:02:00Z"}, "started_at"),
        ({"started_at": "0001-01-01T00:00:00+14:00"}, "started_at"),
        ({"ended_at": "9999-12-31T23:59:59-14:00"}, "ended_at"),
        ({"ended_at": "9999-12-31T23:59:59Z"}, "ended_at"),
        ({"ended_at": "2026-11-22T17:01:59Z"}, "ended_at"),
        (
            {"ended_at": "2026-11-22T18:02:00+01:00", "started_at": "2026-11-22T17:03:00Z"},
            "ended_at",
        ),
    ],
)
def test_a_fault_is_named_and_the_next_record_counts(
    machines: Machines, changed: dict[str, Any], field: str
) -> None:
    bundle = make_bundle()
    faulty = record(bundle, **changed)
    first, second = send(machines, faulty, record(bundle, record_id="r2"))
    assert (first["status"], second["status"]) == ("invalid", "recorded")
    assert first["reason"].startswith(field)
    assert UsageRecord.objects.count() == 1


@pytest.mark.parametrize("row", [None, 5, "text", [], [{}]])
def test_what_is_no_record_is_said_to_be_none(machines: Machines, row: Any) -> None:
    [result] = send(machines, row)
    assert (result["status"], result["record_id"]) == ("invalid", None)


def test_a_record_without_bytes_is_answered_and_not_said_to_be_stored(machines: Machines) -> None:
    query = record(make_bundle(), uplink_bytes=0, downlink_bytes=0)
    assert [send(machines, query)[0]["status"] for _ in range(2)] == ["answered"] * 2
    assert not UsageRecord.objects.exists()


@pytest.mark.parametrize("time", ["2026-11-22t17:02:00z", "2026-11-22T17:02:00.123456789+00:00"])
def test_every_time_of_the_standard_is_read(machines: Machines, time: str) -> None:
    assert send(machines, record(make_bundle(), started_at=time))[0]["status"] == "recorded"


def test_a_compressed_body_is_refused_as_such(machines: Machines) -> None:
    def encoded(encoding: str) -> Answer:
        told = {"content_encoding": encoding, "authorization": "Bearer secret"}
        return machines.post("/feeds/usage", b'{"feed": "a", "records": []}', **told)

    refused = encoded("gzip")
    assert (refused.status_code, refused.json()["error"]["code"]) == (415, "wrong_encoding")
    assert encoded("identity").status_code == 200


def test_times_with_other_zones_are_the_same_moments(machines: Machines) -> None:
    bundle = make_bundle()
    [result] = send(
        machines,
        record(
            bundle, started_at="2026-11-23T01:02:00+08:00", ended_at="2026-11-23T01:03:00+08:00"
        ),
    )
    assert result["status"] == "recorded"
    assert UsageRecord.objects.get().ended_at.isoformat() == "2026-11-22T17:03:00+00:00"


BYTES = 256 * 1024
ODD_RECORD = (
    b'{"record_id": "r", "iccid": "8", "started_at": "x", "ended_at": "9999", "uplink_bytes":'
)
COSTLY = {
    "lists in lists": b"[" * BYTES,
    "objects in objects": b'{"a":' * (BYTES // 5),
    "a long number": b'{"feed": "own", "records": ' + b"9" * (BYTES - 40) + b"}",
    "a long fraction": b'{"feed": "own", "records": 0.' + b"9" * (BYTES - 40) + b"}",
    "a long exponent": b'{"feed": "own", "records": 1e' + b"9" * (BYTES - 40) + b"}",
    "many members": b"{" + b",".join(b'"%d":1' % n for n in range(25_000)) + b"}",
    "a long text": b'{"feed": "' + b"\\u0041" * (BYTES // 6 - 10) + b'", "records": []}',
    "many records": b'{"feed": "own", "records": [' + b",".join([b"{}"] * 80_000) + b"]}",
    "the most odd records": b'{"feed": "own", "records": ['
    + b",".join([ODD_RECORD + b"9" * 300 + b"}"] * 500)
    + b"]}",
}


@pytest.mark.parametrize("kind", COSTLY)
def test_reading_an_odd_batch_costs_less_than_a_tenth_of_a_second(kind: str) -> None:
    assert len(COSTLY[kind]) <= BYTES

    def once() -> float:
        began = time.thread_time()
        with suppress(InvalidBatchError):
            read_batch(COSTLY[kind], now=MOMENT)
        return time.thread_time() - began

    assert min(once() for _ in range(3)) < 0.1
