"""What can't happen to a row is refused by the operation, and the row is as it was."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction

from limosa.domain.payments.engine.payment_life import PaymentEvent
from limosa.domain.payments.engine.problems import Mended, Problem
from limosa.domain.payments.engine.refund_life import RefundEvent
from limosa.domain.payments.models import Dispute, Payment, Refund
from limosa.domain.payments.operations.abandon_payment import abandon_payment
from limosa.domain.payments.operations.acknowledge_refund import acknowledge_refund
from limosa.domain.payments.operations.cancel_payment import cancel_payment
from limosa.domain.payments.operations.complete_refund import complete_refund
from limosa.domain.payments.operations.count_refunded import count_refunded
from limosa.domain.payments.operations.count_way_back import count_way_back
from limosa.domain.payments.operations.decide_dispute import decide_dispute
from limosa.domain.payments.operations.decline_payment import decline_payment
from limosa.domain.payments.operations.end_payment import end_payment
from limosa.domain.payments.operations.fail_refund import fail_refund
from limosa.domain.payments.operations.flag_payment import flag_payment
from limosa.domain.payments.operations.lease_payment import lease_payment
from limosa.domain.payments.operations.lease_refund import lease_refund
from limosa.domain.payments.operations.mark_processing import mark_processing
from limosa.domain.payments.operations.receive_payment import receive_payment
from limosa.domain.payments.operations.refuse_charge import refuse_charge
from limosa.domain.payments.operations.schedule_payment_poll import schedule_payment_poll
from limosa.domain.payments.operations.settle_refund import settle_refund
from limosa.domain.payments.operations.take_back_refund import take_back_refund
from limosa.domain.payments.operations.unflag_payment import unflag_payment
from limosa.domain.payments.status_reports import PaymentStatusReport, ProviderState
from limosa.foundation.state_machine import TransitionRefusedError
from tests.factories import MOMENT
from tests.factories.payments import make_dispute, make_payment, make_refund

pytestmark = pytest.mark.django_db
LATER = MOMENT + timedelta(minutes=5)
FACT = PaymentStatusReport(
    payment_number="",
    state=ProviderState.SUCCEEDED,
    transaction_id="T1",
    amount_minor=17862,
    currency="CNY",
    paid_at=MOMENT,
)


def receive(payment: Payment, **changes: Any) -> None:
    given: dict[str, Any] = {
        "report": FACT,
        "problem": "",
        "in_wallet": False,
        "now": LATER,
    } | changes
    receive_payment(payment=payment, **given)


def content(row: models.Model) -> dict[str, Any]:
    """Return all of the row as the database has it."""
    return type(row).objects.filter(pk=row.pk).values().get()  # type: ignore[attr-defined,no-any-return]


IMPOSSIBLE: dict[str, tuple[Callable[[], models.Model], Callable[[Any], object]]] = {
    "money that came comes again": (lambda: make_payment(state="succeeded"), receive),
    "money comes from a wallet that was not asked": (
        lambda: make_payment(state="cancelled"),
        receive,
    ),
    "money that came does not come": (
        lambda: make_payment(state="succeeded"),
        lambda row: end_payment(payment=row, event=PaymentEvent.FAIL, decline=None),
    ),
    "what is closed is closed again": (
        lambda: make_payment(state="expired"),
        lambda row: end_payment(payment=row, event=PaymentEvent.EXPIRE, decline=None),
    ),
    "what has failed is declined": (
        lambda: make_payment(state="failed"),
        lambda row: decline_payment(payment=row, decline=None),
    ),
    "what the provider knows is cancelled": (
        make_payment,
        lambda row: cancel_payment(payment=row),
    ),
    "what has arrived arrives": (
        lambda: make_refund(state="succeeded"),
        lambda row: complete_refund(refund=row, reference="", now=LATER),
    ),
    "what has arrived fails": (
        lambda: make_refund(state="succeeded"),
        lambda row: fail_refund(payment=row.payment, refund=row, reference="", now=LATER),
    ),
    "what never arrived comes back": (
        lambda: make_refund(state="sent"),
        lambda row: take_back_refund(refund=row, reference="", now=LATER),
    ),
    "what is on its way went both ways": (
        lambda: make_refund(state="sent"),
        lambda row: count_way_back(refund=row),
    ),
    "what has arrived is settled": (
        lambda: make_refund(state="succeeded"),
        lambda row: settle_refund(refund=row, part_minor=row.owed_minor, now=LATER),
    ),
    "what is won is lost": (
        lambda: make_dispute(state="won", closed_at=MOMENT),
        lambda row: decide_dispute(
            dispute=row, payment=row.payment, decided_minor=row.amount_minor, now=LATER
        ),
    ),
}


@pytest.mark.parametrize(("make", "deed"), IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_what_can_not_happen_is_refused_and_changes_nothing(
    make: Callable[[], models.Model], deed: Callable[[Any], object]
) -> None:
    row = make()
    before = content(row)
    with pytest.raises(TransitionRefusedError):
        deed(row)
    assert content(row) == before


def test_the_table_takes_no_payment_of_another_amount_for_its_order() -> None:
    payment = make_payment()
    short = PaymentStatusReport(
        payment_number="", state=ProviderState.SUCCEEDED, amount_minor=1, currency="CNY"
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        receive(payment, report=short)
    assert content(payment)["state"] == "pending"


def test_a_payment_that_was_received_is_asked_for_no_more() -> None:
    payment = make_payment(next_poll_at=MOMENT)
    stale = Payment.objects.get(pk=payment.pk)
    receive(payment)
    assert content(payment)["next_poll_at"] is None
    assert not lease_payment(payment=stale, now=LATER)
    schedule_payment_poll(payment=stale, at=LATER)
    assert content(payment)["next_poll_at"] is None


def test_a_payment_that_pays_nothing_says_why() -> None:
    payment = make_payment()
    receive(payment, problem="late", in_wallet=True)
    assert not payment.pays_order
    assert {key: content(payment)[key] for key in ("problem", "in_wallet", "pays_order")} == {
        "problem": "late",
        "in_wallet": True,
        "pays_order": False,
    }


def test_money_whose_provider_tells_no_time_was_paid_when_it_was_heard_of() -> None:
    payment = make_payment()
    receive(payment, report=replace(FACT, paid_at=None))
    assert content(payment)["paid_at"] == LATER


@pytest.mark.parametrize("state", ["failed", "expired", "cancelled"])
def test_what_has_ended_is_not_under_way(state: str) -> None:
    payment = make_payment(state=state)
    assert not mark_processing(payment=payment, now=LATER)
    assert content(payment)["processing_since"] is None


def test_since_when_it_is_processed_is_kept_once() -> None:
    payment = make_payment(state="created")
    assert mark_processing(payment=payment, now=MOMENT)
    assert not mark_processing(payment=payment, now=LATER)
    assert (content(payment)["state"], content(payment)["processing_since"]) == ("pending", MOMENT)


@pytest.mark.parametrize(
    ("state", "is_given_up", "afterwards"),
    [
        ("created", True, "failed"),
        ("pending", True, "failed"),
        ("failed", True, "failed"),
        ("expired", True, "expired"),
        ("succeeded", False, "succeeded"),
    ],
)
def test_an_unpaid_payment_is_given_up_and_a_paid_one_is_not(
    state: str, afterwards: str, *, is_given_up: bool
) -> None:
    payment = make_payment(state=state)
    assert abandon_payment(payment=payment) is is_given_up
    assert content(payment)["state"] == afterwards


def test_a_charge_that_is_refused_takes_nothing_from_money_that_came() -> None:
    payment = make_payment(next_poll_at=MOMENT)
    stale = Payment.objects.get(pk=payment.pk)
    receive(payment)
    before = content(payment)
    refuse_charge(payment=stale, now=LATER)
    assert content(payment) == before


def test_no_more_is_given_back_than_came() -> None:
    payment = make_payment(state="succeeded")
    count_refunded(payment=payment, part_minor=17000)
    with pytest.raises(IntegrityError), transaction.atomic():
        count_refunded(payment=payment, part_minor=863)
    assert content(payment)["refunded_minor"] == 17000


def test_a_lease_is_had_by_one() -> None:
    payment, refund = make_payment(next_poll_at=MOMENT), make_refund(next_poll_at=MOMENT)
    assert [lease_payment(payment=payment, now=LATER) for _ in range(2)] == [True, False]
    assert [lease_refund(refund=refund, until=LATER) for _ in range(2)] == [True, False]


@pytest.mark.parametrize("state", ["succeeded", "failed", "settled", "found"])
def test_the_answer_to_a_refund_that_was_finished_meanwhile_changes_nothing(state: str) -> None:
    settled = {"settled_minor": 17862} if state == "settled" else {}
    refund = make_refund(state=state, **settled)
    before = content(refund)
    acknowledge_refund(refund=refund, event=RefundEvent.ACCEPT, reference="theirs")
    assert content(refund) == before


def test_one_that_the_provider_never_heard_of_is_to_be_asked_for_again() -> None:
    refund = make_refund(state="sent", reference="ours")
    acknowledge_refund(refund=refund, event=RefundEvent.FORGET, reference="")
    assert (content(refund)["state"], content(refund)["reference"]) == ("requested", "ours")


def test_a_part_that_is_settled_leaves_the_rest_owed() -> None:
    refund = make_refund(state="sent")
    settle_refund(refund=refund, part_minor=17000, now=LATER)
    assert (refund.state, refund.owed_minor, refund.next_poll_at) == ("failed", 862, LATER)
    settle_refund(refund=refund, part_minor=862, in_wallet=True, now=LATER)
    kept = Refund.objects.get(pk=refund.pk)
    assert (kept.state, kept.owed_minor, kept.wallet_minor) == ("settled", 0, 862)


def test_what_came_back_is_owed_but_for_what_was_settled() -> None:
    owed = make_refund(state="succeeded", settled_minor=17000)
    nothing = make_refund(state="succeeded", settled_minor=17862)
    for refund in (owed, nothing):
        take_back_refund(refund=refund, reference="theirs", now=LATER)
    assert [content(row)["state"] for row in (owed, nothing)] == ["failed", "settled"]
    assert [content(row)["came_back"] for row in (owed, nothing)] == [1, 1]


def test_a_lost_dispute_in_another_currency_stands_for_as_much_of_the_payment() -> None:
    dispute = make_dispute(amount_minor=2500, currency="USD", stands_for_minor=17862)
    decide_dispute(dispute=dispute, payment=dispute.payment, decided_minor=1250, now=LATER)
    kept = Dispute.objects.get(pk=dispute.pk)
    assert (kept.state, kept.decided_minor, kept.stands_for_minor) == ("lost", 1250, 8931)


def test_an_open_dispute_stays_in_front_of_a_refund_that_failed() -> None:
    payment = make_payment(state="succeeded")
    flag_payment(payment=payment, problem=Problem.DISPUTED)
    flag_payment(payment=payment, problem=Problem.REFUND_FAILED)
    assert (payment.problem, content(payment)["problem"]) == ("disputed", "disputed")
    unflag_payment(payment=payment, by=Mended.DISPUTE_CLOSED, then=Problem.REFUND_FAILED)
    assert (payment.problem, content(payment)["problem"]) == ("refund_failed", "refund_failed")


def test_what_a_refund_mends_does_not_hide_what_it_does_not_mend() -> None:
    payment = make_payment(state="succeeded", problem="refund_twice")
    unflag_payment(payment=payment, by=Mended.REFUNDED)
    assert content(payment)["problem"] == "refund_twice"
