"""Notifications, read by the real SDK: what they say, when they come, how they are spoilt."""

import itertools
import json
import time
from datetime import datetime
from typing import Any

import pytest

from tests.contract.payment_gateway.merchant_side import Merchant

pytestmark = pytest.mark.enable_socket


def pay(merchant: Merchant, number: str = "ORDER-0001", **payment: object) -> None:
    merchant.order(number)
    merchant.control("pay", number=number, **payment)


def disturb(merchant: Merchant, *, count: int = 1, **fault: object) -> None:
    merchant.control("notification-faults", fault=fault, count=count)


def state_of_notification(merchant: Merchant) -> dict[str, Any]:
    (found,) = merchant.look("notifications?number=ORDER-0001")["notifications"]
    assert isinstance(found, dict)
    return found


def wait_until_state(merchant: Merchant, state: str) -> dict[str, Any]:
    for _ in range(500):
        if state_of_notification(merchant)["state"] == state:
            break
        time.sleep(0.02)
    found = state_of_notification(merchant)
    assert found["state"] == state
    return found


def test_a_payment_is_notified_and_the_sdk_reads_it(merchant: Merchant) -> None:
    pay(merchant)
    (notification,) = merchant.shop.wait_for(1)
    content = merchant.decrypt(notification)
    assert content is not None
    assert content["event_type"] == "TRANSACTION.SUCCESS"
    assert content["resource_type"] == "encrypt-resource"
    assert content["resource"]["out_trade_no"] == "ORDER-0001"
    assert content["resource"]["trade_state"] == "SUCCESS"
    assert content["resource"]["amount"]["total"] == 2500
    envelope = json.loads(notification[1])
    assert envelope["resource"]["associated_data"] == "transaction"
    assert envelope["resource"]["original_type"] == "transaction"
    assert wait_until_state(merchant, "acknowledged")["attempts"] == 1


def test_it_comes_again_under_the_same_id_until_it_is_acknowledged(merchant: Merchant) -> None:
    merchant.shop.answers.extend([500, 302, 401, 200])
    pay(merchant)
    received = merchant.shop.wait_for(4)
    assert len({json.loads(body)["id"] for _, body in received}) == 1
    assert len({headers["Wechatpay-Nonce"] for headers, _ in received}) == 4
    assert wait_until_state(merchant, "acknowledged")["attempts"] == 4


def test_it_is_given_up_after_the_last_attempt_of_the_schedule(merchant: Merchant) -> None:
    merchant.control("time-scale", time_scale=0)
    merchant.shop.answers.extend(itertools.repeat(500, 40))
    pay(merchant)
    assert wait_until_state(merchant, "given_up")["attempts"] == 16
    assert len(merchant.shop.received) == 16


def test_a_duplicate_comes_at_the_same_time(merchant: Merchant) -> None:
    disturb(merchant, duplicate=2)
    pay(merchant)
    received = merchant.shop.wait_for(3)
    assert len({json.loads(body)["id"] for _, body in received}) == 1


def test_a_delay_holds_it_back(merchant: Merchant) -> None:
    disturb(merchant, delay_seconds=0.4)
    pay(merchant)
    time.sleep(0.2)
    assert merchant.shop.received == []
    merchant.shop.wait_for(1)


def test_reordered_it_comes_after_the_next_one(merchant: Merchant) -> None:
    disturb(merchant, reorder=True)
    pay(merchant, "ORDER-0001")
    pay(merchant, "ORDER-0002")
    contents = [merchant.decrypt(one) for one in merchant.shop.wait_for(2)]
    numbers = [content["resource"]["out_trade_no"] for content in contents if content]
    assert numbers == ["ORDER-0002", "ORDER-0001"]


def test_the_first_attempts_can_be_dropped(merchant: Merchant) -> None:
    disturb(merchant, drop=2)
    pay(merchant)
    merchant.shop.wait_for(1)
    assert wait_until_state(merchant, "acknowledged")["attempts"] == 3
    assert len(merchant.shop.received) == 1


def test_paused_nothing_comes_and_the_query_alone_tells(merchant: Merchant) -> None:
    merchant.control("pause-notifications")
    pay(merchant)
    time.sleep(0.2)
    assert merchant.shop.received == []
    assert merchant.state_of("ORDER-0001") == "SUCCESS"
    merchant.control("resume-notifications")
    merchant.shop.wait_for(1)


def test_an_acknowledged_one_can_be_sent_again(merchant: Merchant) -> None:
    pay(merchant)
    merchant.shop.wait_for(1)
    wait_until_state(merchant, "acknowledged")
    merchant.control("redeliver", number="ORDER-0001")
    received = merchant.shop.wait_for(2)
    assert len({json.loads(body)["id"] for _, body in received}) == 1


@pytest.mark.parametrize("corrupt", ["signature", "body", "signtest"])
def test_a_spoilt_signature_is_refused_by_the_sdk(merchant: Merchant, corrupt: str) -> None:
    disturb(merchant, corrupt=corrupt)
    pay(merchant)
    (notification, *_) = merchant.shop.wait_for(1)
    if corrupt == "signtest":
        signature = notification[0]["Wechatpay-Signature"]
        assert signature.startswith("WECHATPAY/SIGNTEST/")
        return
    assert merchant.decrypt(notification) is None


def test_an_unknown_serial_is_not_the_agreed_one(merchant: Merchant) -> None:
    disturb(merchant, corrupt="serial")
    pay(merchant)
    (notification, *_) = merchant.shop.wait_for(1)
    assert notification[0]["Wechatpay-Serial"] != merchant.settings["PUBLIC_KEY_ID"]


@pytest.mark.parametrize(("corrupt", "sign"), [("timestamp_stale", -1), ("timestamp_future", 1)])
def test_a_false_timestamp_is_properly_signed(merchant: Merchant, corrupt: str, sign: int) -> None:
    disturb(merchant, corrupt=corrupt)
    pay(merchant)
    (notification, *_) = merchant.shop.wait_for(1)
    assert merchant.decrypt(notification) is not None
    claimed = int(notification[0]["Wechatpay-Timestamp"])
    made = datetime.fromisoformat(json.loads(notification[1])["create_time"]).timestamp()
    assert (claimed - made) * sign > 9 * 86_400


@pytest.mark.parametrize(
    ("corrupt", "path", "value"),
    [
        ("amount", ("amount", "total"), 1),
        ("currency", ("amount", "currency"), "JPY"),
        ("merchant", ("mchid",), "1111111111"),
    ],
)
def test_a_false_content_is_properly_signed(
    merchant: Merchant, corrupt: str, path: tuple[str, ...], value: object
) -> None:
    disturb(merchant, corrupt=corrupt)
    pay(merchant)
    (notification, *_) = merchant.shop.wait_for(1)
    content = merchant.decrypt(notification)
    assert content is not None
    found = content["resource"]
    for name in path:
        found = found[name]
    assert found == value
    assert merchant.state_of("ORDER-0001") == "SUCCESS"


def test_an_unknown_order_is_notified(merchant: Merchant) -> None:
    disturb(merchant, corrupt="unknown_order")
    pay(merchant)
    (notification, *_) = merchant.shop.wait_for(1)
    content = merchant.decrypt(notification)
    assert content is not None
    assert content["resource"]["out_trade_no"].startswith("UNKNOWN-")


def test_a_missealed_resource_does_not_open(merchant: Merchant) -> None:
    disturb(merchant, corrupt="ciphertext")
    pay(merchant)
    (notification, *_) = merchant.shop.wait_for(1)
    assert merchant.decrypt(notification) is None


def test_after_some_corrupt_attempts_the_good_one_comes(merchant: Merchant) -> None:
    disturb(merchant, corrupt="amount", corrupt_times=1)
    merchant.shop.answers.extend([500])
    pay(merchant)
    contents = [merchant.decrypt(one) for one in merchant.shop.wait_for(2)]
    totals = [content["resource"]["amount"]["total"] for content in contents if content]
    assert totals == [1, 2500]


def test_another_amount_can_really_be_paid(merchant: Merchant) -> None:
    pay(merchant, total=5, currency="USD")
    (notification,) = merchant.shop.wait_for(1)
    content = merchant.decrypt(notification)
    assert content is not None
    assert content["resource"]["amount"]["total"] == 5
    assert merchant.look("statement")["currencies"]["USD"]["takings_minor"] == 5
