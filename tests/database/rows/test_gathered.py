"""Writes that wait for each other: one statement, and nothing that is read can tell."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import IntegrityError, connection, transaction

from limosa.domain.esims.models import Esim
from limosa.domain.gathered import writes_gathered
from limosa.domain.ledger.engine.postings import Leg, UnbalancedEntryError
from limosa.domain.ledger.models import Account, JournalEntry, Posting
from limosa.domain.ledger.operations.post_entry import (
    EntryKeyReusedError,
    WalletTooLowError,
    post_entry,
)
from limosa.domain.payments.models import InboxMessage
from limosa.domain.rows import insert_row, insert_row_once, update_row
from limosa.foundation.money import Money
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber
from tests.factories.esims import make_esim

pytestmark = pytest.mark.django_db

AssertCount = Callable[[int], AbstractContextManager[None]]


def message(name: str = "1", result: str = "paid") -> InboxMessage:
    return InboxMessage(
        provider="p", message_id=name, fact={"a": "100 %s $1 #"}, received_at=MOMENT, result=result
    )


def post(key: str = "once", amount_minor: int = 500, kind: str = "revenue") -> bool:
    legs = [
        Leg("clearing", Money(amount_minor, "USD"), owner="test"),
        Leg(kind, Money(-amount_minor, "USD")),
    ]
    return post_entry(key=key, kind="test", legs=legs, now=MOMENT)


def gather(*works: Callable[[], object]) -> None:
    with transaction.atomic(), writes_gathered():
        for work in works:
            work()


def fail() -> None:
    raise KeyError


def test_writes_that_follow_each_other_are_one_statement(
    django_assert_num_queries: AssertCount,
) -> None:
    post("the accounts are there now")
    esim = make_esim()
    esim.label = "平板"
    first, second = message("1"), message("2")
    with django_assert_num_queries(1), writes_gathered():
        insert_row(first)
        insert_row_once(second)
        post()
        update_row(esim, "label")
    assert InboxMessage.objects.get(pk=first.pk).fact == {"a": "100 %s $1 #"}
    assert InboxMessage.objects.get(pk=second.pk).message_id == "2"
    assert Esim.objects.get(pk=esim.pk).label == "平板"
    assert Posting.objects.filter(entry__key="once").count() == 2


def test_a_read_in_between_sees_what_was_written() -> None:
    with writes_gathered():
        insert_row(message("1"))
        assert InboxMessage.objects.count() == 1
        insert_row(message("2"))
    assert InboxMessage.objects.count() == 2


def test_a_row_that_changes_twice_ends_as_it_was_told_last() -> None:
    row = message()
    with writes_gathered():
        insert_row(row)
        for result in ("second", "third"):
            row.result = result
            update_row(row, "result")
    assert InboxMessage.objects.get().result == "third"


def test_what_is_there_already_stands() -> None:
    with writes_gathered():
        insert_row_once(message(result="first"))
        insert_row_once(message(result="second"))
    with writes_gathered():
        insert_row_once(message(result="third"))
    assert InboxMessage.objects.get().result == "first"


def test_an_inner_block_waits_for_the_outer_one(django_assert_num_queries: AssertCount) -> None:
    with django_assert_num_queries(1), writes_gathered():
        with writes_gathered():
            insert_row(message("1"))
        insert_row(message("2"))


def test_a_fault_of_one_is_the_fault_of_all() -> None:
    insert_row(message("1"))
    with pytest.raises(IntegrityError):
        gather(lambda: insert_row(message("2")), lambda: insert_row(message("1")))
    assert [row.message_id for row in InboxMessage.objects.all()] == ["1"]


def test_after_an_exception_nothing_more_is_sent() -> None:
    with pytest.raises(KeyError):
        gather(lambda: insert_row(message()), fail)
    insert_row(message("2"))
    assert [row.message_id for row in InboxMessage.objects.all()] == ["2"]


def test_a_row_that_is_gone_is_told_of_at_the_end() -> None:
    row = message()
    insert_row(row)
    InboxMessage.objects.all().delete()
    with pytest.raises(InboxMessage.DoesNotExist):
        gather(lambda: update_row(row, "result"))


def test_an_entry_makes_the_accounts_that_it_needs() -> None:
    with writes_gathered():
        post()
        insert_row(message())
    assert Account.objects.filter(code="clearing:test:USD").exists()
    assert Posting.objects.filter(entry__key="once").count() == 2


def test_an_entry_that_came_before_is_compared() -> None:
    post()
    with writes_gathered():
        post()
    assert JournalEntry.objects.count() == 1
    with pytest.raises(EntryKeyReusedError):
        gather(lambda: post(amount_minor=501))


def test_a_wallet_that_is_too_low_takes_everything_back() -> None:
    person = make_subscriber()
    legs = [
        Leg("wallet", Money(500, "USD"), owner=str(person.pk)),
        Leg("revenue", Money(-500, "USD")),
    ]
    with pytest.raises(WalletTooLowError):
        gather(
            lambda: insert_row(message()),
            lambda: post_entry(key="spend", kind="test", legs=legs, now=MOMENT),
        )
    assert not InboxMessage.objects.exists()
    assert not JournalEntry.objects.exists()


def test_an_entry_that_does_not_balance_is_refused_at_once() -> None:
    odd = [Leg("revenue", Money(1, "USD"))]
    with pytest.raises(UnbalancedEntryError):
        gather(lambda: post_entry(key="odd", kind="test", legs=odd, now=MOMENT))
    assert not JournalEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_was_made_anew_has_a_cursor_of_its_own() -> None:
    insert_row(message("1"))
    connection.close()
    insert_row(message("2"))
    assert InboxMessage.objects.count() == 2
