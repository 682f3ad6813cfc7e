"""A day's trade bill: a CSV whose values begin with a backtick, followed by its totals.

Source: pay.weixin.qq.com, "下载账单": values are in yuan, times in Beijing time; the last line has
the totals, under a heading of their own. Columns are found by their heading, because some accounts
have more of them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import BinaryIO

from limosa.domain.payments.message_refusals import MessageRefusedError
from limosa.domain.payments.providers.wechatpay.refusals import Refusal
from limosa.domain.payments.providers.wechatpay.wire import BEIJING
from limosa.domain.payments.status_reports import SettlementKind, SettlementLine

LINE_BYTES_MAX = 64 * 1024  # Ours: a line is about 300 bytes.
COLUMNS = (
    "交易时间", "商户号", "微信订单号", "商户订单号", "交易状态", "货币种类", "应结订单金额",
    "微信退款单号", "商户退款单号", "退款金额", "退款状态", "手续费",
)  # fmt: skip
TOTALS = ("总交易单数", "应结订单总金额", "退款总金额", "手续费总金额")
# A reversed payment-code order is not one of ours; if it appears, the money went back.
KINDS: Mapping[str, SettlementKind] = {
    "SUCCESS": SettlementKind.PAYMENT,
    "REFUND": SettlementKind.REFUND,
    "REVOKED": SettlementKind.REFUND,
}
# Money leaves our account as soon as a refund is accepted (PROCESSING), and also when the payer's
# card refused it (CHANGE): then it stays with the platform until a person acts.
REFUND_MOVES: Mapping[str, bool] = {
    "SUCCESS": True,
    "PROCESSING": True,
    "CHANGE": True,
    "ABNORMAL": True,
    "FAIL": False,
    "CLOSED": False,
}
EMPTY = "\n".join((",".join(COLUMNS), ",".join(TOTALS), "`0,`0.00,`0.00,`0.00", "")).encode()
# Thirteen digits of yuan: in fen this fits a bigint column easily.
_YUAN = re.compile(r"(-?)([0-9]{1,13})(?:\.([0-9]{1,5}))?", re.ASCII)
_COUNT = re.compile(r"[0-9]{1,12}", re.ASCII)
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}", re.ASCII)
_IDENTIFIER = re.compile(r"[\x21-\x5f\x61-\x7e]{1,64}", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)

Row = Mapping[str, str]


def is_surely_made(day: date, *, at_seconds: float) -> bool:
    """Return whether a day's bill would have been issued by now, if anything happened that day.

    It is issued at ten the next morning; a late one has until the end of that day. Before that,
    "there is no bill" does not mean that the day was empty.
    """
    end = datetime(day.year, day.month, day.day, tzinfo=BEIJING) + timedelta(days=2)
    return at_seconds >= end.timestamp()


def read(file: BinaryIO, *, mchid: str) -> Iterator[SettlementLine]:
    """Yield what moved money. Raises MessageRefusedError, at the latest when it reaches the
    totals."""
    lines = _lines(file)
    columns = next(lines, "").removeprefix("\ufeff").split(",")
    if not set(COLUMNS) <= set(columns):
        raise _malformed("heading")
    counted = _Counted()
    for text in lines:
        if not text.startswith("`"):
            _check_totals(text.split(","), lines, counted)
            return
        row = _row(columns, text)
        if row["商户号"] != mchid:
            raise MessageRefusedError(Refusal.MERCHANT_WRONG)
        line = _line(row)
        moves = _moves(row, line.kind)
        counted.add(line, moves=moves)
        if moves:
            yield line
    raise _malformed("no totals")


@dataclass(slots=True)
class _Counted:
    """What is compared with the totals: paid, refunded, fees; `failed`: those that failed."""

    lines: int = 0
    paid: int = 0
    refunded: int = 0
    fees: int = 0
    failed_refunded: int = 0
    failed_fees: int = 0

    def add(self, line: SettlementLine, *, moves: bool) -> None:
        self.lines += 1
        if not moves:
            self.failed_refunded += line.amount_minor
            self.failed_fees += line.fee_minor
            return
        self.fees += line.fee_minor
        if line.kind is SettlementKind.PAYMENT:
            self.paid += line.amount_minor
        else:
            self.refunded += line.amount_minor

    def agrees(self, lines: int, paid: int, refunded: int, fees: int) -> bool:
        """Return whether the totals match.

        No page says whether they include failed refunds, so either is accepted.
        """
        with_failed = (self.refunded + self.failed_refunded, self.fees + self.failed_fees)
        return (lines, paid) == (self.lines, self.paid) and (refunded, fees) in {
            (self.refunded, self.fees),
            with_failed,
        }


def _check_totals(heading: list[str], lines: Iterator[str], counted: _Counted) -> None:
    if not set(TOTALS) <= set(heading):
        raise _malformed("neither a line nor totals")
    totals = _row(heading, next(lines, ""))
    lines_told = int(_matched(totals, "总交易单数", _COUNT))
    paid, refunded, fees = (_fen(totals, name) for name in TOTALS[1:])
    if not counted.agrees(lines_told, paid, refunded, fees):
        raise _malformed("totals are not those of the lines")
    if any(lines):
        raise _malformed("more after the totals")


def _lines(file: BinaryIO) -> Iterator[str]:
    while line := file.readline(LINE_BYTES_MAX):
        if not line.endswith(b"\n"):
            raise _malformed("a line that is cut off, or too long")
        try:
            yield line.decode().rstrip("\r\n")
        except UnicodeDecodeError:
            raise _malformed("not UTF-8") from None


def _row(columns: list[str], text: str) -> Row:
    """Return the values by column. A comma without a following backtick belongs to the value."""
    values = text.removeprefix("`").split(",`")
    if len(values) != len(columns):
        raise _malformed("columns")
    return dict(zip(columns, values, strict=True))


def _line(row: Row) -> SettlementLine:
    kind = KINDS.get(row["交易状态"])
    if kind is None:
        raise _malformed("交易状态")
    is_payment = kind is SettlementKind.PAYMENT
    amount_minor = _fen(row, "应结订单金额" if is_payment else "退款金额")
    if amount_minor < 0:
        raise _malformed("negative amount")
    return SettlementLine(
        kind=kind,
        reference=_matched(row, "微信订单号" if is_payment else "微信退款单号", _IDENTIFIER),
        amount_minor=amount_minor,
        currency=_matched(row, "货币种类", _CURRENCY),
        at=_time(row),
        payment_number=_number(row, "商户订单号"),
        refund_number="" if is_payment else _number(row, "商户退款单号"),
        transaction_id=_matched(row, "微信订单号", _IDENTIFIER),
        fee_minor=_fen(row, "手续费"),
    )


def _moves(row: Row, kind: SettlementKind) -> bool:
    if kind is SettlementKind.PAYMENT:
        return True
    moves = REFUND_MOVES.get(row["退款状态"])
    if moves is None:
        raise _malformed("退款状态")
    return moves


def _number(row: Row, name: str) -> str:
    """Return one of our numbers. If there is none, a bill has 0 or nothing."""
    return "" if row[name] in {"", "0"} else _matched(row, name, _IDENTIFIER)


def _fen(row: Row, name: str) -> int:
    """Return yuan as fen, exactly: fees have five decimals, of which those beyond two must be 0."""
    found = _YUAN.fullmatch(row[name])
    places = (found[3] or "").ljust(5, "0") if found else ""
    if found is None or places[2:] != "000":
        raise _malformed(name)
    fen = int(found[2]) * 100 + int(places[:2])
    return -fen if found[1] else fen


def _time(row: Row) -> datetime:
    text = _matched(row, "交易时间", _TIME)
    try:
        return datetime.fromisoformat(text).replace(tzinfo=BEIJING).astimezone(UTC)
    except (ValueError, OverflowError):
        raise _malformed("交易时间") from None


def _matched(row: Row, name: str, pattern: re.Pattern[str]) -> str:
    if not pattern.fullmatch(row[name]):
        raise _malformed(name)
    return row[name]


def _malformed(what: str) -> MessageRefusedError:
    return MessageRefusedError(Refusal.RESOURCE_MALFORMED, f"bill: {what}")
