"""A provider's settlement of a day: fetched, and read back line by line."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest

from limosa.domain.payments.status_reports import (
    PaymentStatusReport,
    RefundStatusReport,
    SettlementKind,
    SettlementLine,
)
from limosa.foundation.errors import ProviderError, RemoteProtocolError
from limosa.foundation.money import Money
from tests.contract.providers.abilities_lists import DISPUTING, SETTLING, opened
from tests.contract.providers.harness import Harness
from tests.contract.providers.trial import created

pytestmark = pytest.mark.enable_socket
Day = tuple[Harness, list[PaymentStatusReport], RefundStatusReport, bytes]


@pytest.fixture(scope="module", params=sorted(SETTLING))
def sandbox(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Harness]]:
    folder = tmp_path_factory.mktemp(request.param)
    with opened(SETTLING, request.param, folder) as harness:
        yield request.param, harness


@pytest.fixture(scope="module")
def day(sandbox: tuple[str, Harness]) -> Day:
    """Two payments, of which one is refunded in part, and the settlement of their day."""
    _, harness = sandbox
    trials = [created(harness) for _ in range(2)]
    paid = [trial.paid() for trial in trials]
    refund = trials[0].ended(trials[0].refund(amount=Money(600, harness.currency)))
    return harness, paid, refund, settled(harness, paid[0])


def settled(harness: Harness, paid: PaymentStatusReport, *, days: int = 0) -> bytes:
    """Return the settlement of the day of a payment, or of one after or before it."""
    assert paid.paid_at is not None
    zone = ZoneInfo(harness.provider.settlement_zone)
    file = BytesIO()
    harness.provider.fetch_settlement(
        paid.paid_at.astimezone(zone).date() + timedelta(days=days), file
    )
    return file.getvalue()


def lines_of(harness: Harness, text: bytes) -> list[SettlementLine]:
    return list(harness.provider.read_settlement(BytesIO(text)))


def of_kind(lines: list[SettlementLine], kind: SettlementKind) -> list[SettlementLine]:
    return [line for line in lines if line.kind is kind]


def test_each_payment_has_a_line_that_names_it(day: Day) -> None:
    harness, paid, _, text = day
    lines = {line.transaction_id: line for line in lines_of(harness, text)}
    for report in paid:
        line = lines[report.transaction_id]
        assert line.payment_number in {"", report.payment_number}
        assert report.paid_at is not None
        assert abs(line.at - report.paid_at) < timedelta(seconds=5)
    payments = of_kind(lines_of(harness, text), SettlementKind.PAYMENT)
    assert sorted((line.amount_minor, line.currency) for line in payments) == sorted(
        (report.amount_minor, report.currency) for report in paid
    )


def test_a_refund_has_a_line_that_names_it(day: Day) -> None:
    harness, _, refund, text = day
    (line,) = of_kind(lines_of(harness, text), SettlementKind.REFUND)
    assert (line.amount_minor, line.currency) == (refund.amount_minor, refund.currency)
    assert line.refund_number == refund.refund_number or line.reference == refund.reference


def test_no_line_is_there_twice_and_no_amount_is_negative(day: Day) -> None:
    harness, _, _, text = day
    lines = lines_of(harness, text)
    assert Counter(line.kind for line in lines) == {
        SettlementKind.PAYMENT: 2,
        SettlementKind.REFUND: 1,
    }
    assert len({(line.kind, line.reference) for line in lines}) == len(lines)
    assert all(line.amount_minor > 0 for line in lines)
    assert all(line.reference for line in lines)
    assert sum(line.fee_minor for line in lines) >= 0


def test_other_days_have_nothing_of_it(day: Day) -> None:
    harness, paid, _, _ = day
    assert lines_of(harness, settled(harness, paid[0], days=-3)) == []
    for days in (-1, 1):
        try:
            lines = lines_of(harness, settled(harness, paid[0], days=days))
        except ProviderError as error:
            if not error.retryable:  # It is not made yet.
                raise
        else:
            assert lines == []


def test_a_settlement_that_is_cut_off_is_not_believed(day: Day) -> None:
    harness, _, _, text = day
    whole = lines_of(harness, text)
    for end in range(0, len(text) - 1, max(1, len(text) // 40)):
        read: list[SettlementLine] = []
        with pytest.raises(RemoteProtocolError):
            read.extend(harness.provider.read_settlement(BytesIO(text[:end])))
        assert read == whole[: len(read)]


def test_what_is_no_settlement_is_not_believed(day: Day) -> None:
    harness, _, _, text = day
    for wrong in (b"", b"\n", b"{}", b"<html></html>", b"\xff\xfe", b"[" * 5000, text + text):
        with pytest.raises(RemoteProtocolError):
            lines_of(harness, wrong)


def test_a_dispute_has_a_line_and_so_has_its_return(
    sandbox: tuple[str, Harness],
    day: Day,  # Fetched before: it is of the payments without disputes.
) -> None:
    name, _ = sandbox
    if name not in DISPUTING:
        pytest.skip("its payers cannot dispute a payment")
    _, harness = sandbox
    pay_and_dispute(harness)


def pay_and_dispute(harness: Harness) -> None:
    trial = created(harness)
    paid = trial.paid()
    dispute, decide = getattr(harness, "dispute", None), getattr(harness, "decide", None)
    assert callable(dispute)
    assert callable(decide)
    dispute(trial.number)
    decide(trial.number, is_won=True)
    lines = [
        line
        for line in lines_of(harness, settled(harness, paid))
        if line.transaction_id == paid.transaction_id and line.kind is not SettlementKind.PAYMENT
    ]
    assert {line.kind for line in lines} == {
        SettlementKind.DISPUTE,
        SettlementKind.DISPUTE_REVERSAL,
    }
    assert {line.amount_minor for line in lines} == {paid.amount_minor}
    assert sum(line.fee_minor for line in lines) >= 0
