"""Every factory makes a row that the database takes, alone and by several."""

from collections.abc import Callable

import pytest

from limosa.domain.esims.models import BundleState
from limosa.domain.ordering.models import OrderState
from limosa.domain.payments.models import PaymentState
from tests.factories import (
    accounts,
    catalog,
    charging,
    esims,
    ledger,
    notifications,
    ordering,
    payments,
    promotions,
    support,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "make",
    [
        accounts.make_operator,
        accounts.make_subscriber,
        catalog.make_carrier,
        catalog.make_plan,
        catalog.make_supplier,
        charging.make_daily_usage,
        charging.make_usage_record,
        esims.make_bundle,
        esims.make_esim,
        ledger.make_account,
        notifications.make_notification,
        ordering.make_order,
        ordering.make_quote,
        ordering.make_tax_rate,
        payments.make_payment,
        payments.make_refund,
        promotions.make_promotion,
        support.make_case,
    ],
)
def test_two_rows_stand_side_by_side(make: Callable[[], object]) -> None:
    assert make()
    assert make()


@pytest.mark.parametrize("state", BundleState)
def test_a_bundle_may_be_in_every_state(state: BundleState) -> None:
    assert esims.make_bundle(state=state).state == state


@pytest.mark.parametrize("state", OrderState)
def test_an_order_may_be_in_every_state(state: OrderState) -> None:
    assert ordering.make_order(state=state).state == state


@pytest.mark.parametrize("state", PaymentState)
def test_a_payment_may_be_in_every_state(state: PaymentState) -> None:
    assert payments.make_payment(state=state).state == state


@pytest.mark.parametrize("kind", ["volume", "unlimited", "top_up"])
def test_a_plan_may_be_of_every_kind(kind: str) -> None:
    assert catalog.make_plan(kind=kind).prices.count() == 2


def test_rates_are_of_the_day_of_the_moment() -> None:
    catalog.make_rates()
