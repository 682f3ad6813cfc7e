"""A trade bill is read to the fen, and refused unless it is whole."""

import io
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any, BinaryIO, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.payments.providers.wechatpay import bill
from limosa.domain.payments.status_reports import SettlementKind, SettlementLine
from limosa.foundation.errors import RemoteProtocolError

MCHID = "1900000109"
HEADING = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,"
    "付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,"
    "退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)
TOTALS_HEADING = (
    "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
)
PAYMENT = (
    "`2026-11-22 23:59:58,`wx81be3101902f7cb2,`1900000109,`0,`,`4200000925202611227714992714,"
    "`P20261122000001,`ofyak5qR_1wYsC99CsWA6R9MJazA,`JSAPI,`SUCCESS,`OTHERS,`CNY,`25.99,`0.00,`0,"
    "`0,`0.00,`0.00,`,`,`日本, 30 天,`,`0.16000,`0.60%,`25.99,`0.00,`"
)
REFUND = (
    "`2026-11-22 08:00:00,`wx81be3101902f7cb2,`1900000109,`0,`,`4200000910202611222955148400,"
    "`P20261121000009,`ofyak5qR_1wYsC99CsWA6R9MJazA,`NATIVE,`REFUND,`OTHERS,`CNY,`0.00,`0.00,"
    "`50300407042026112200456,`R20261122000001,`10.05,`0.00,`ORIGINAL,`PROCESSING,`日本,`,"
    "`-0.06000,`0.60%,`0.00,`10.05,`"
)
TOTALS = "`2,`25.99,`10.05,`0.00,`0.10000,`25.99,`10.05"


def written(*lines: str, totals: str = TOTALS, end: str = "\r\n") -> bytes:
    return (end.join([HEADING, *lines, TOTALS_HEADING, totals]) + end).encode()


def read(text: bytes) -> list[SettlementLine]:
    return list(bill.read(io.BytesIO(text), mchid=MCHID))


def test_a_bill_has_payments_refunds_and_fees() -> None:
    assert read(written(PAYMENT, REFUND)) == [
        SettlementLine(
            kind=SettlementKind.PAYMENT,
            reference="4200000925202611227714992714",
            amount_minor=2599,
            currency="CNY",
            at=datetime(2026, 11, 22, 15, 59, 58, tzinfo=UTC),
            payment_number="P20261122000001",
            transaction_id="4200000925202611227714992714",
            fee_minor=16,
        ),
        SettlementLine(
            kind=SettlementKind.REFUND,
            reference="50300407042026112200456",
            amount_minor=1005,
            currency="CNY",
            at=datetime(2026, 11, 22, 0, 0, tzinfo=UTC),
            payment_number="P20261121000009",
            refund_number="R20261122000001",
            transaction_id="4200000910202611222955148400",
            fee_minor=-6,
        ),
    ]


def test_a_mark_at_the_beginning_and_other_ends_of_lines_are_the_same_bill() -> None:
    expected = read(written(PAYMENT, REFUND))
    assert read(b"\xef\xbb\xbf" + written(PAYMENT, REFUND, end="\n")) == expected
    assert read(written(PAYMENT, REFUND) + b"\r\n") == expected


def test_an_empty_bill_is_read_as_one() -> None:
    assert read(bill.EMPTY) == []
    assert read(written(totals="`0,`0.00,`0.00,`0.00,`0.00000,`0.00,`0.00")) == []


def test_a_refund_made_by_hand_has_no_number_of_ours() -> None:
    for nothing in ("`0,", "`,"):
        line = REFUND.replace("`R20261122000001,", nothing)
        assert read(written(PAYMENT, line))[1].refund_number == ""


@pytest.mark.parametrize("state", ["CHANGE", "ABNORMAL", "SUCCESS"])
def test_a_refund_that_was_accepted_moves_money(state: str) -> None:
    line = REFUND.replace("PROCESSING", state)
    assert [one.amount_minor for one in read(written(PAYMENT, line))] == [2599, 1005]


@pytest.mark.parametrize(
    "totals", [TOTALS, "`2,`25.99,`0.00,`0.00,`0.16000,`25.99,`0.00"], ids=["counted", "left out"]
)
def test_a_refund_that_failed_moves_none_whether_totals_count_it_or_not(totals: str) -> None:
    lines = read(written(PAYMENT, REFUND.replace("PROCESSING", "CLOSED"), totals=totals))
    assert [one.kind for one in lines] == [SettlementKind.PAYMENT]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (HEADING, HEADING.replace("手续费,", "")),
        (HEADING, ""),
        (PAYMENT, PAYMENT + ",`more"),
        (PAYMENT, PAYMENT.replace("1900000109", "1900000110")),
        (PAYMENT, PAYMENT.replace("SUCCESS", "PAID")),
        (PAYMENT, PAYMENT.replace("`25.99,`0.00,`0,", "`-25.99,`0.00,`0,")),
        (PAYMENT, PAYMENT.replace("`25.99,`0.00,`0,", "`25.991,`0.00,`0,")),
        (PAYMENT, PAYMENT.replace("`25.99,`0.00,`0,", "`2.6e1,`0.00,`0,")),
        (PAYMENT, PAYMENT.replace("`25.99,`0.00,`0,", "`99999999999999.00,`0.00,`0,")),
        (PAYMENT, PAYMENT.replace("0.16000", "0.16001")),
        (PAYMENT, PAYMENT.replace("2026-11-22", "2026-13-22")),
        (PAYMENT, PAYMENT.replace("2026-11-22 23", "0001-01-01 00")),
        (PAYMENT, PAYMENT.replace("2026-11-22 ", "2026-11-22T")),
        (PAYMENT, PAYMENT.replace("CNY", "元")),
        (PAYMENT, PAYMENT.replace("`4200000925202611227714992714", "`")),
        (PAYMENT, PAYMENT.replace("P20261122000001", "P 1")),
        (PAYMENT, PAYMENT + "\r\n" + PAYMENT),
        (PAYMENT + "\r\n", ""),
        (PAYMENT, PAYMENT.removeprefix("`")),
        (REFUND, REFUND.replace("PROCESSING", "WAITING")),
        (REFUND, REFUND.replace("10.05,`0.00,`ORIGINAL", "10.06,`0.00,`ORIGINAL")),
        (REFUND, REFUND.replace("-0.06000", "0.06000")),
        (TOTALS, TOTALS.replace("`2,", "`3,")),
        (TOTALS, TOTALS.replace("`2,", "`two,")),
        (TOTALS, TOTALS + "\r\n" + TOTALS),
        (TOTALS, TOTALS.replace("`0.10000", "`0.11000")),
        (TOTALS, ""),
        (TOTALS_HEADING + "\r\n", ""),
        (TOTALS_HEADING, TOTALS_HEADING.replace("手续费总金额", "手续费")),
    ],
)
def test_a_bill_of_another_form_is_refused(old: str, new: str) -> None:
    text = written(PAYMENT, REFUND).decode()
    assert old in text
    with pytest.raises(RemoteProtocolError):
        read(text.replace(old, new, 1).encode())


@given(st.integers(min_value=0, max_value=len(written(PAYMENT, REFUND)) - 1))
def test_a_bill_that_is_cut_anywhere_is_refused(length: int) -> None:
    with pytest.raises(RemoteProtocolError):
        read(written(PAYMENT, REFUND)[:length])


@pytest.mark.parametrize(
    "text", [b"\xff\xfe\x00", HEADING.encode() + b"\n`" + b"0" * bill.LINE_BYTES_MAX]
)
def test_bytes_that_are_no_text_and_lines_without_an_end_are_refused(text: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        read(text)


@given(st.integers(min_value=0, max_value=10**13), st.sampled_from(["", "000"]))
def test_yuan_are_read_to_the_fen(fen: int, more: str) -> None:
    amount = f"{fen // 100}.{fen % 100:02}"
    line = PAYMENT.replace("25.99", amount + more)
    totals = f"`1,`{amount},`0.00,`0.00,`0.16,`{amount},`0.00"
    (read_back,) = read(written(line, totals=totals))
    assert read_back.amount_minor == fen


class _Long(io.RawIOBase):
    """A bill of many lines that nobody holds in memory."""

    def __init__(self, count: int) -> None:
        self._rest = self._lines(count)

    def _lines(self, count: int) -> Iterator[bytes]:
        yield HEADING.encode() + b"\r\n"
        for number in range(count):
            yield PAYMENT.replace("P20261122000001", f"P{number:012}").encode() + b"\r\n"
        paid, fees = 2599 * count, 16 * count
        yield TOTALS_HEADING.encode() + b"\r\n"
        yield (
            f"`{count},`{paid / 100:.2f},`0.00,`0.00,`{fees / 100:.5f},`{paid / 100:.2f},`0.00\n"
        ).encode()

    def readline(self, size: Any = -1, /) -> bytes:
        return next(self._rest, b"")


def test_memory_does_not_grow_with_the_lines() -> None:
    tracemalloc.start()
    file = cast(BinaryIO, _Long(10_000))
    count = sum(1 for _ in bill.read(file, mchid=MCHID))
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 10_000
    assert peak_bytes < 256 * 1024


def test_a_missing_bill_means_an_empty_day_only_when_the_next_day_is_over() -> None:
    day = date(2026, 11, 22)
    end = datetime(2026, 11, 23, 16, tzinfo=UTC)
    assert not bill.is_surely_made(day, at_seconds=end.timestamp() - 1)
    assert bill.is_surely_made(day, at_seconds=end.timestamp())
