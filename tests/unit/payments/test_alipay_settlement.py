"""A day's trade bill is read to the fen, or refused; and it never fills the memory."""

import io
import json
import tracemalloc
from collections.abc import Sequence
from datetime import UTC, datetime
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.payments.providers.alipay import settlement
from limosa.domain.payments.providers.alipay.settlement import read_lines
from limosa.domain.payments.status_reports import SettlementKind, SettlementLine
from limosa.foundation.errors import RemoteProtocolError

HEADING = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,"
    "订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,"
    "券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注"
)
NAME = "20886113731234560156_20261125_业务明细.csv"
SUMS = "20886113731234560156_20261125_业务明细(汇总).csv"


def row(
    kind: str = "交易", amount: str = "25.99", *, received: str = "", fee: str = "-0.16",
    request: str = "", number: str = "P1", at: str = "2026-11-25 10:00:30",
) -> str:  # fmt: skip
    """Return a line as published bills have it: tabs behind numbers, amounts in yuan."""
    values = ["2026112522001\t", f"{number}\t", kind, "日本 10 GB", "2026-11-25 10:00:00", at]
    values += ["\t"] * 4 + ["*1234", amount, received or amount, *["0.00"] * 5, "", "0.00", "0.00"]
    return ",".join([*values, f"{request}\t", fee, "0.00", ""])


def totals(payments: int, paid: str, refunds: int, returned: str) -> list[str]:
    return [
        f"#交易合计：{payments}笔，商家实收共{paid}元，商家优惠共0.00元",
        f"#退款合计：{refunds}笔，商家实收退款共{returned}元，商家优惠退款共0.00元",
    ]


def text_of(rows: Sequence[str], foot: Sequence[str], *, heading: str = HEADING) -> bytes:
    lines = [
        "#支付宝业务明细查询",
        "#账号：[20886113731234560156]",
        f"#{'-' * 41}业务明细列表{'-' * 40}",
        heading,
        *rows,
        f"#{'-' * 41}业务明细列表结束{'-' * 36}",
        *foot,
        "#导出时间：[2026年11月26日 06:27:10]",
    ]
    return "".join(f"{line}\r\n" for line in lines).encode("gbk")


def bill(content: bytes, *, name: str = NAME, more: int = 0) -> io.BytesIO:
    """Zip the file of lines together with the one of sums."""
    file = io.BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as zipped:
        zipped.writestr(SUMS, "合计".encode("gbk"))
        zipped.writestr(name, content)
        for number in range(more):
            zipped.writestr(f"{number}.csv", b"")
    file.seek(0)
    return file


def read(rows: Sequence[str], foot: Sequence[str]) -> list[SettlementLine]:
    return list(read_lines(bill(text_of(rows, foot))))


def fault(file: io.BytesIO) -> str:
    with pytest.raises(RemoteProtocolError) as refused:
        list(read_lines(file))
    return str(refused.value)


def test_a_payment_and_its_refund_are_read_to_the_fen() -> None:
    rows = [row(), row("退款", "-6.00", fee="0.04", request="R1", at="2026-11-25 23:59:59")]
    payment, refund = read(rows, totals(1, "25.99", 1, "-6.00"))
    assert payment == SettlementLine(
        kind=SettlementKind.PAYMENT,
        reference="2026112522001",
        amount_minor=2599,
        currency="CNY",
        at=datetime(2026, 11, 25, 2, 0, 30, tzinfo=UTC),
        payment_number="P1",
        transaction_id="2026112522001",
        fee_minor=16,
    )
    assert refund == SettlementLine(
        kind=SettlementKind.REFUND,
        reference="2026112522001/R1",
        amount_minor=600,
        currency="CNY",
        at=datetime(2026, 11, 25, 15, 59, 59, tzinfo=UTC),
        payment_number="P1",
        refund_number="R1",
        transaction_id="2026112522001",
        fee_minor=-4,
    )


def test_our_own_discounts_are_in_the_fee() -> None:
    (line,) = read([row(received="20.00")], totals(1, "20.00", 0, "0.00"))
    assert (line.amount_minor, line.fee_minor) == (2599, 599 + 16)


def test_what_is_neither_payment_nor_refund_keeps_its_sign() -> None:
    (line,) = read([row("转账", "-1.00", fee="0.00")], totals(0, "0.00", 0, "0.00"))
    assert (line.kind, line.amount_minor, line.fee_minor) == (SettlementKind.OTHER, -100, 0)


def test_numbers_of_others_are_not_taken_for_ours() -> None:
    long = "x" * 64
    (line,) = read([row("退款", "-1.00", number=long, request=long)], totals(0, "0.00", 1, "-1.00"))
    assert (line.payment_number, line.refund_number) == ("", "")
    assert len(line.reference) <= settlement.REFERENCE_LENGTH_MAX
    assert line.reference.endswith(long)


def test_an_empty_bill_has_no_lines() -> None:
    assert read([], totals(0, "0.00", 0, "0.00")) == []


@pytest.mark.parametrize(
    "answer",
    [
        {"code": "40004", "sub_code": "NO_BILL_DATA"},
        {"code": "40004", "sub_code": "isp.no_bill_data"},
        {"code": "10000", "bill_file_code": "EMPTY_DATA_WITH_BILL_FILE"},
    ],
)
def test_the_platforms_word_that_nothing_was_traded_is_an_empty_bill(
    answer: dict[str, str],
) -> None:
    assert list(read_lines(io.BytesIO(json.dumps(answer).encode()))) == []


@pytest.mark.parametrize(
    "content",
    [b"", b"PK", b"{", b"{}", b'{"code":"10000"}', b"{" + b"[" * 60_000, b"<html>", b"PK\x05\x06"],
)
def test_what_is_no_bill_is_refused(content: bytes) -> None:
    assert fault(io.BytesIO(content)).startswith("not a trade bill of Alipay")


@pytest.mark.parametrize(
    "changed",
    [
        {"amount": "25.999"},
        {"amount": "-25.99"},
        {"amount": ""},
        {"amount": "25,99"},
        {"fee": "free"},
        {"kind": "退款", "amount": "6.00"},
        {"at": "2026-11-25"},
        {"at": "0001-01-01 00:00:00"},
        {"at": "2026-11-25 25:00:00"},
    ],
)
def test_a_line_of_another_form_is_refused(changed: dict[str, str]) -> None:
    assert fault(bill(text_of([row(**changed)], totals(1, "25.99", 0, "0.00"))))


@pytest.mark.parametrize(
    "foot",
    [
        [],
        totals(1, "25.99", 0, "0.00")[:1],
        totals(2, "25.99", 0, "0.00"),
        totals(1, "25.98", 0, "0.00"),
        totals(1, "25.99", 1, "0.00"),
        totals(1, "25.99", 0, "-0.01"),
        totals(1, "2.5.99", 0, "0.00"),
    ],
)
def test_a_bill_whose_totals_say_something_else_is_refused(foot: list[str]) -> None:
    assert fault(bill(text_of([row()], foot)))


def test_totals_may_have_commas_between_thousands() -> None:
    rows = [row(amount="1000.00"), row(amount="234.50")]
    assert len(read(rows, totals(2, "1,234.50", 0, "0.00"))) == 2


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.99])
def test_a_bill_that_breaks_off_is_refused(share: float) -> None:
    content = text_of([row()] * 50, totals(50, "1299.50", 0, "0.00"))
    assert fault(bill(content[: int(len(content) * share)]))
    whole = bill(content).getvalue()
    assert fault(io.BytesIO(whole[: int(len(whole) * share)]))


def test_a_bill_that_breaks_off_between_two_lines_is_refused() -> None:
    lines = text_of([row()], totals(1, "25.99", 0, "0.00")).splitlines(keepends=True)
    for count in range(1, len(lines) - 1):
        assert "totals" in fault(bill(b"".join(lines[:count])))


def test_two_bills_in_one_file_are_refused() -> None:
    whole = bill(text_of([], totals(0, "0.00", 0, "0.00"))).getvalue()
    assert "before it" in fault(io.BytesIO(whole + whole))


def test_a_changed_byte_is_noticed() -> None:
    content = bytearray(bill(text_of([row()], totals(1, "25.99", 0, "0.00"))).getvalue())
    at = content.index(b"PK\x03\x04", 10) + 120
    content[at] ^= 0x55
    assert fault(io.BytesIO(bytes(content)))


def test_headings_may_be_in_another_order_but_not_missing() -> None:
    columns = HEADING.split(",")
    values = dict(zip(columns, row().split(","), strict=True))
    turned = columns[::-1]
    rows = [",".join(values[column] for column in turned)]
    file = bill(text_of(rows, totals(1, "25.99", 0, "0.00"), heading=",".join(turned)))
    assert [line.amount_minor for line in read_lines(file)] == [2599]
    without = HEADING.replace("服务费（元）", "其他")
    assert "服务费" in fault(bill(text_of([row()], [], heading=without)))
    assert "columns" in fault(bill(text_of([row() + ",more"], [])))


def test_a_bill_in_another_encoding_is_refused() -> None:
    assert "GBK" in fault(bill(b"#\xff\xff\xff\n" + HEADING.encode("gbk")))


def test_only_one_file_of_lines_is_a_bill() -> None:
    assert "one file" in fault(bill(b"", name="readme.txt"))
    file = bill(text_of([], totals(0, "0.00", 0, "0.00")))
    with ZipFile(file, "a") as zipped:
        zipped.writestr("0_业务明细.csv", b"")
    file.seek(0)
    assert "one file" in fault(file)


def test_a_bomb_does_not_go_off(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "too many" in fault(bill(b"", more=20))
    monkeypatch.setattr(settlement, "ENTRY_BYTES_MAX", 1000)
    assert "too large" in fault(bill(b"a" * 1001))
    monkeypatch.setattr(settlement, "ENTRY_BYTES_MAX", 10**9)
    endless = bill(b"," * 3_000_000)
    tracemalloc.start()
    assert "without an end" in fault(endless)
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


def test_a_large_day_takes_no_more_memory_than_a_small_one() -> None:
    count = 20_000
    file = bill(text_of([row()] * count, totals(count, f"{2599 * count / 100:.2f}", 0, "0.00")))
    tracemalloc.start()
    assert sum(line.amount_minor for line in read_lines(file)) == 2599 * count
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000


@given(st.binary(max_size=200).filter(lambda content: b"EMPTY_DATA" not in content))
def test_garbage_is_refused(content: bytes) -> None:
    """All but the answer for a day without payments, which Hypothesis finds in the sources."""
    assert fault(io.BytesIO(content))


@given(
    at=st.integers(min_value=0, max_value=24),
    value=st.text(st.characters(codec="gbk", exclude_characters="\r\n"), max_size=20),
)
def test_any_value_in_a_line_is_read_or_refused(at: int, value: str) -> None:
    values = row().split(",")
    values[at] = value
    file = bill(text_of([",".join(values)], totals(1, "25.99", 0, "0.00")))
    try:
        lines = list(read_lines(file))
    except RemoteProtocolError:
        return
    assert len(lines) <= 1
