"""A day's trade bill: a zip with two files in GBK, one with lines and one with totals.

Source: opendocs.alipay.com, "账单下载", and bills published by merchants. Days are Beijing's, from
midnight. The service fee is 0.6 %, and is returned in proportion with a refund; it is written by
its effect on the merchant's balance, negative for a payment. The real bill is available the next
morning; this one at any time, from what is known then.
"""

import io
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from limosa.simulators.clock import BEIJING
from limosa.simulators.payment_gateway.alipay.merchant import Merchant
from limosa.simulators.payment_gateway.alipay.trades import amount_text, time_text

HEADING = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,"
    "订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,"
    "券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注"
)
_SUMS_HEADING = (
    "门店编号,门店名称,交易订单总笔数,退款订单总笔数,订单金额（元）,商家实收（元）,支付宝优惠（元）,"
    "商家优惠（元）,卡消费金额（元）,服务费（元）,分润（元）,实收净额（元）"
)
_DASHES = "-" * 41


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the bill. `amount` and `fee` are in fen, by their effect on the merchant's
    balance."""

    row: sqlite3.Row
    kind: str
    at: float
    amount: int
    fee: int
    request_number: str = ""


class _GbkName(ZipInfo):
    """An entry whose name is in GBK without saying so, as in the real one."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802  (zipfile's name)
        return self.filename.encode("gbk"), self.flag_bits


def day_lines(db: sqlite3.Connection, day: date) -> list[Line]:
    """Return the payments and refunds made on a day."""
    begin = datetime(day.year, day.month, day.day, tzinfo=BEIJING)
    bounds = (begin.timestamp(), (begin + timedelta(days=1)).timestamp())
    payments = db.execute(
        "SELECT * FROM alipay_trades WHERE paid_at >= ? AND paid_at < ? ORDER BY paid_at", bounds
    ).fetchall()
    refunds = db.execute(
        "SELECT out_trade_no, out_request_no, amount, settles_at, subject, trade.created_at,"
        " trade_no, total, buyer, sum(amount) OVER (PARTITION BY out_trade_no"
        " ORDER BY settles_at, out_request_no) AS so_far"
        " FROM alipay_refunds AS refund JOIN alipay_trades AS trade USING (out_trade_no)"
        " WHERE is_done = 1 ORDER BY settles_at"
    ).fetchall()
    lines = [
        Line(row, "交易", row["paid_at"], row["total"], -_fee(row["total"])) for row in payments
    ]
    for row in refunds:
        if bounds[0] <= row["settles_at"] < bounds[1]:
            left_after = row["total"] - row["so_far"]
            returned = _fee(left_after + row["amount"]) - _fee(left_after)
            lines.append(
                Line(
                    row, "退款", row["settles_at"], -row["amount"], returned, row["out_request_no"]
                )
            )
    return lines


def bill_file(lines: Sequence[Line], merchant: Merchant, day: date, *, now: float) -> bytes:
    """Return a day's zip."""
    name = f"{merchant.seller_id}0156_{day:%Y%m%d}"
    head = list(_head(merchant, day))
    files = {
        f"{name}_业务明细.csv": [*head, *_entries(lines), *_foot(lines, now)],
        f"{name}_业务明细(汇总).csv": [*head, _SUMS_HEADING, _sums(lines)],
    }
    content = io.BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as file:
        for entry, texts in files.items():
            info = _GbkName(entry, date_time=_zip_time(now))
            info.compress_type = ZIP_DEFLATED
            file.writestr(info, "".join(f"{text}\r\n" for text in texts).encode("gb18030"))
    return content.getvalue()


def _head(merchant: Merchant, day: date) -> Iterator[str]:
    after = day + timedelta(days=1)
    yield "#支付宝业务明细查询"
    yield f"#账号：[{merchant.seller_id}0156]"
    yield (f"#起始日期：[{day:%Y年%m月%d日} 00:00:00]   终止日期：[{after:%Y年%m月%d日} 00:00:00]")


def _entries(lines: Sequence[Line]) -> Iterator[str]:
    yield f"#{_DASHES}业务明细列表{_DASHES}"
    yield HEADING
    for line in lines:
        row = line.row
        amount = amount_text(line.amount, "CNY")
        values = [
            f"{row['trade_no']}\t",
            f"{row['out_trade_no']}\t",
            line.kind,
            row["subject"].replace(",", " "),
            time_text(row["created_at"]),
            time_text(line.at),
            *("\t",) * 4,
            f"*{row['buyer'][-4:]}",
            *(amount, amount),
            *("0.00",) * 5,
            "",
            *("0.00",) * 2,
            f"{line.request_number}\t",
            *(amount_text(line.fee, "CNY"), "0.00", ""),
        ]
        yield ",".join(values)
    yield f"#{_DASHES}业务明细列表结束{_DASHES}"


def _foot(lines: Sequence[Line], now: float) -> Iterator[str]:
    for kind, words in (("交易", "商家实收"), ("退款", "商家实收退款")):
        of_kind = [line.amount for line in lines if line.kind == kind]
        discounts = words.replace("实收", "优惠")
        yield (
            f"#{kind}合计：{len(of_kind)}笔，{words}共{amount_text(sum(of_kind), 'CNY')}元，"
            f"{discounts}共0.00元"
        )
    yield f"#导出时间：[{time_text(now)}]"


def _sums(lines: Sequence[Line]) -> str:
    counts = [sum(line.kind == kind for line in lines) for kind in ("交易", "退款")]
    amount, fee = sum(line.amount for line in lines), sum(line.fee for line in lines)
    money = [amount, amount, 0, 0, 0, fee, 0, amount + fee]
    return ",".join(["合计", "", *map(str, counts), *(amount_text(one, "CNY") for one in money)])


def _fee(amount: int) -> int:
    """Return 0.6 %, to the nearest fen."""
    return (amount * 6 + 500) // 1000


def _zip_time(now: float) -> tuple[int, int, int, int, int, int]:
    at = datetime.fromtimestamp(now, BEIJING)
    return at.year, at.month, at.day, at.hour, at.minute, at.second
