"""The database itself keeps the journal balanced and unchanged, whoever writes."""

import pytest
from django.db import IntegrityError, connection, transaction

from limosa.domain.ledger.engine.postings import Leg, UnbalancedEntryError
from limosa.domain.ledger.models import Account, JournalEntry, Posting
from limosa.domain.ledger.operations.post_entry import EntryKeyReusedError, post_entry
from limosa.foundation.money import Money
from tests.factories import MOMENT
from tests.factories.ledger import make_account

pytestmark = pytest.mark.django_db(transaction=True)


def legs(amount_minor: int = 500) -> list[Leg]:
    return [
        Leg("clearing", Money(amount_minor, "USD"), owner="test"),
        Leg("revenue", Money(-amount_minor, "USD")),
    ]


def post(amount_minor: int = 500) -> bool:
    return post_entry(key="once", kind="test", legs=legs(amount_minor), now=MOMENT)


def test_the_same_entry_twice_is_one() -> None:
    assert post()
    assert not post()
    assert Posting.objects.count() == 2


def test_the_same_key_with_other_content_is_a_fault() -> None:
    post()
    with pytest.raises(EntryKeyReusedError):
        post(501)


def test_the_rule_refuses_what_does_not_balance() -> None:
    with pytest.raises(UnbalancedEntryError):
        post_entry(key="x", kind="test", legs=legs()[:1], now=MOMENT)


def by_hand(*amounts: int, account_id: int = 0) -> None:
    """Write an entry past the rule, as a careless program would."""
    account_id = account_id or Account.objects.get(code="revenue:USD").pk
    write_past_the_rule([("cheat", account_id, amount) for amount in amounts], "cheat")


def write_past_the_rule(rows: list[tuple[str, int, int]], *keys: str) -> None:
    """Write entries, and rows of (entry's key, account's id, amount) as their postings."""
    with transaction.atomic():
        entries = {
            key: JournalEntry.objects.create(key=key, kind="test", posted_at=MOMENT) for key in keys
        }
        Posting.objects.bulk_create(
            Posting(entry=entries[key], account_id=account_id, amount_minor=amount)
            for key, account_id, amount in rows
        )


@pytest.mark.parametrize("amounts", [(), (5,), (5, -4)])
def test_the_database_refuses_an_entry_that_does_not_balance(amounts: tuple[int, ...]) -> None:
    post()
    with pytest.raises(IntegrityError, match="does not balance"):
        by_hand(*amounts)
    assert JournalEntry.objects.count() == 1


def test_the_control_an_entry_that_balances_passes() -> None:
    post()
    by_hand(5, -5)
    assert JournalEntry.objects.count() == 2


def test_a_posting_that_comes_later_is_refused() -> None:
    post()
    entry, account = JournalEntry.objects.get(), Account.objects.get(code="revenue:USD")
    with pytest.raises(IntegrityError, match="does not balance"):
        Posting.objects.create(entry=entry, account=account, amount_minor=1)


def test_a_part_of_an_entry_is_refused_at_once() -> None:
    post()
    entry, account = JournalEntry.objects.get(), Account.objects.get(code="revenue:USD")
    with transaction.atomic():
        with pytest.raises(IntegrityError, match="does not balance"), transaction.atomic():
            Posting.objects.create(entry=entry, account=account, amount_minor=1)
        assert Posting.objects.count() == 2


def test_postings_that_balance_over_two_entries_are_refused() -> None:
    post()
    account = Account.objects.get(code="revenue:USD").pk
    with pytest.raises(IntegrityError, match="does not balance"):
        write_past_the_rule([("a", account, 5), ("b", account, -5)], "a", "b")


def test_postings_that_balance_over_two_currencies_are_refused() -> None:
    post()
    dollars = Account.objects.get(code="revenue:USD").pk
    euros = make_account("revenue:EUR").pk
    with pytest.raises(IntegrityError, match="does not balance"):
        write_past_the_rule([("cheat", dollars, 5), ("cheat", euros, -5)], "cheat")


def test_a_posting_to_no_entry_is_refused() -> None:
    post()
    account = Account.objects.get(code="revenue:USD")
    with pytest.raises(IntegrityError, match="does not balance"):
        Posting.objects.bulk_create(
            Posting(entry_id=1_000_000, account=account, amount_minor=amount) for amount in (5, -5)
        )


def test_an_entry_to_accounts_that_are_new_balances_too() -> None:
    post()
    new = [Leg("clearing", Money(7, "USD"), owner="new"), Leg("revenue", Money(-7, "USD"))]
    assert post_entry(key="new account", kind="test", legs=new, now=MOMENT)
    assert Posting.objects.filter(entry__key="new account").count() == 2


def test_a_posting_to_no_account_is_refused() -> None:
    post()
    with pytest.raises(IntegrityError, match="does not balance"):
        by_hand(5, -5, account_id=1_000_000)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM ledger_account WHERE code = 'nobody posted to it'",
        "UPDATE ledger_account SET code = 'another'",
        "UPDATE ledger_account SET currency = 'EUR'",
        "UPDATE ledger_account SET id = id + 1",
    ],
)
def test_an_account_stays_as_it_is(statement: str) -> None:
    post()
    with pytest.raises(IntegrityError, match="stays as it is"), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_posting SET amount_minor = 1",
        "DELETE FROM ledger_posting",
        "UPDATE ledger_journalentry SET kind = 'other'",
        "DELETE FROM ledger_journalentry",
    ],
)
def test_nothing_is_changed_or_deleted(statement: str) -> None:
    post()
    with pytest.raises(IntegrityError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    "tables", ["ledger_posting", "ledger_posting, ledger_journalentry", "ledger_account CASCADE"]
)
def test_the_books_are_not_emptied(tables: str) -> None:
    post()
    with (
        pytest.raises(IntegrityError, match=r"append-only|stays as it is"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"TRUNCATE {tables}")
    assert Posting.objects.exists()
