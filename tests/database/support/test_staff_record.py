"""What the staff does is on record, with its action or not at all, and for good."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from limosa.domain.catalog.models import Plan, Supplier
from limosa.domain.ordering.models import OrderState
from limosa.domain.ordering.refusals import RefundNotAllowedError
from limosa.domain.support.models import AuditEntry
from limosa.domain.support.operations.clear_payment import clear_payment
from limosa.domain.support.operations.close_case import close_case
from limosa.domain.support.operations.pause_supplier import pause_supplier
from limosa.domain.support.operations.propose_refund import propose_refund
from limosa.domain.support.operations.put_on_sale import put_on_sale
from tests.factories import MOMENT
from tests.factories.accounts import make_operator
from tests.factories.catalog import make_plan, make_supplier
from tests.factories.ordering import make_order
from tests.factories.payments import make_payment
from tests.factories.support import make_case

pytestmark = pytest.mark.django_db
LATER = MOMENT + timedelta(hours=1)


def record() -> list[tuple[str, str, str]]:
    return [(line.action, line.subject, line.detail) for line in AuditEntry.objects.order_by("id")]


def test_a_supplier_is_paused_and_resumed_and_each_change_recorded_once() -> None:
    actor, supplier = make_operator(), make_supplier()

    def pause(*, is_paused: bool) -> bool:
        return pause_supplier(
            supplier_code=supplier.code, is_paused=is_paused, actor=actor, now=LATER
        )

    assert [pause(is_paused=True), pause(is_paused=True)] == [True, False]
    assert Supplier.objects.get().is_paused
    assert pause(is_paused=False)
    assert not Supplier.objects.get().is_paused
    assert record() == [
        ("pause_supplier", "own_network", ""),
        ("resume_supplier", "own_network", ""),
    ]
    line = AuditEntry.objects.first()
    assert line is not None
    assert (line.actor, line.at) == (actor, LATER)


def test_a_plan_goes_off_sale_and_on_again() -> None:
    actor, plan = make_operator(), make_plan(code="month-20gb")

    def put(*, on_sale: bool) -> bool:
        return put_on_sale(plan_code=plan.code, on_sale=on_sale, actor=actor, now=LATER)

    assert [put(on_sale=False), put(on_sale=False), put(on_sale=True)] == [True, False, True]
    assert Plan.objects.get().on_sale
    assert record() == [("stop_sale", "month-20gb", ""), ("start_sale", "month-20gb", "")]


def test_a_case_is_closed_once_with_what_came_of_it() -> None:
    actor, case = make_operator(), make_case()
    close: Callable[[], bool] = lambda: close_case(  # noqa: E731
        case_number=case.number, detail="Refunded.", actor=actor, now=LATER
    )
    assert [close(), close()] == [True, False]
    case.refresh_from_db()
    assert case.closed_at == LATER
    assert record() == [("close_case", case.number, "Refunded.")]


def test_a_cleared_payment_is_recorded_with_the_problem_that_was_seen() -> None:
    payment = make_payment(problem="late")
    clear_payment(payment_number=payment.number, actor=make_operator(), now=LATER)
    assert record() == [("clear_payment", payment.number, "late")]


def test_a_refund_that_is_refused_leaves_no_record() -> None:
    order = make_order(state=OrderState.PLACED)
    with pytest.raises(RefundNotAllowedError):
        propose_refund(
            order_number=order.number,
            part_minor=None,
            detail="asked by phone",
            actor=make_operator(),
            now=LATER,
        )
    assert record() == []


@pytest.mark.parametrize("cheat", ["UPDATE {} SET detail = ''", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_database_refuses_to_change_or_empty_the_record(cheat: str) -> None:
    pause_supplier(
        supplier_code=make_supplier().code, is_paused=True, actor=make_operator(), now=LATER
    )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # Nothing else is in the way.
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            cursor.execute(cheat.format(AuditEntry._meta.db_table))
    assert len(record()) == 1
