"""A day's settlement: the account's transactions as PayPal reports them, one JSON line each.

Source: Transaction Search v1. The first line names the day, and the last one counts the lines
between, so that a truncated file is noticed.
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, BinaryIO

from paypalserversdk.paypal_serversdk_client import PaypalServersdkClient

from limosa.domain.payments.providers.paypal.connection import Connection
from limosa.domain.payments.providers.paypal.fields import (
    WORD,
    Fields,
    read_money,
    read_object,
    read_optional,
    read_our_number,
    read_part,
    read_parts,
    read_text,
    read_time,
)
from limosa.domain.payments.status_reports import SettlementKind, SettlementLine
from limosa.foundation.errors import ProviderError, RemoteProtocolError
from limosa.foundation.money import Money

PAGE_LINES = 500
LINE_BYTES_MAX = 64 * 1024
# A search returns at most 10,000 transactions; four a day make 40,000.
WINDOW = timedelta(hours=6)
_EVENT_CODE = re.compile(r"T[0-9]{4}", re.ASCII)
# Money moved for transactions that succeeded, and for those reversed by a line of their own.
_MOVED = frozenset({"S", "V"})
_KINDS = {
    "T1107": SettlementKind.REFUND,  # by us
    "T1106": SettlementKind.REFUND,  # by PayPal itself: PAYMENT.CAPTURE.REVERSED names it
    "T1110": SettlementKind.DISPUTE,  # withheld while a dispute is examined
    "T1201": SettlementKind.DISPUTE,  # taken back by the payer's bank
    "T1111": SettlementKind.DISPUTE_REVERSAL,  # the hold is over
    "T1202": SettlementKind.DISPUTE_REVERSAL,  # the bank gave it back
}
# Transfers of our own money to our bank, and what came back of them: they change what PayPal owes
# us, and settle nothing. One with a fee did cost something.
_WITHDRAWAL = re.compile(r"T04[0-9]{2}|T1101", re.ASCII)
_GIVES = frozenset({SettlementKind.PAYMENT, SettlementKind.DISPUTE_REVERSAL})


def fetch_settlement(connection: Connection, day: date, into: BinaryIO) -> None:
    """Write the transactions of a UTC day.

    Raises ProviderError: retryable while PayPal has not processed the whole day.
    """
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
    into.write(_line({"day": day.isoformat()}))
    count = 0
    for part in range(timedelta(days=1) // WINDOW):
        for transaction in _transactions(connection, begin + part * WINDOW):
            into.write(_line(transaction))
            count += 1
    into.write(_line({"count": count}))


def read_settlement(file: BinaryIO) -> Iterator[SettlementLine]:
    """Yield the lines that moved money. Raises RemoteProtocolError."""
    read_text(_read_line(file), "day", re.compile(r"[0-9-]{10}", re.ASCII))
    count = 0
    while "count" not in (fields := _read_line(file)):
        count += 1
        line = _settlement_line(fields)
        if line is not None:
            yield line
    if fields["count"] != count or file.read(1):
        raise RemoteProtocolError("the settlement is not whole")


def _transactions(connection: Connection, begin: datetime) -> Iterator[Fields]:
    """Yield the transactions of one window, with only the fields we need: nothing about the
    payer."""
    end, page = begin + WINDOW, 1
    while True:
        found = connection.call(_search(begin, end, page))
        if read_time(found, "last_refreshed_datetime") < end:
            raise ProviderError("PayPal has not reported the day yet", retryable=True)
        for detail in read_parts(found, "transaction_details"):
            yield read_part(detail, "transaction_info")
        pages = found.get("total_pages")
        if not isinstance(pages, int) or page >= pages:
            return
        page += 1


def _search(begin: datetime, end: datetime, page: int) -> Any:
    options = {
        "start_date": _search_time(begin),
        "end_date": _search_time(end - timedelta(seconds=1)),  # Both ends are inclusive.
        "fields": "transaction_info",
        "page_size": PAGE_LINES,
        "page": page,
    }

    def ask(client: PaypalServersdkClient) -> Any:
        return client.transaction_search.search_transactions(options)

    return ask


def _search_time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _line(fields: Fields) -> bytes:
    return json.dumps(fields, ensure_ascii=False, sort_keys=True).encode() + b"\n"


def _read_line(file: BinaryIO) -> Fields:
    line = file.readline(LINE_BYTES_MAX)
    if not line.endswith(b"\n"):
        raise RemoteProtocolError("the settlement is not whole")
    return read_object(line)


def _settlement_line(fields: Fields) -> SettlementLine | None:
    """Return a transaction's settlement line; None if no money moved, or not yet."""
    if read_text(fields, "transaction_status", WORD) not in _MOVED:
        return None
    code = read_text(fields, "transaction_event_code", _EVENT_CODE)
    amount = read_money(fields, "transaction_amount", may_be_negative=True)
    if _WITHDRAWAL.fullmatch(code) and not _fee(fields, amount):
        return None
    kind = _KINDS.get(code, SettlementKind.OTHER)
    if code.startswith("T00") and amount.amount_minor > 0:
        kind = SettlementKind.PAYMENT
    elif kind is not SettlementKind.OTHER and (amount.amount_minor > 0) != (kind in _GIVES):
        kind = SettlementKind.OTHER  # In an unexpected direction: a person has to look.
    number, payment_number = _numbers(fields, kind)
    reference = read_text(fields, "transaction_id")
    return SettlementLine(
        kind=kind,
        reference=reference,
        amount_minor=(
            amount.amount_minor if kind is SettlementKind.OTHER else abs(amount.amount_minor)
        ),
        currency=amount.currency,
        at=_time(fields),
        payment_number=payment_number,
        refund_number=number,
        transaction_id=(
            reference
            if kind is SettlementKind.PAYMENT
            else read_optional(fields, "paypal_reference_id")
        ),
        fee_minor=_fee(fields, amount),
    )


def _numbers(fields: Fields, kind: SettlementKind) -> tuple[str, str]:
    """Return our refund and payment numbers, if they are reported."""
    invoice_id = read_our_number(fields, "invoice_id")
    payment_number = read_our_number(fields, "custom_field") or invoice_id
    is_ours = kind is SettlementKind.REFUND and invoice_id != payment_number
    return invoice_id if is_ours else "", payment_number


def _fee(fields: Fields, amount: Money) -> int:
    """Return PayPal's fee; PayPal writes it by its effect on our balance, below zero."""
    if fields.get("fee_amount") is None:
        return 0
    fee = read_money(fields, "fee_amount", may_be_negative=True)
    if fee.currency != amount.currency:
        raise RemoteProtocolError("a fee in another currency")
    return -fee.amount_minor


def _time(fields: Fields) -> datetime:
    """Return the time of the transaction. PayPal writes the offset as +0000, which Python 3.11
    parses."""
    return read_time(fields, "transaction_initiation_date")
