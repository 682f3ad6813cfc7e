"""Replies that go wrong, as the real SDK meets them; and what was done all the same."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.contract.payment_gateway.merchant_side import Merchant, answer

pytestmark = pytest.mark.enable_socket


def spoil(merchant: Merchant, kind: str, operation: str = "create", **more: object) -> None:
    merchant.control("reply-faults", kind=kind, operation=operation, **more)


def exists(merchant: Merchant) -> bool:
    status, _ = answer(merchant.sdk.query(out_trade_no="ORDER-0001"))
    return status == 200


@pytest.mark.parametrize(
    ("kind", "is_done"), [("server_error", False), ("server_error_after", True)]
)
def test_a_server_error_tells_nothing_of_what_was_done(
    merchant: Merchant, kind: str, *, is_done: bool
) -> None:
    spoil(merchant, kind)
    status, body = merchant.order("ORDER-0001")
    assert (status, body["code"]) == (500, "SYSTEM_ERROR")
    assert exists(merchant) is is_done
    assert merchant.order("ORDER-0001")[0] == 200


@pytest.mark.parametrize(("kind", "is_done"), [("timeout", False), ("timeout_after", True)])
def test_silence_tells_nothing_of_what_was_done(
    merchant: Merchant, kind: str, *, is_done: bool
) -> None:
    spoil(merchant, kind, seconds=0.2)
    with pytest.raises(requests.ConnectionError):
        merchant.order("ORDER-0001")
    assert exists(merchant) is is_done


def test_an_impatient_client_gives_up_on_silence(merchant: Merchant) -> None:
    spoil(merchant, "timeout_after", seconds=60)
    merchant.sdk._core._timeout = 0.2
    with pytest.raises(requests.Timeout):
        merchant.order("ORDER-0001")
    merchant.sdk._core._timeout = 5
    assert exists(merchant)


def test_a_broken_body_is_signed_but_no_json(merchant: Merchant) -> None:
    spoil(merchant, "malformed")
    status, text = merchant.sdk.pay(
        description="续费", out_trade_no="ORDER-0001", amount={"total": 1}
    )
    assert status == 200
    with pytest.raises(ValueError, match=r"(?i)unterminated|expecting"):
        answer((status, text))


@pytest.mark.parametrize("kind", ["unsigned", "bad_signature"])
def test_a_false_signature_is_refused_by_the_sdk(merchant: Merchant, kind: str) -> None:
    spoil(merchant, kind)
    with pytest.raises(Exception, match=r"signature|algorithm"):
        merchant.order("ORDER-0001")
    assert exists(merchant)


@pytest.mark.parametrize(
    ("operation", "call"),
    [
        ("query", lambda sdk: sdk.query(out_trade_no="ORDER-0001")),
        ("close", lambda sdk: sdk.close("ORDER-0001")),
        ("query_refund", lambda sdk: sdk.query_refund("REFUND-1")),
    ],
)
def test_a_fault_meets_the_operation_it_was_meant_for(
    merchant: Merchant, operation: str, call: Callable[[Any], tuple[int, Any]]
) -> None:
    spoil(merchant, "server_error", operation)
    assert merchant.order("ORDER-0001")[0] == 200
    assert call(merchant.sdk)[0] == 500
    assert call(merchant.sdk)[0] != 500


def test_a_reset_forgets_the_faults(merchant: Merchant) -> None:
    spoil(merchant, "server_error", "any", count=5)
    merchant.control("reset")
    assert merchant.order("ORDER-0001")[0] == 200
