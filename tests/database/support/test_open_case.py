"""A case holds what was known when it was opened; an order has one open case at a time."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from limosa.domain.support.models import Case
from limosa.domain.support.operations.open_case import open_case
from tests.factories import MOMENT
from tests.factories.ordering import make_order
from tests.factories.payments import make_payment
from tests.factories.support import make_case

pytestmark = pytest.mark.django_db
LATER = MOMENT + timedelta(hours=1)


def test_a_case_holds_the_trace_of_its_order() -> None:
    order = make_order(state="paid")
    payment = make_payment(order=order, state="succeeded")
    case = open_case(order=order, message="  My data has not arrived.\n", now=LATER)
    case.refresh_from_db()
    assert (case.subscriber, case.opened_at, case.closed_at) == (order.subscriber, LATER, None)
    assert case.message == "My data has not arrived."
    assert [line["what"] for line in case.trace][:2] == ["quoted", "placed"]
    assert payment.number in [line.get("number") for line in case.trace]


def test_the_trace_stays_as_it_was_when_the_case_was_opened() -> None:
    order = make_order()
    open_case(order=order, message="", now=LATER)
    make_payment(order=order)
    case = open_case(order=order, message="", now=LATER)
    assert "payment" not in [line["what"] for line in case.trace]


def test_a_second_press_gives_the_same_case_and_loses_no_word() -> None:
    order = make_order()
    first = open_case(order=order, message="It is late.", now=LATER)
    again = open_case(order=order, message="It is late.", now=LATER)
    more = open_case(order=order, message="Now it is very late.", now=LATER)
    assert first.number == again.number == more.number
    assert again.message == "It is late."
    assert Case.objects.get().message == "It is late.\n\nNow it is very late."


def test_the_database_refuses_a_second_open_case() -> None:
    order = make_order()
    make_case(order=order, closed_at=LATER)
    make_case(order=order)
    with pytest.raises(IntegrityError, match="case_open_once"), transaction.atomic():
        make_case(order=order)


def test_after_a_closed_case_a_new_one_can_be_opened() -> None:
    order = make_order()
    closed = open_case(order=order, message="", now=LATER)
    Case.objects.filter(pk=closed.pk).update(closed_at=LATER)
    assert open_case(order=order, message="", now=LATER).number != closed.number
