"""The gateway's rules without a socket: signatures, forms, the schedule, the books."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.simulators.payment_gateway import store as memory
from limosa.simulators.payment_gateway.faults import (
    FaultPlan,
    NotificationFault,
    ReplyFault,
    ReplyFaultKind,
)
from limosa.simulators.payment_gateway.notifications import (
    Event,
    due_notifications,
    insert_notification,
    make_notification,
    record_attempt,
)
from limosa.simulators.payment_gateway.store import Store
from limosa.simulators.payment_gateway.wechatpay import crypto
from limosa.simulators.payment_gateway.wechatpay.notifications import (
    CORRUPTIONS,
    RETRY_SECONDS,
)
from limosa.simulators.payment_gateway.wechatpay.refusals import GatewayRefusalError
from limosa.simulators.payment_gateway.wechatpay.validation import (
    check_order,
    check_refund,
    parse_body,
    parse_time,
)

KEY = crypto.new_private_key()
OTHER_KEY = crypto.new_private_key()
NOW = 1_800_000_000.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    one = Store(tmp_path / "gateway.sqlite3")
    yield one
    one.close()


# Signatures.


@given(message=st.binary(max_size=200))
def test_a_signature_fits_its_message_and_key_only(message: bytes) -> None:
    signature = crypto.sign(KEY, message)
    assert crypto.is_signed_by(KEY.public_key(), message, signature)
    assert not crypto.is_signed_by(KEY.public_key(), message + b"x", signature)
    assert not crypto.is_signed_by(OTHER_KEY.public_key(), message, signature)


@given(garbage=st.text(max_size=400))
def test_garbage_is_no_signature(garbage: str) -> None:
    assert not crypto.is_signed_by(KEY.public_key(), b"message", garbage)


@given(header=st.text(max_size=200))
def test_garbage_is_no_authorization(header: str) -> None:
    assert crypto.parse_authorization(header) is None


def test_an_authorization_is_taken_apart_in_any_order() -> None:
    header = (
        f'{crypto.SCHEME} serial_no="S",signature="c2ln",timestamp="17",nonce_str="N",mchid="M"'
    )
    found = crypto.parse_authorization(header)
    assert found == crypto.Authorization("M", "S", "N", "17", "c2ln")
    assert crypto.request_message("GET", "/a?b=c", found, b"") == b"GET\n/a?b=c\n17\nN\n\n"


# Forms.

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
members = st.sampled_from(
    ["appid", "mchid", "description", "out_trade_no", "notify_url", "time_expire", "amount",
     "attach", "scene_info", "payer", "out_refund_no", "transaction_id", "reason"]
)  # fmt: skip


def refusal_of(check: Callable[[], object]) -> GatewayRefusalError | None:
    try:
        check()
    except GatewayRefusalError as refusal:
        return refusal
    return None


@given(body=st.dictionaries(members, json_values), kind=st.sampled_from(["native", "h5", "jsapi"]))
def test_any_object_is_an_order_or_is_refused(body: dict[str, object], kind: str) -> None:
    for check in (lambda: check_order(body, kind=kind), lambda: check_refund(body)):
        refusal = refusal_of(check)
        assert refusal is None or refusal.status == 400


@given(body=st.binary(max_size=100))
def test_any_bytes_are_an_object_or_are_refused(body: bytes) -> None:
    refusal = refusal_of(lambda: parse_body(body))
    assert refusal is None or refusal.body["code"] == "PARAM_ERROR"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("2027-01-15T16:00:00+08:00", NOW), ("2027-01-15T08:00:00Z", NOW),
     ("2027-01-15T08:00:00.5Z", NOW + 0.5)],
)  # fmt: skip
def test_a_time_is_read_with_its_zone(text: str, seconds: float) -> None:
    assert parse_time(text) == seconds


# The schedule.


def test_the_schedule_is_the_documented_one() -> None:
    minutes, hours = 60, 3600
    assert (
        15, 15, 30, 3 * minutes, 10 * minutes, 20 * minutes, 30 * minutes, 30 * minutes,
        30 * minutes, 60 * minutes, 3 * hours, 3 * hours, 3 * hours, 6 * hours, 6 * hours,
    ) == RETRY_SECONDS  # fmt: skip


def notify(store: Store, fault: NotificationFault, number: str = "ORDER-0001") -> None:
    event = Event(number, "PAID", "http://127.0.0.1/n", {"amount": 1})
    with store.transaction() as db:
        insert_notification(db, make_notification("wechatpay", event, fault, now=NOW))


def test_each_attempt_is_due_when_the_schedule_says(store: Store) -> None:
    notify(store, NotificationFault())
    now, waits = NOW, []
    with store.transaction() as db:
        while found := due_notifications(db, now=now):
            after = record_attempt(
                db, found[0], is_acknowledged=False, delays=RETRY_SECONDS, now=now
            )
            if after.state == "given_up":
                break
            assert due_notifications(db, now=after.due_at - 1) == []
            waits.append(after.due_at - now)
            now = after.due_at
    assert tuple(waits) == RETRY_SECONDS


def test_an_acknowledged_one_is_never_due_again(store: Store) -> None:
    notify(store, NotificationFault())
    with store.transaction() as db:
        (found,) = due_notifications(db, now=NOW)
        record_attempt(db, found, is_acknowledged=True, delays=RETRY_SECONDS, now=NOW)
        assert due_notifications(db, now=NOW + 10**9) == []


def test_one_held_back_comes_by_itself_when_no_other_does(store: Store) -> None:
    notify(store, NotificationFault(reorder=True))
    with store.transaction() as db:
        assert due_notifications(db, now=NOW + 1) == []
        assert len(due_notifications(db, now=NOW + 31)) == 1


# Faults.


@given(
    drop=st.integers(0, 5),
    times=st.none() | st.integers(0, 5),
    attempt=st.integers(1, 16),
)
def test_a_fault_corrupts_the_attempts_after_the_dropped_ones(
    drop: int, times: int | None, attempt: int
) -> None:
    fault = NotificationFault(drop=drop, corrupt="amount", corrupt_times=times)
    is_corrupt = fault.corruption_of_attempt(attempt) is not None
    assert is_corrupt is (times is None or attempt <= drop + times)
    assert NotificationFault.from_json(json.loads(json.dumps(fault.as_json()))) == fault


@pytest.mark.parametrize(
    "described",
    [{"corupt": "amount"}, {"corrupt": "everything"}, {"drop": -1}, {"drop": True},
     {"delay_seconds": "1"}],
)  # fmt: skip
def test_a_fault_that_is_not_understood_is_refused(described: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        NotificationFault.from_json(described, corruptions=CORRUPTIONS)


def test_faults_are_taken_in_turn_and_then_there_are_none() -> None:
    plan, fault = FaultPlan(), NotificationFault(duplicate=1)
    plan.for_next_notifications(fault, count=2)
    taken = [plan.take_notification_fault() for _ in range(3)]
    assert taken == [fault, fault, NotificationFault()]
    reply = ReplyFault(ReplyFaultKind.TIMEOUT, "close")
    plan.for_next_replies(reply, count=1)
    assert plan.take_reply_fault("create") is None
    assert plan.take_reply_fault("close") == reply
    assert plan.take_reply_fault("close") is None


# The memory.


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    def fail() -> None:
        with store.transaction() as db:
            memory.note(db, NOW, memory.Happening("wechatpay", "payment", "ORDER-0001"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with store.transaction() as db:
        assert db.execute("SELECT count(*) FROM happenings").fetchone()[0] == 0


def test_the_record_of_happenings_does_not_grow_for_ever(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "HAPPENINGS_MAX", 500)
    with store.transaction() as db:
        for _ in range(2000):
            memory.note(db, NOW, memory.Happening("wechatpay", "query", "ORDER-0001"))
        assert db.execute("SELECT count(*) FROM happenings").fetchone()[0] == 500
