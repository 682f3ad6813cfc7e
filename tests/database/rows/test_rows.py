"""The composed statements store what the ORM would store."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.forms.models import model_to_dict

from limosa.domain.accounts.models import Subscriber
from limosa.domain.ordering.models import Quote, StartRule
from limosa.domain.payments.models import InboxMessage
from limosa.domain.rows import insert_row, insert_row_once, update_row
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
    insert_row(quote)
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
        insert_row(quote)


def test_an_update_changes_the_named_fields_alone() -> None:
    quote = make_unsaved_quote("CHANGED")
    insert_row(quote)
    quote.exchange = {}
    quote.currency = "EUR"
    update_row(quote, "exchange")
    stored = Quote.objects.get(pk=quote.pk)
    assert (stored.exchange, stored.currency) == ({}, "USD")


def test_an_update_of_a_row_that_is_gone_says_so() -> None:
    quote = make_unsaved_quote("GONE")
    insert_row(quote)
    Quote.objects.all().delete()
    with pytest.raises(Quote.DoesNotExist):
        update_row(quote, "exchange")


def test_a_row_that_is_there_already_stands_as_it_was() -> None:
    def message(result: str) -> InboxMessage:
        return InboxMessage(
            provider="p", message_id="1", fact={}, received_at=MOMENT, result=result
        )

    assert insert_row_once(message("first"))
    assert not insert_row_once(message("second"))
    assert InboxMessage.objects.get().result == "first"


def test_a_field_that_needs_a_cast_is_left_to_the_orm() -> None:
    with pytest.raises(TypeError, match="by the ORM"):
        insert_row(Subscriber(email="a@example.com"))
