"""Refunds, by the real SDK: accepted, settled, notified, counted; and what is refused."""

import time
from typing import Any

import pytest

from tests.contract.payment_gateway.merchant_side import Merchant, answer

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def paid(merchant: Merchant) -> Merchant:
    merchant.order("ORDER-0001", total=2500)
    merchant.control("pay", number="ORDER-0001")
    merchant.shop.wait_for(1)
    return merchant


def refund(
    merchant: Merchant, number: str, part: int, **amount: object
) -> tuple[int, dict[str, Any]]:
    whole = {"refund": part, "total": 2500, "currency": "CNY"} | amount
    return answer(
        merchant.sdk.refund(out_refund_no=number, out_trade_no="ORDER-0001", amount=whole)
    )


def test_a_refund_is_accepted_then_settled_then_notified(paid: Merchant) -> None:
    status, body = refund(paid, "REFUND-1", 1000)
    assert (status, body["status"]) == (200, "PROCESSING")
    content = paid.decrypt(paid.shop.wait_for(2)[1])
    assert content is not None
    assert content["event_type"] == "REFUND.SUCCESS"
    assert content["resource"]["out_refund_no"] == "REFUND-1"
    assert content["resource"]["refund_status"] == "SUCCESS"
    assert content["resource"]["amount"]["refund"] == 1000
    _, shown = answer(paid.sdk.query_refund("REFUND-1"))
    assert shown["status"] == "SUCCESS"
    assert shown["refund_id"] == body["refund_id"]
    assert paid.state_of("ORDER-0001") == "REFUND"


def test_the_same_refund_again_pays_back_once(paid: Merchant) -> None:
    _, first = refund(paid, "REFUND-1", 2500)
    _, second = refund(paid, "REFUND-1", 2500)
    assert first["refund_id"] == second["refund_id"]
    paid.shop.wait_for(2)
    assert paid.look("statement")["currencies"]["CNY"] == {
        "takings_minor": 2500,
        "refunds_minor": 2500,
        "payments": 1,
        "refunds": 1,
        "disputes_minor": 0,
        "disputes": 0,
    }


@pytest.mark.parametrize(
    ("number", "part", "amount", "code"),
    [
        ("REFUND-2", 1501, {}, "INVALID_REQUEST"),
        ("REFUND-2", 1000, {"total": 2600}, "INVALID_REQUEST"),
        ("REFUND-1", 999, {}, "INVALID_REQUEST"),
        ("REFUND-2", 1000, {"currency": "USD"}, "PARAM_ERROR"),
        ("REFUND-2", 0, {}, "PARAM_ERROR"),
        ("REFUND 2", 1, {}, "PARAM_ERROR"),
    ],
)
def test_a_faulty_refund_is_refused(
    paid: Merchant, number: str, part: int, amount: dict[str, object], code: str
) -> None:
    assert refund(paid, "REFUND-1", 1000)[0] == 200
    status, body = refund(paid, number, part, **amount)
    assert (status, body["code"]) == (400, code)


def test_what_was_not_paid_is_not_refunded(merchant: Merchant) -> None:
    merchant.order("ORDER-0001")
    status, body = refund(merchant, "REFUND-1", 1000)
    assert (status, body["code"]) == (404, "RESOURCE_NOT_EXISTS")
    status, body = answer(merchant.sdk.query_refund("REFUND-1"))
    assert (status, body["code"]) == (404, "RESOURCE_NOT_EXISTS")


@pytest.mark.parametrize("outcome", ["ABNORMAL", "CLOSED"])
def test_a_refund_can_fail(paid: Merchant, outcome: str) -> None:
    paid.control("refund-outcomes", outcome=outcome)
    refund(paid, "REFUND-1", 1000)
    content = paid.decrypt(paid.shop.wait_for(2)[1])
    assert content is not None
    assert content["event_type"] == f"REFUND.{outcome}"
    assert paid.look("statement")["currencies"]["CNY"]["refunds_minor"] == 0


def test_a_refund_of_a_closed_one_may_be_asked_for_again(paid: Merchant) -> None:
    paid.control("refund-outcomes", outcome="CLOSED")
    refund(paid, "REFUND-1", 2500)
    paid.shop.wait_for(2)
    assert refund(paid, "REFUND-2", 2500)[0] == 200
    paid.shop.wait_for(3)


def test_refunds_settle_while_notifications_are_paused(paid: Merchant) -> None:
    paid.control("pause-notifications")
    refund(paid, "REFUND-1", 1000)
    time.sleep(0.3)
    assert answer(paid.sdk.query_refund("REFUND-1"))[1]["status"] == "SUCCESS"
    assert len(paid.shop.received) == 1
