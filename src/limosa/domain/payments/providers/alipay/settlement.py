"""A day's trade bill: a zip that contains a GBK file of lines.

Comment lines begin with `#`. The last ones give the number and the sums of payments and refunds,
which reveal a truncated bill. It is read line by line, so memory does not grow with the number of
payments.
Source: opendocs.alipay.com, "Bills" (账单下载); see SOURCES.md.
"""

import io
import json
import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, BinaryIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from limosa.domain.payments.providers.alipay import wire
from limosa.domain.payments.status_reports import SettlementKind, SettlementLine
from limosa.foundation.errors import RemoteProtocolError

# Ours: more than any real day has, and less than a zip bomb needs.
ENTRIES_MAX = 16
ENTRY_BYTES_MAX = 512 * 1024 * 1024
LINE_CHARACTERS_MAX = 8192
NOTE_BYTES_MAX = 64 * 1024
REFERENCE_LENGTH_MAX = 80

LINES_FILE = "业务明细.csv"
END_OF_LINES = "业务明细列表结束"
_KINDS = {"交易": SettlementKind.PAYMENT, "退款": SettlementKind.REFUND}
_TOTALS = re.compile(r"#(交易|退款)合计：(\d+)笔，商家实收(?:退款)?共(-?[\d,.]+)元")
_AMOUNT = re.compile(r"-?\d{1,11}(?:\.\d{1,2})?", re.ASCII)
_END_RECORD = struct.Struct("<4s4H2LH")
_END_SIGNATURE = b"PK\x05\x06"
_COMMENT_BYTES_MAX = 65535


# What is stored for a day without a bill, in the platform's own words.
EMPTY = b'{"bill_file_code": "EMPTY_DATA_WITH_BILL_FILE"}'


def is_surely_made(day: date, *, at: datetime) -> bool:
    """Return whether a day's bill would have been issued by now, if anything was traded that day.

    It is issued the next morning; a late one has until the end of that day in Beijing.
    """
    next_day = datetime(day.year, day.month, day.day, tzinfo=wire.BEIJING) + timedelta(days=1)
    return at >= next_day + timedelta(days=1)


def is_empty(answer: Mapping[str, Any]) -> bool:
    """Return whether an answer says that nothing was traded that day.

    Source: `NO_BILL_DATA` among the errors, `bill_file_code` among the members of the reply.
    """
    code = wire.read_code(answer, "sub_code").rpartition(".")[2].upper()
    return code == "NO_BILL_DATA" or answer.get("bill_file_code") == "EMPTY_DATA_WITH_BILL_FILE"


def read_lines(file: BinaryIO) -> Iterator[SettlementLine]:
    """Yield the lines of a bill, or none if the platform said that there are none.

    Raises RemoteProtocolError if it is not in the documented format or incomplete, which may show
    only at the end.
    """
    if file.read(1) == b"{":
        file.seek(0)
        _check_note(file.read(NOTE_BYTES_MAX))
        return
    try:
        _check_entries(file)
        with ZipFile(file, metadata_encoding="gbk") as bill, bill.open(_lines_of(bill)) as entry:
            yield from _read(_texts(io.TextIOWrapper(entry, "gb18030", newline="")))
    # EOFError: truncated. NotImplementedError, RuntimeError: an unknown compression, or encrypted.
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _malformed(type(error).__name__) from error
    except UnicodeDecodeError as error:
        raise _malformed("not in GBK") from error


def _check_note(note: bytes) -> None:
    try:
        answer = json.loads(note)
    except (ValueError, RecursionError):
        answer = {}
    if not isinstance(answer, dict) or not is_empty(answer):
        raise _malformed("neither a zip nor an empty day")


def _check_entries(file: BinaryIO) -> None:
    """Refuse a list of entries that would fill the memory before one is read."""
    length = file.seek(0, io.SEEK_END)
    begin = file.seek(max(0, length - _COMMENT_BYTES_MAX - _END_RECORD.size))
    tail = file.read()
    at = tail.rfind(_END_SIGNATURE)
    if at < 0 or len(tail) - at < _END_RECORD.size:
        raise _malformed("no zip")
    entries, directory_bytes, directory_at = _END_RECORD.unpack_from(tail, at)[4:7]
    if entries > ENTRIES_MAX or directory_bytes > NOTE_BYTES_MAX:
        raise _malformed("too many entries")
    if directory_at + directory_bytes != begin + at:
        raise _malformed("something stands before it")
    file.seek(0)


def _lines_of(bill: ZipFile) -> ZipInfo:
    """Return the entry with the lines. The other one contains totals."""
    found = [entry for entry in bill.infolist() if entry.filename.endswith(LINES_FILE)]
    if len(found) != 1:
        raise _malformed("not one file of lines")
    if found[0].file_size > ENTRY_BYTES_MAX:
        raise _malformed("too large")
    return found[0]


def _texts(file: io.TextIOWrapper) -> Iterator[str]:
    while text := file.readline(LINE_CHARACTERS_MAX):
        if not text.endswith("\n") and len(text) == LINE_CHARACTERS_MAX:
            raise _malformed("a line without an end")
        yield text.rstrip("\r\n")


@dataclass(slots=True)
class _Sum:
    """The number of lines of a kind, and the sum that we received for them."""

    count: int = 0
    received_minor: int = 0


class _Columns:
    """Finds the values in a line by the names in the heading."""

    def __init__(self, heading: str) -> None:
        names = [_name(text) for text in heading.split(",")]
        self._count = len(names)
        self._at = {name: at for at, name in enumerate(names)}
        for name in ("支付宝交易号", "商户订单号", "业务类型", "完成时间", "订单金额", "商家实收",
                     "退款批次号/请求号", "服务费"):  # fmt: skip
            if name not in self._at:
                raise _malformed(f"no column {name}")

    def line_of(self, text: str) -> tuple[SettlementLine, int]:
        """Return a line, and what we received for it, in fen.

        The fee is the difference between the order's amount and what was received: the service fee,
        which is written by its effect on our balance (negative for a payment), and our discounts.
        """
        values = [value.strip() for value in text.split(",")]
        if len(values) != self._count:
            raise _malformed("a line with other columns than the heading")
        ordered, received = self._fen(values, "订单金额"), self._fen(values, "商家实收")
        kind = _KINDS.get(self._value(values, "业务类型"), SettlementKind.OTHER)
        sign = {SettlementKind.PAYMENT: 1, SettlementKind.REFUND: -1}.get(kind, 0)
        if sign * ordered < 0:
            raise _malformed("an amount of the wrong sign")
        transaction_id = self._value(values, "支付宝交易号")
        request_number = self._value(values, "退款批次号/请求号")
        reference = f"{transaction_id}/{request_number}" if request_number else transaction_id
        line = SettlementLine(
            kind=kind,
            reference=reference[-REFERENCE_LENGTH_MAX:],
            amount_minor=sign * ordered if sign else ordered,
            currency=wire.CURRENCY,
            at=_time(self._value(values, "完成时间")),
            payment_number=_ours(self._value(values, "商户订单号")),
            refund_number=_ours(request_number),
            transaction_id=transaction_id,
            fee_minor=ordered - received - self._fen(values, "服务费"),
        )
        return line, received

    def _value(self, values: list[str], name: str) -> str:
        return values[self._at[name]]

    def _fen(self, values: list[str], name: str) -> int:
        return _fen(self._value(values, name))


def _read(texts: Iterator[str]) -> Iterator[SettlementLine]:
    columns: _Columns | None = None
    sums = {SettlementKind.PAYMENT: _Sum(), SettlementKind.REFUND: _Sum()}
    for text in texts:
        if text.startswith("#"):
            if END_OF_LINES in text:
                break
        elif columns is None:
            columns = _Columns(text)
        else:
            line, received = columns.line_of(text)
            if line.kind in sums:
                sums[line.kind].count += 1
                sums[line.kind].received_minor += received
            yield line
    _check_totals(texts, sums)


def _check_totals(texts: Iterator[str], sums: Mapping[SettlementKind, _Sum]) -> None:
    """Compare what was read with the totals in the last lines; without them the bill is
    truncated."""
    said: dict[SettlementKind, _Sum] = {}
    for text in texts:
        if found := _TOTALS.match(text):
            amount_minor = _fen(found[3].replace(",", ""))
            said[_KINDS[found[1]]] = _Sum(int(found[2]), amount_minor)
    if said != sums:
        raise _malformed("the lines are not what the totals say")


def _name(text: str) -> str:
    """Return a column's name without its unit."""
    return text.strip().removesuffix("（元）").removesuffix("(元)")


def _ours(number: str) -> str:
    """Return a number that may be ours; empty for one assigned by others or by Alipay itself."""
    return number if wire.NUMBER.fullmatch(number) else ""


def _fen(text: str) -> int:
    if not _AMOUNT.fullmatch(text):
        raise _malformed("an amount")
    return int(Decimal(text) * 100)


def _time(text: str) -> datetime:
    try:
        return wire.parse_time(text)
    except (ValueError, OverflowError):
        raise _malformed("a time") from None


def _malformed(what: str) -> RemoteProtocolError:
    return RemoteProtocolError(f"not a trade bill of Alipay: {what}")
