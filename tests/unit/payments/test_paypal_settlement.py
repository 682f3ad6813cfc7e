"""A day of PayPal's transactions, line by line."""

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from limosa.domain.payments.providers.paypal.settlement import LINE_BYTES_MAX, read_settlement
from limosa.domain.payments.status_reports import SettlementKind, SettlementLine
from limosa.foundation.errors import RemoteProtocolError


def transaction(**changed: Any) -> dict[str, Any]:
    return {
        "transaction_id": "42311647XV020574X",
        "paypal_reference_id": "9XX",
        "transaction_event_code": "T0006",
        "transaction_initiation_date": "2026-11-22T11:59:58+0000",
        "transaction_amount": {"currency_code": "USD", "value": "25.99"},
        "fee_amount": {"currency_code": "USD", "value": "-1.40"},
        "transaction_status": "S",
        "invoice_id": "P20261122000001",
        "custom_field": "P20261122000001",
    } | changed


def written(*lines: Any, count: int | None = None) -> bytes:
    whole = [{"day": "2026-11-22"}, *lines, {"count": len(lines) if count is None else count}]
    return b"".join(json.dumps(line).encode() + b"\n" for line in whole)


def read(*lines: Any) -> list[SettlementLine]:
    return list(read_settlement(io.BytesIO(written(*lines))))


def line_of(**changed: Any) -> SettlementLine:
    [line] = read(transaction(**changed))
    return line


def usd(value: str) -> dict[str, str]:
    return {"currency_code": "USD", "value": value}


def test_a_payment_has_its_fee() -> None:
    assert line_of() == SettlementLine(
        kind=SettlementKind.PAYMENT,
        reference="42311647XV020574X",
        amount_minor=2599,
        currency="USD",
        at=datetime(2026, 11, 22, 11, 59, 58, tzinfo=UTC),
        payment_number="P20261122000001",
        transaction_id="42311647XV020574X",
        fee_minor=140,
    )


def test_a_refund_has_both_numbers_and_perhaps_a_fee_that_comes_back() -> None:
    back = {
        "transaction_event_code": "T1107",
        "transaction_amount": usd("-6.00"),
        "invoice_id": "R20261122000001",
    }
    line = line_of(**back, fee_amount=usd("0.21"))
    assert (line.kind, line.amount_minor, line.fee_minor) == (SettlementKind.REFUND, 600, -21)
    assert (line.refund_number, line.payment_number) == ("R20261122000001", "P20261122000001")
    assert line.transaction_id == "9XX"
    by_hand = line_of(**back | {"invoice_id": "P20261122000001"}, fee_amount=None)
    assert (by_hand.refund_number, by_hand.payment_number) == ("", "P20261122000001")
    assert by_hand.fee_minor == 0


@pytest.mark.parametrize(
    ("code", "value", "kind", "amount_minor"),
    [
        ("T0000", "25.99", SettlementKind.PAYMENT, 2599),
        ("T0007", "25.99", SettlementKind.PAYMENT, 2599),
        ("T0007", "-25.99", SettlementKind.OTHER, -2599),
        ("T1106", "-25.99", SettlementKind.REFUND, 2599),
        ("T1110", "-25.99", SettlementKind.DISPUTE, 2599),
        ("T1201", "-25.99", SettlementKind.DISPUTE, 2599),
        ("T1111", "25.99", SettlementKind.DISPUTE_REVERSAL, 2599),
        ("T1202", "25.99", SettlementKind.DISPUTE_REVERSAL, 2599),
        ("T1107", "25.99", SettlementKind.OTHER, 2599),
        ("T1111", "-25.99", SettlementKind.OTHER, -2599),
        ("T0300", "100.00", SettlementKind.OTHER, 10000),
    ],
)
def test_each_code_is_what_it_is(
    code: str, value: str, kind: SettlementKind, amount_minor: int
) -> None:
    line = line_of(transaction_event_code=code, transaction_amount=usd(value))
    assert (line.kind, line.amount_minor) == (kind, amount_minor)


@pytest.mark.parametrize("number", ["x" * 33, "INV 7", "№7", None])
def test_a_number_that_cannot_be_ours_is_left_out(number: str | None) -> None:
    line = line_of(invoice_id=number, custom_field=number)
    assert (line.payment_number, line.refund_number) == ("", "")


@pytest.mark.parametrize(("code", "value"), [("T0400", "-100.00"), ("T0403", "-9.00")])
def test_what_goes_to_our_own_bank_and_costs_nothing_is_no_line(code: str, value: str) -> None:
    moved = {"transaction_event_code": code, "transaction_amount": usd(value)}
    for fee in (None, usd("0.00")):
        assert read(transaction(**moved, fee_amount=fee)) == []
    assert read(transaction(**moved | {"transaction_event_code": "T1101"}, fee_amount=None)) == []
    [line] = read(transaction(**moved))
    assert (line.kind, line.fee_minor) == (SettlementKind.OTHER, 140)


def test_what_paypal_itself_gave_back_bears_the_number_of_its_event() -> None:
    line = line_of(
        transaction_id="7RR", transaction_event_code="T1106", transaction_amount=usd("-25.99")
    )
    assert (line.kind, line.reference) == (SettlementKind.REFUND, "7RR")
    assert (line.payment_number, line.refund_number) == ("P20261122000001", "")


def test_only_what_moved_money_is_a_line() -> None:
    statuses = [transaction(transaction_status=status) for status in "SPDV"]
    assert len(read(*statuses)) == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"transaction_status": None},
        {"transaction_event_code": "X"},
        {"transaction_amount": None},
        {"transaction_id": ""},
        {"transaction_initiation_date": "yesterday"},
        {"fee_amount": {"currency_code": "EUR", "value": "-1.40"}},
        {"fee_amount": usd("1.4.0")},
    ],
)
def test_a_line_of_another_form_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(RemoteProtocolError):
        read(transaction(**changed))


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"\n",
        b"{}\n",
        b"<html>\n",
        written(transaction())[:-3],
        b"".join(written(transaction()).splitlines(keepends=True)[:-1]),
        written(transaction(), count=2),
        written(transaction()) + b"\n",
        b" " * (LINE_BYTES_MAX + 1) + b"\n",
    ],
)
def test_a_file_that_is_not_whole_is_refused(file: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        list(read_settlement(io.BytesIO(file)))


def test_a_day_without_transactions_is_whole() -> None:
    assert read() == []
