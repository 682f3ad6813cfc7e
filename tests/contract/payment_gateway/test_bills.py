"""The bill of a day, by the real SDK: where it lies, what it says, that it is whole."""

import csv
import gzip
import hashlib
import io
from datetime import date, datetime, timedelta

import httpx
import pytest

from limosa.simulators.clock import BEIJING, wall_clock
from tests.contract.payment_gateway.merchant_side import Merchant, answer

pytestmark = pytest.mark.enable_socket


def today() -> date:
    return datetime.fromtimestamp(wall_clock(), BEIJING).date()


def fetch(merchant: Merchant, day: date, *, is_zipped: bool = False) -> bytes:
    """Fetch the bill and compare its hash, as a merchant does."""
    kind = "GZIP" if is_zipped else ""
    status, body = answer(merchant.sdk.trade_bill(str(day), tar_type=kind))
    assert (status, body["hash_type"]) == (200, "SHA1"), body
    status, content = merchant.sdk.download_bill(body["download_url"])
    assert status == 200
    bill: bytes = gzip.decompress(content) if is_zipped else content
    assert hashlib.sha1(bill, usedforsecurity=False).hexdigest() == body["hash_value"]
    return bill


def rows_of(bill: bytes) -> tuple[list[dict[str, str]], dict[str, str]]:
    """Return the entries and the totals, without their backticks."""
    lines = list(csv.reader(io.StringIO(bill.decode())))
    plain = [[value.removeprefix("`") for value in line] for line in lines]
    assert all(value.startswith("`") for line in (*lines[1:-2], lines[-1]) for value in line)
    entries = [dict(zip(plain[0], line, strict=True)) for line in plain[1:-2]]
    return entries, dict(zip(plain[-2], plain[-1], strict=True))


@pytest.fixture
def trade(merchant: Merchant) -> date:
    """Two payments, of which one is paid back in part, and an order that nobody pays."""
    day = today()
    for number in ("ORDER-0001", "ORDER-0002", "ORDER-0003"):
        merchant.order(number, description="续费, 20 `GB`")
    merchant.control("pay", number="ORDER-0001")
    merchant.control("pay", number="ORDER-0002", total=105)
    amount = {"refund": 1000, "total": 2500, "currency": "CNY"}
    merchant.sdk.refund(out_refund_no="REFUND-1", out_trade_no="ORDER-0001", amount=amount)
    merchant.shop.wait_for(2)
    return day


@pytest.mark.parametrize("is_zipped", [False, True])
def test_the_bill_has_what_was_paid_and_paid_back_in_yuan(
    merchant: Merchant, trade: date, *, is_zipped: bool
) -> None:
    entries, totals = rows_of(fetch(merchant, trade, is_zipped=is_zipped))
    first, second, refund = entries
    assert (first["商户订单号"], first["交易状态"], first["应结订单金额"]) == (
        "ORDER-0001", "SUCCESS", "25.00",
    )  # fmt: skip
    assert (second["商户订单号"], second["订单金额"], second["货币种类"]) == (
        "ORDER-0002", "1.05", "CNY",
    )  # fmt: skip
    assert (refund["商户订单号"], refund["商户退款单号"]) == ("ORDER-0001", "REFUND-1")
    assert (refund["交易状态"], refund["退款金额"]) == ("REFUND", "10.00")
    assert refund["退款状态"] in {"PROCESSING", "SUCCESS"}
    assert refund["微信订单号"] == first["微信订单号"]
    assert (totals["总交易单数"], totals["订单总金额"]) == ("3", "26.05")
    assert totals["申请退款总金额"] == "10.00"


def test_the_file_for_the_demo_is_the_same_bill(merchant: Merchant, trade: date) -> None:
    merchant.control("pause-notifications")
    file = httpx.get(f"{merchant.gateway_url}/control/wechatpay/settlement?day={trade}")
    assert rows_of(file.content)[1]["总交易单数"] == "3"
    assert file.headers["Content-Type"] == "text/csv; charset=utf-8"


def test_a_day_without_trade_has_no_bill(merchant: Merchant, trade: date) -> None:
    for day in (trade - timedelta(days=1), trade + timedelta(days=1)):
        status, body = answer(merchant.sdk.trade_bill(str(day)))
        assert (status, body["code"]) == (400, "NO_STATEMENT_EXIST")


@pytest.mark.parametrize("day", ["2026-1-1", "20260101", "yesterday"])
def test_a_day_that_is_none_is_refused(merchant: Merchant, day: str) -> None:
    status, body = answer(merchant.sdk.trade_bill(day))
    assert (status, body["code"]) == (400, "PARAM_ERROR")


def test_only_the_merchant_who_asked_can_fetch_it(merchant: Merchant, trade: date) -> None:
    _, body = answer(merchant.sdk.trade_bill(str(trade)))
    assert httpx.get(body["download_url"]).status_code == 401
    status, _ = merchant.sdk.download_bill(body["download_url"] + "x")
    assert status == 400


def test_a_bill_that_was_cut_short_does_not_fit_its_hash(merchant: Merchant, trade: date) -> None:
    merchant.control("reply-faults", kind="malformed", operation="download_bill")
    with pytest.raises(AssertionError):
        fetch(merchant, trade)
