"""A row that may be there already is stored as the ORM would store it, or not at all."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.forms.models import model_to_dict

from limosa.domain.accounts.models import Subscriber
from limosa.domain.esims.models import Esim
from limosa.domain.ordering.models import Quote, StartRule
from limosa.domain.payments.models import InboxMessage
from limosa.domain.rows import Columns, insert_row, insert_row_once, update_row, update_row_if
from tests.factories import MOMENT
from tests.factories.catalog import make_plan
from tests.factories.esims import make_bundle

pytestmark = pytest.mark.django_db


def make_unsaved_quote(public_id: str) -> Quote:
    bundle = make_bundle(plan=make_plan())
    return Quote(
        public_id=public_id,
        subscriber=bundle.subscriber,
        esim=bundle.esim,
        plan=bundle.plan,
        start_rule=StartRule.NOW,
        list_minor=2500,
        total_minor=2500,
        tax_minor=0,
        currency="USD",
        exchange={"CNY": {"rate": "7.1448", "day": "2026-11-20", "source": "ECB — 欧洲央行"}},
        time_zone="America/Los_Angeles",
        created_at=MOMENT,
        expires_at=MOMENT + timedelta(minutes=30),
    )


def test_a_row_is_stored_as_the_orm_would_store_it() -> None:
    quote = make_unsaved_quote("BYHAND")
    assert insert_row_once(quote)
    twin = Quote.objects.get(pk=quote.pk)
    twin.pk, twin.public_id = None, "BYORM"
    twin.save(force_insert=True)
    by_hand, by_orm = (
        model_to_dict(Quote.objects.get(public_id=name), exclude=["id", "public_id"])
        for name in ("BYHAND", "BYORM")
    )
    assert by_hand == by_orm
    assert not quote._state.adding


def test_the_tables_laws_hold_for_it() -> None:
    quote = make_unsaved_quote("WRONG")
    quote.total_minor = 1
    with pytest.raises(IntegrityError, match="quote_adds_up"):
        insert_row_once(quote)


def test_an_update_changes_the_named_fields_alone() -> None:
    quote = make_unsaved_quote("CHANGED")
    insert_row(quote)
    quote.exchange = {}
    quote.currency = "EUR"
    update_row(quote, "exchange")
    stored = Quote.objects.get(pk=quote.pk)
    assert (stored.exchange, stored.currency) == ({}, "USD")


def test_an_update_that_needs_a_value_is_made_once() -> None:
    quote = make_unsaved_quote("ONCE")
    insert_row(quote)
    quote.currency = "EUR"
    assert update_row_if(quote, "currency", held="currency", value="USD")
    assert not update_row_if(quote, "currency", held="currency", value="USD")
    assert Quote.objects.get(pk=quote.pk).currency == "EUR"


def test_an_update_of_a_row_that_is_gone_says_so() -> None:
    quote = make_unsaved_quote("GONE")
    insert_row(quote)
    Quote.objects.all().delete()
    with pytest.raises(Quote.DoesNotExist):
        update_row(quote, "exchange")


def test_a_row_that_is_there_already_stands_as_it_was() -> None:
    def message(result: str) -> InboxMessage:
        return InboxMessage(
            provider="p", message_id="1", report={}, received_at=MOMENT, result=result
        )

    assert insert_row_once(message("first"))
    assert not insert_row_once(message("second"))
    assert InboxMessage.objects.get().result == "first"


def test_a_field_that_needs_a_cast_is_left_to_the_orm() -> None:
    with pytest.raises(TypeError, match="by the ORM"):
        insert_row_once(Subscriber(email="a@example.com"))


def test_columns_make_the_row_that_the_orm_reads() -> None:
    esim = make_bundle(plan=make_plan()).esim
    columns = Columns(Esim, "esims_esim")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns.sql}, 7 FROM esims_esim")  # noqa: S608
        found = iter(cursor.fetchone())
    row = columns.row(found)
    assert list(found) == [7], "it takes no more than its own columns"
    assert not row._state.adding
    fields = [field.attname for field in Esim._meta.concrete_fields]
    same = Esim.objects.get(pk=esim.pk)
    assert [getattr(row, name) for name in fields] == [getattr(same, name) for name in fields]


def test_a_column_that_was_left_out_is_read_when_it_is_asked_for(
    django_assert_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    make_bundle(plan=make_plan())
    columns = Columns(Esim, "esims_esim", without=["activation_code"])
    assert "activation_code" not in columns.sql
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns.sql} FROM esims_esim")  # noqa: S608
        row = columns.row(cursor.fetchone())
    with django_assert_num_queries(1):
        code = row.activation_code
    assert code == Esim.objects.get().activation_code
