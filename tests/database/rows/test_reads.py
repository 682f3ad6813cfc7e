"""A read that is composed once returns what the ORM returns, each time anew."""

import pytest
from django.db.models import QuerySet

from limosa.domain.esims.models import Esim
from limosa.domain.ordering.models import Order
from limosa.domain.reads import PreparedRead
from tests.factories.esims import make_esim
from tests.factories.ordering import make_order

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


def test_what_is_not_there_is_nothing() -> None:
    assert PreparedRead(orders, "a number")("L-NOBODY") is None


def test_a_sample_that_the_query_lost_is_a_fault() -> None:
    with pytest.raises(TypeError, match="no place"):
        PreparedRead(lambda _number: Order.objects.all(), "a number")("L-1")
