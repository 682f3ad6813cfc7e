"""A day's balance transactions: what each becomes, and what is not believed."""

import json
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.payments.providers.stripe import settlement
from limosa.domain.payments.status_reports import SettlementKind, SettlementLine
from limosa.foundation.errors import RemoteProtocolError
from tests.contract.providers.stripe_signer import (
    CREATED,
    INTENT,
    NUMBER,
    REFUND,
    dispute,
    refund,
)

DAY = date(2025, 11, 24)
CHARGE = {
    "id": "ch_3abc",
    "object": "charge",
    "amount": 2599,
    "currency": "usd",
    "metadata": {"payment_number": NUMBER, "method": "checkout"},
    "payment_intent": INTENT,
}


def row(category: str, amount: Any, source: Any, **changed: Any) -> dict[str, Any]:
    return {
        "id": "txn_1abc",
        "object": "balance_transaction",
        "amount": amount,
        "created": CREATED,
        "currency": "usd",
        "fee": 0,
        "reporting_category": category,
        "source": source,
    } | changed


def written(*rows: dict[str, Any]) -> bytes:
    file = BytesIO()
    settlement.write(rows, day=DAY, into=file)
    return file.getvalue()


def lines(text: bytes) -> list[SettlementLine]:
    return list(settlement.read(BytesIO(text)))


def line(kind: SettlementKind, reference: str, amount_minor: int, **changed: Any) -> SettlementLine:
    words: dict[str, Any] = {
        "kind": kind,
        "reference": reference,
        "amount_minor": amount_minor,
        "currency": "USD",
        "at": datetime.fromtimestamp(CREATED, UTC),
    } | changed
    return SettlementLine(**words)


STORIES: dict[str, tuple[dict[str, Any], SettlementLine]] = {
    "a payment": (
        row("charge", 2599, CHARGE, fee=69),
        line(
            SettlementKind.PAYMENT,
            "ch_3abc",
            2599,
            fee_minor=69,
            payment_number=NUMBER,
            transaction_id=INTENT,
        ),
    ),
    "a payment in another currency than the balance": (
        row("charge", 2400, CHARGE, fee=66, currency="eur"),
        line(
            SettlementKind.PAYMENT,
            "ch_3abc",
            2599,
            fee_minor=71,
            payment_number=NUMBER,
            transaction_id=INTENT,
        ),
    ),
    "a payment of somebody without our number": (
        row("charge", 2599, CHARGE | {"metadata": None}),
        line(SettlementKind.PAYMENT, "ch_3abc", 2599, transaction_id=INTENT),
    ),
    "a refund": (
        row("refund", -600, refund()),
        line(
            SettlementKind.REFUND,
            "re_3abc",
            600,
            refund_number=REFUND,
            payment_number=NUMBER,
            transaction_id=INTENT,
        ),
    ),
    "a refund whose fee comes back, in another currency": (
        row("refund", -554, refund(), fee=-10, currency="eur"),
        line(
            SettlementKind.REFUND,
            "re_3abc",
            600,
            refund_number=REFUND,
            fee_minor=-11,
            payment_number=NUMBER,
            transaction_id=INTENT,
        ),
    ),
    "a dispute": (
        row("dispute", -2599, dispute(), fee=1500),
        line(SettlementKind.DISPUTE, "du_1abc", 2599, fee_minor=1500, transaction_id=INTENT),
    ),
    "a dispute that was won": (
        row("dispute_reversal", 2599, dispute()),
        line(SettlementKind.DISPUTE_REVERSAL, "du_1abc", 2599, transaction_id=INTENT),
    ),
    "a part that came back of a dispute that was lost": (
        row("dispute_reversal", 1999, dispute(status="lost")),
        line(SettlementKind.DISPUTE_REVERSAL, "du_1abc", 1999, transaction_id=INTENT),
    ),
    "a dispute withheld in another currency": (
        row("dispute", -2400, dispute(), currency="eur"),
        line(SettlementKind.DISPUTE, "du_1abc", 2599, transaction_id=INTENT),
    ),
    "a refund that failed": (
        row("refund_failure", 600, refund()),
        line(
            SettlementKind.REFUND_REVERSAL,
            "re_3abc",
            600,
            refund_number=REFUND,
            payment_number=NUMBER,
            transaction_id=INTENT,
        ),
    ),
    "a fee that stands alone": (
        row("fee", -150, None),
        line(SettlementKind.OTHER, "txn_1abc", -150),
    ),
    "a charge without what it is about": (
        row("charge", 2599, "ch_3abc", fee=69),
        line(SettlementKind.OTHER, "txn_1abc", 2599, fee_minor=69),
    ),
    "a charge the wrong way round": (
        row("charge", -2599, CHARGE),
        line(SettlementKind.OTHER, "txn_1abc", -2599),
    ),
}


@pytest.mark.parametrize("story", STORIES)
def test_a_balance_transaction_becomes_a_line(story: str) -> None:
    said, expected = STORIES[story]
    assert lines(written(said)) == [expected]


@pytest.mark.parametrize("category", ["payout", "payout_reversal"])
def test_a_payout_settles_nothing(category: str) -> None:
    assert lines(written(row(category, -9000, None), STORIES["a refund"][0])) == [
        STORIES["a refund"][1]
    ]


def test_a_day_begins_at_midnight_of_utc() -> None:
    moment = datetime.fromtimestamp(settlement.midnight(DAY), UTC)
    assert moment == datetime(2025, 11, 24, tzinfo=UTC)


def test_an_empty_day_is_whole() -> None:
    assert lines(written()) == []


def end(count: object) -> bytes:
    return json.dumps({"object": "limosa.end", "count": count}).encode() + b"\n"


WRONG: dict[str, bytes] = {
    "nothing": b"",
    "no end": written(STORIES["a refund"][0]).splitlines(keepends=True)[0],
    "too few": end(1),
    "too many": written(STORIES["a refund"][0]).splitlines(keepends=True)[0] + end(0),
    "more after the end": end(0) + b"{}",
    "no JSON": b"x\n" + end(1),
    "no object": b"[]\n" + end(1),
    "no category": written(row("charge", 1, CHARGE, reporting_category=None)),
    "an amount in parts": written(row("charge", 1.5, CHARGE)),
    "an amount beyond all": written(row("charge", 10**15 + 1, CHARGE)),
    "a fee that is true": written(row("charge", 2599, CHARGE, fee=True)),
    "a charge without payment": written(row("charge", 1, CHARGE | {"payment_intent": None})),
    "a charge of no currency": written(row("charge", 1, CHARGE | {"currency": "US"})),
    "no id": written(row("fee", 1, None, id=None)),
    "no time": written(row("fee", 1, None, created="now")),
    "a line without end": b'{"a":"' + b"a" * (256 * 1024) + b'"}\n' + end(1),
}


@pytest.mark.parametrize("story", WRONG)
def test_what_is_of_another_form_is_not_believed(story: str) -> None:
    with pytest.raises(RemoteProtocolError):
        lines(WRONG[story])


@given(st.integers(1, 10**12), st.integers(0, 10**9), st.integers(1, 10**12))
def test_a_converted_fee_is_the_same_share_within_half_a_unit(
    amount_minor: int, fee: int, settled: int
) -> None:
    charge = CHARGE | {"amount": amount_minor}
    (said,) = lines(written(row("charge", settled, charge, fee=fee, currency="eur")))
    assert abs(2 * (said.fee_minor * settled - fee * amount_minor)) <= settled


@given(st.binary(max_size=300))
def test_garbage_is_read_or_refused(text: bytes) -> None:
    try:
        lines(text + b"\n" + end(0))
    except RemoteProtocolError:
        return
