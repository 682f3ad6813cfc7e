"""A read that is composed once returns what the ORM returns, each time anew."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db.models import Model, QuerySet

from limosa.domain.esims.models import Esim
from limosa.domain.ordering.models import Order
from limosa.domain.reads import PreparedRead
from tests.factories.esims import make_esim
from tests.factories.ordering import make_order
from tests.factories.payments import make_payment

_KEYS = {int: -7, str: "a key"}

pytestmark = pytest.mark.django_db


def orders(number: str) -> QuerySet[Order]:
    return (
        Order.objects.select_for_update(of=("self",))
        .select_related("quote__plan__supplier")
        .filter(number=number)
    )


def test_it_returns_the_row_with_all_that_belongs_to_it(
    django_assert_num_queries: pytest.FixtureRequest,
) -> None:
    read = PreparedRead(orders, "a number")
    for _ in range(2):
        order = make_order()
        with django_assert_num_queries(1):  # type: ignore[operator]
            found = read(order.number)
            assert found is not None
            assert found.quote.plan.supplier.name
        same = orders(order.number).get()
        assert found == same
        assert vars(found.quote)["total_minor"] == same.quote.total_minor
        assert found.quote.exchange == same.quote.exchange
        assert (found.state, found.placed_at) == (same.state, same.placed_at)
        found.save()


def test_values_are_read_as_their_fields_read_them() -> None:
    esim = make_esim(activation_code="LPA:1$smdp.example$SECRET")
    read = PreparedRead(lambda pk: Esim.objects.filter(pk=pk), -1)
    found = read(esim.pk)
    assert found is not None
    assert found.activation_code == "LPA:1$smdp.example$SECRET"


def by_key(model: type[Model]) -> Callable[[Any], QuerySet[Any]]:
    return lambda pk: model._default_manager.filter(pk=pk)


def test_each_value_is_the_one_that_the_orm_reads() -> None:
    """Of every kind of row that a payment reads: it is not read by Django's own cursors."""
    order = make_order()
    payment = make_payment(order=order, state="succeeded")
    quote = order.quote
    rows: list[Model] = [payment, order, quote, quote.plan, quote.plan.supplier, make_esim()]
    for row in rows:
        model = type(row)
        same = model._default_manager.get(pk=row.pk)
        read = PreparedRead(
            lambda pk, model=model: model._default_manager.filter(pk=pk), _KEYS[type(row.pk)]
        )
        found = read(row.pk)
        assert found is not None
        for field in model._meta.concrete_fields:
            expected = getattr(same, field.attname)
            value = getattr(found, field.attname)
            assert (value, type(value)) == (expected, type(expected)), field
            if isinstance(value, datetime):
                assert value.isoformat() == expected.isoformat()


def test_what_is_not_there_is_nothing() -> None:
    assert PreparedRead(orders, "a number")("L-NOBODY") is None


def test_a_sample_that_the_query_lost_is_a_fault() -> None:
    with pytest.raises(TypeError, match="no place"):
        PreparedRead(lambda _number: Order.objects.all(), "a number")("L-1")
