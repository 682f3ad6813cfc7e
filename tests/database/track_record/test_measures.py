"""What we measure of our own service: computed from our tables, with its count, or not at all."""

from datetime import timedelta

import pytest

from limosa.domain.track_record.engine.measures import Measure
from limosa.domain.track_record.operations.measure_service import measure_service
from limosa.domain.track_record.queries import Fact, measured_facts
from tests.factories import MOMENT
from tests.factories.charging import make_reading, make_usage_record
from tests.factories.esims import make_esim
from tests.factories.ordering import make_order
from tests.factories.payments import make_dispute, make_payment, make_refund
from tests.factories.support import make_case

pytestmark = pytest.mark.django_db
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


def fact(measure: Measure) -> Fact:
    measure_service(now=MOMENT)
    return {one.measure: one for one in measured_facts()}[measure]


def test_without_cases_nothing_is_said() -> None:
    assert [(one.count, one.is_enough) for one in measured_facts()] == [(0, False)] * 5
    measure_service(now=MOMENT)
    assert [(one.count, one.median) for one in measured_facts()] == [(0, None)] * 5


def test_an_order_is_credited_from_its_payment_and_one_that_waits_counts() -> None:
    paid_at = MOMENT - DAY
    for number in range(19):
        make_order(
            state="fulfilled",
            placed_at=paid_at,
            paid_at=paid_at,
            fulfilled_at=paid_at + (number + 1) * SECOND,
        )
    make_order(state="paid", placed_at=paid_at, paid_at=MOMENT - HOUR)
    make_order(state="placed", placed_at=paid_at)
    old = MOMENT - 31 * DAY
    make_order(state="fulfilled", placed_at=old, paid_at=old, fulfilled_at=old + HOUR)
    found = fact(Measure.CREDITED)
    assert (found.count, found.median, found.p95) == (20, 10 * SECOND, 19 * SECOND)


def test_nine_cases_are_not_enough() -> None:
    for _ in range(9):
        make_order(state="fulfilled", placed_at=MOMENT - DAY)
    found = fact(Measure.CREDITED)
    assert (found.count, found.is_enough, found.median) == (9, False, None)


def test_refunds_count_until_they_ended_or_until_now() -> None:
    for _ in range(10):
        make_refund(state="succeeded", requested_at=MOMENT - DAY, finished_at=MOMENT - DAY + HOUR)
    make_refund(requested_at=MOMENT - 2 * DAY, next_poll_at=MOMENT)
    found = fact(Measure.REFUNDED)
    assert (found.count, found.median, found.p95) == (11, HOUR, 2 * DAY)


def test_questions_count_until_our_answer_or_until_now() -> None:
    for _ in range(10):
        make_case(opened_at=MOMENT - 5 * HOUR)
    found = fact(Measure.ANSWERED)
    assert (found.count, found.median) == (10, 5 * HOUR)


def test_disputed_are_renewals_whose_payer_asked_for_the_money() -> None:
    esim = make_esim()
    orders = [make_order(state="fulfilled", esim=esim, placed_at=MOMENT - DAY) for _ in range(10)]
    make_order(state="fulfilled", subscriber=esim.subscriber, placed_at=MOMENT - DAY)
    make_dispute(payment=make_payment(order=orders[0], state="succeeded"))
    found = fact(Measure.DISPUTED)
    assert (found.count, found.part) == (10, 1)


def test_the_age_of_usage_is_of_readings_and_records_alike() -> None:
    for number in range(8):
        make_reading(as_of=MOMENT - HOUR, received_at=MOMENT, used_bytes=number)
        make_usage_record(ended_at=MOMENT - SECOND, received_at=MOMENT)
    found = fact(Measure.USAGE_AGE)
    assert (found.count, found.median, found.p95) == (16, SECOND, HOUR)


def test_a_second_measurement_takes_the_place_of_the_first() -> None:
    for _ in range(10):
        make_case(opened_at=MOMENT - 5 * HOUR)
    fact(Measure.ANSWERED)
    measure_service(now=MOMENT + 60 * DAY)
    assert {one.count for one in measured_facts()} == {0}
