"""Each kind of difference is found, resolves by itself when it is explained, and is kept once."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from limosa.config.cli import main
from limosa.domain.ledger.queries import balance_of
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.ordering.operations.apply_dispute_status import apply_dispute_status
from limosa.domain.ordering.operations.push_refunds import push_refunds
from limosa.domain.ordering.operations.reconcile import reconcile
from limosa.domain.ordering.operations.reconcile_due import reconcile_due
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.payments.models import (
    Difference,
    DifferenceState,
    Dispute,
    Payment,
    PaymentState,
    Refund,
    RefundState,
    SettledLine,
    Settlement,
    SettlementState,
    SettlementTotal,
)
from limosa.domain.payments.status_reports import (
    DisputeOutcome,
    DisputeStatusReport,
    SettlementKind,
    SettlementLine,
)
from limosa.domain.support.models import AuditEntry
from limosa.domain.support.operations.resolve_difference import resolve_difference
from limosa.foundation.errors import ProviderError, RemoteProtocolError
from tests.database.ordering.shop import Shop
from tests.factories import MOMENT
from tests.factories.accounts import make_operator

DAY = date(2026, 11, 23)  # MOMENT's day in Beijing: two in the morning.
NIGHT = MOMENT + timedelta(days=1)
FEE = 100


def run(shop: Shop, day: date = DAY, now: datetime = NIGHT) -> Settlement:
    return reconcile(provider_code="fake", day=day, now=now)


def found() -> list[tuple[str, str]]:
    """Return kind and subject of what is open."""
    rows = Difference.objects.filter(state=DifferenceState.OPEN).order_by("kind", "subject")
    return [(row.kind, row.subject) for row in rows]


def line_of(shop: Shop, payment: Payment) -> SettlementLine:
    return next(line for line in shop.provider.lines() if line.payment_number == payment.number)


def test_a_day_without_faults_matches_and_its_fees_make_the_clearing_account_even(
    shop: Shop,
) -> None:
    shop.provider.fee_minor = FEE
    payment, refunded = shop.pay(shop.place()), shop.pay(shop.place())
    refund_order(order_number=refunded.order_number, reason="staff", now=MOMENT)
    push_refunds(now=MOMENT)
    settlement = run(shop)
    assert (settlement.lines, settlement.matched, settlement.state) == (3, 3, "done")
    assert found() == []
    total = SettlementTotal.objects.get(settlement=settlement)
    assert total.net_minor == total.booked_minor == payment.received_minor - 2 * FEE
    assert balance_of(code="clearing:fake:CNY") == payment.received_minor - 2 * FEE
    assert balance_of(code="provider_fees:fake:CNY") == 2 * FEE


def refunded(payment: Payment) -> Refund:
    """Return a refund whose money has arrived."""
    refund_order(order_number=payment.order_number, reason="staff", now=MOMENT)
    push_refunds(now=MOMENT)
    return Refund.objects.get()


def make_up(shop: Shop, payment: Payment, kind: SettlementKind, **others: Any) -> None:
    """Have the settlement list a line of another kind about a payment."""
    line = replace(line_of(shop, payment), kind=kind, reference="theirs")
    shop.provider.made_up_lines = [replace(line, **others)]


def missing_here(shop: Shop, payment: Payment) -> tuple[str, str]:
    line = replace(line_of(shop, payment), reference="theirs", payment_number="LM-unknown")
    shop.provider.made_up_lines = [replace(line, transaction_id="theirs")]
    return "missing_here", "payment:theirs"


def missing_there(shop: Shop, payment: Payment) -> tuple[str, str]:
    shop.provider.left_out = {payment.transaction_id}
    return "missing_there", f"payment:{payment.number}"


def other_amount(shop: Shop, payment: Payment) -> tuple[str, str]:
    shop.provider.left_out = {payment.transaction_id}
    line = line_of(shop, payment)
    shop.provider.made_up_lines = [
        replace(line, reference="theirs", amount_minor=line.amount_minor - 1)
    ]
    return "amount", f"payment:{payment.number}"


def other_currency(shop: Shop, payment: Payment) -> tuple[str, str]:
    shop.provider.left_out = {payment.transaction_id}
    line = replace(line_of(shop, payment), reference="theirs", currency="USD")
    shop.provider.made_up_lines = [line]
    return "currency", f"payment:{payment.number}"


def other_state(shop: Shop, payment: Payment) -> tuple[str, str]:
    order = shop.place()
    unpaid = shop.start(order)
    line = replace(line_of(shop, payment), reference="theirs", payment_number=unpaid.number)
    shop.provider.made_up_lines = [line]
    return "state", f"payment:{unpaid.number}"


def twice(shop: Shop, payment: Payment) -> tuple[str, str]:
    shop.provider.made_up_lines = [replace(line_of(shop, payment), reference="theirs")]
    return "twice", "payment:theirs"


def same_line_twice(shop: Shop, payment: Payment) -> tuple[str, str]:
    shop.provider.made_up_lines = [line_of(shop, payment)]
    return "twice", f"payment:{payment.transaction_id}:2"


def refund_by_hand(shop: Shop, payment: Payment) -> tuple[str, str]:
    make_up(shop, payment, SettlementKind.REFUND)  # Asked for it, the provider knows nothing.
    return "missing_here", "refund:theirs"


def refund_missing_there(shop: Shop, payment: Payment) -> tuple[str, str]:
    refund = refunded(payment)
    shop.provider.left_out = {f"refund-{refund.number}"}
    return "missing_there", f"refund:{refund.number}"


def refund_failed_here(shop: Shop, payment: Payment) -> tuple[str, str]:
    refund_order(order_number=payment.order_number, reason="staff", now=MOMENT)
    refund = Refund.objects.get()
    Refund.objects.update(state=RefundState.FAILED, finished_at=MOMENT, next_poll_at=None)
    make_up(shop, payment, SettlementKind.REFUND, refund_number=refund.number)
    return "state", f"refund:{refund.number}"


def unknown_refund_came_back(shop: Shop, payment: Payment) -> tuple[str, str]:
    make_up(shop, payment, SettlementKind.REFUND_REVERSAL)
    return "missing_here", "refund_reversal:theirs"


def refund_came_back_there_alone(shop: Shop, payment: Payment) -> tuple[str, str]:
    refund = refunded(payment)
    make_up(shop, payment, SettlementKind.REFUND_REVERSAL, refund_number=refund.number)
    return "state", f"refund_reversal:{refund.number}"


def unknown_dispute(shop: Shop, payment: Payment) -> tuple[str, str]:
    make_up(shop, payment, SettlementKind.DISPUTE)
    return "missing_here", "dispute:theirs"


def dispute_not_won_here(shop: Shop, payment: Payment) -> tuple[str, str]:
    Dispute.objects.create(
        provider="fake",
        reference="theirs",
        payment=payment,
        amount_minor=payment.received_minor,
        currency="CNY",
        opened_at=MOMENT - timedelta(days=20),
    )
    make_up(shop, payment, SettlementKind.DISPUTE_REVERSAL)
    return "state", "dispute_reversal:theirs"


def adjustment(shop: Shop, payment: Payment) -> tuple[str, str]:
    make_up(shop, payment, SettlementKind.OTHER, amount_minor=-5, payment_number="")
    return "other", "other:theirs"


PLANTS: list[Callable[[Shop, Payment], tuple[str, str]]] = [
    missing_here,
    missing_there,
    other_amount,
    other_currency,
    other_state,
    twice,
    same_line_twice,
    refund_by_hand,
    refund_missing_there,
    refund_failed_here,
    unknown_refund_came_back,
    refund_came_back_there_alone,
    unknown_dispute,
    dispute_not_won_here,
    adjustment,
]


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
def test_a_difference_is_found_alone_and_explains_the_sums(
    plant: Callable[[Shop, Payment], tuple[str, str]], shop: Shop
) -> None:
    shop.pay(shop.place())
    expected = plant(shop, shop.pay(shop.place()))
    settlement = run(shop)
    assert found() == [expected]
    assert [total.unexplained_minor for total in settlement.totals.all()] == [0] * (
        2 if plant is other_currency else 1
    )
    run(shop)
    assert found() == [expected]
    assert Difference.objects.count() == 1


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
def test_what_a_corrected_settlement_explains_resolves_by_itself_and_opens_again(
    plant: Callable[[Shop, Payment], tuple[str, str]], shop: Shop
) -> None:
    plant(shop, shop.pay(shop.place()))
    run(shop)
    (difference,) = Difference.objects.all()
    planted = shop.provider.made_up_lines, shop.provider.left_out
    shop.provider.made_up_lines, shop.provider.left_out = [], set()
    run(shop)
    difference.refresh_from_db()
    assert (difference.state, difference.resolved_by) == (DifferenceState.RESOLVED, None)
    shop.provider.made_up_lines, shop.provider.left_out = planted
    run(shop)
    difference.refresh_from_db()
    assert difference.state == DifferenceState.OPEN
    assert difference.resolved_at is None


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
def test_what_the_staff_resolved_stays_resolved(
    plant: Callable[[Shop, Payment], tuple[str, str]], shop: Shop
) -> None:
    plant(shop, shop.pay(shop.place()))
    run(shop)
    (difference,) = Difference.objects.all()
    actor = make_operator()
    assert resolve_difference(difference_id=difference.pk, detail="Seen", actor=actor, now=NIGHT)
    assert not resolve_difference(
        difference_id=difference.pk, detail="Again", actor=actor, now=NIGHT
    )
    run(shop)
    assert found() == []
    (action,) = AuditEntry.objects.all()
    assert (action.subject, action.detail) == (difference.number, "Seen")


def test_a_dispute_that_is_booked_matches_and_its_entry_counts_when_it_is_not_listed(
    shop: Shop,
) -> None:
    payment = shop.pay(shop.place())
    opened = DisputeStatusReport(
        reference="theirs",
        outcome=DisputeOutcome.OPEN,
        payment_number=payment.number,
        amount_minor=payment.received_minor,
        currency="CNY",
    )
    for report in (opened, replace(opened, outcome=DisputeOutcome.WON)):
        apply_dispute_status(provider_code="fake", report=report, now=MOMENT)
    taken = replace(line_of(shop, payment), kind=SettlementKind.DISPUTE, reference="theirs")
    shop.provider.made_up_lines = [taken, replace(taken, kind=SettlementKind.DISPUTE_REVERSAL)]
    settlement = run(shop)
    assert found() == []
    assert settlement.totals.get().booked_minor == payment.received_minor
    # A file that does not name the dispute names the money.
    shop.provider.made_up_lines = [
        replace(line, reference=f"hold-{line.kind}") for line in shop.provider.made_up_lines
    ]
    settlement = run(shop)
    assert found() == []
    assert settlement.totals.get().unexplained_minor == 0
    shop.provider.made_up_lines = []
    settlement = run(shop)
    assert found() == [
        ("missing_there", "dispute:theirs"),
        ("missing_there", "dispute_reversal:theirs"),
    ]
    assert settlement.totals.get().unexplained_minor == 0


def test_a_payment_that_we_missed_is_asked_for_credited_and_resolved(shop: Shop) -> None:
    order = shop.place()
    payment = shop.start(order)
    shop.provider.pay(payment.number, at=MOMENT)  # Its notification gets lost.
    settlement = run(shop)
    assert Order.objects.get(pk=order.pk).state == OrderState.FULFILLED
    assert found() == []
    (difference,) = Difference.objects.all()
    assert (difference.kind, difference.state) == ("state", DifferenceState.RESOLVED)
    assert (settlement.lines, settlement.matched) == (1, 1)
    shop.check_books()


def test_a_refund_that_we_missed_is_asked_for_and_resolved(shop: Shop) -> None:
    shop.provider.refunds_wait = True
    payment = shop.pay(shop.place())
    refund_order(order_number=payment.order_number, reason="staff", now=MOMENT)
    push_refunds(now=MOMENT)
    shop.provider.end_refund(Refund.objects.get().number)
    run(shop)
    assert Refund.objects.get().state == RefundState.SUCCEEDED
    assert found() == []
    shop.check_books()


def test_a_line_in_the_neighbouring_day_is_no_difference(shop: Shop) -> None:
    midnight = datetime.fromisoformat("2026-11-24T00:00:00+08:00")
    payment = shop.pay(shop.place(), now=MOMENT)
    Payment.objects.filter(pk=payment.pk).update(paid_at=midnight - timedelta(minutes=5))
    shop.provider.left_out = {payment.transaction_id}
    listed = replace(line_of(shop, payment), reference="theirs", at=midnight + timedelta(minutes=5))
    shop.provider.made_up_lines = [listed]
    run(shop)
    assert found() == []
    run(shop, date(2026, 11, 24), NIGHT + timedelta(days=1))
    assert found() == []
    run(shop)
    assert found() == []


def test_what_is_near_to_midnight_and_in_neither_file_is_found_with_the_second(
    shop: Shop,
) -> None:
    midnight = datetime.fromisoformat("2026-11-24T00:00:00+08:00")
    payment = shop.pay(shop.place(), now=MOMENT)
    Payment.objects.filter(pk=payment.pk).update(paid_at=midnight - timedelta(minutes=5))
    shop.provider.left_out = {payment.transaction_id}
    run(shop)
    assert found() == []
    run(shop, date(2026, 11, 24), NIGHT + timedelta(days=1))
    assert found() == [("missing_there", f"payment:{payment.number}")]


def test_a_line_that_stands_in_two_days_files_counts_once(shop: Shop) -> None:
    payment = shop.pay(shop.place())
    run(shop)
    line = replace(line_of(shop, payment), at=MOMENT + timedelta(days=1))
    shop.provider.left_out = set()
    shop.provider.made_up_lines = [line]
    run(shop, date(2026, 11, 24), NIGHT + timedelta(days=1))
    assert SettledLine.objects.count() == 1
    assert found() == []


def test_running_again_books_no_fee_twice_and_a_corrected_fee_by_its_rest(shop: Shop) -> None:
    shop.provider.fee_minor = FEE
    payment = shop.pay(shop.place())
    for _ in range(2):
        run(shop)
    assert balance_of(code="provider_fees:fake:CNY") == FEE
    shop.provider.fee_minor = FEE - 30
    for _ in range(2):
        run(shop)
    assert balance_of(code="provider_fees:fake:CNY") == FEE - 30
    assert balance_of(code="clearing:fake:CNY") == payment.received_minor - FEE + 30
    assert found() == []


def test_a_payment_that_is_not_in_the_journal_is_a_difference_of_the_clearing_account(
    shop: Shop,
) -> None:
    payment = shop.pay(shop.place())
    twin = Payment.objects.get(pk=payment.pk)
    twin.pk, twin.number, twin.transaction_id = None, "LM-not-booked", "not-booked"
    twin.pays_order = False
    twin.save()
    line = replace(line_of(shop, payment), reference="not-booked", payment_number=twin.number)
    shop.provider.made_up_lines = [line]
    settlement = run(shop)
    assert found() == [("clearing", f"clearing:CNY:{DAY}")]
    assert settlement.totals.get().unexplained_minor == payment.received_minor
    shop.provider.made_up_lines = []
    Payment.objects.filter(pk=twin.pk).update(
        state=PaymentState.FAILED, received_minor=0, paid_at=None, applied_at=None
    )
    run(shop)
    assert found() == []


def test_a_settlement_that_is_not_made_yet_waits_and_comes_by_itself(shop: Shop) -> None:
    shop.pay(shop.place())
    shop.provider.has_settlements = False
    assert reconcile_due(now=NIGHT) == 0
    with pytest.raises(ProviderError):
        run(shop)
    (settlement,) = Settlement.objects.all()
    assert settlement.state == SettlementState.WAITING
    assert settlement.problem == "the settlement is not made yet"
    shop.provider.has_settlements = True
    assert reconcile_due(now=NIGHT + timedelta(hours=1)) == 1
    assert reconcile_due(now=NIGHT + timedelta(hours=2)) == 0
    (settlement,) = Settlement.objects.all()
    assert (settlement.state, settlement.problem, settlement.matched) == ("done", "", 1)


def test_a_file_that_cannot_be_read_changes_nothing(shop: Shop) -> None:
    shop.pay(shop.place())
    run(shop)
    with pytest.raises(RemoteProtocolError):
        reconcile(provider_code="fake", day=DAY, now=NIGHT, file=io.BytesIO(b"not json\n"))
    assert SettledLine.objects.count() == 1
    assert Settlement.objects.get().state == SettlementState.DONE


def test_a_file_that_is_refused_leaves_no_trace_of_its_day(
    shop: Shop, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    del shop
    file = tmp_path / "bill.csv"
    file.write_bytes(b"not json\n")
    assert main(["reconcile", "fake", DAY.isoformat(), "--file", str(file)]) == 1
    said = capsys.readouterr().err
    assert f"limosa: {file} is not fake's settlement report: " in said
    assert said.endswith(". Nothing was changed.\n")
    assert not Settlement.objects.exists()


def test_an_older_difference_that_news_explains_resolves_at_the_next_night(shop: Shop) -> None:
    order = shop.place()
    payment = shop.start(order)
    report = shop.provider.pay(payment.number, at=MOMENT)
    shop.provider._payments.pop(payment.number)  # It lists what it can't be asked about yet.
    shop.provider.made_up_lines = [
        SettlementLine(
            kind=SettlementKind.PAYMENT,
            reference=report.transaction_id,
            amount_minor=report.amount_minor,
            currency=report.currency,
            at=MOMENT,
            payment_number=payment.number,
        )
    ]
    reconcile_due(now=NIGHT)
    assert found() == [("state", f"payment:{payment.number}")]
    shop.provider._payments[payment.number] = report
    shop.provider.made_up_lines = []
    reconcile_due(now=NIGHT + timedelta(days=1))
    assert found() == []
    assert Payment.objects.get(pk=payment.pk).state == PaymentState.SUCCEEDED
