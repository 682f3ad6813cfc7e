"""Wallets are never below zero, and always the sum of their postings."""

from collections.abc import Sequence

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from limosa.domain.accounts.models import Subscriber
from limosa.domain.ledger.engine.postings import Leg
from limosa.domain.ledger.models import Account, JournalEntry, Posting
from limosa.domain.ledger.operations.credit_wallet import credit_wallet
from limosa.domain.ledger.operations.post_entry import (
    EntryKeyReusedError,
    WalletTooLowError,
    post_entry,
)
from limosa.domain.ledger.queries import (
    balance_of,
    trial_balance,
    wallet_balance,
    wallet_drifts,
    wallet_in,
)
from limosa.foundation.money import Money
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber
from tests.factories.ledger import make_account

pytestmark = pytest.mark.django_db


def give(person: Subscriber, amount_minor: int, currency: str = "USD", key: str = "gift") -> bool:
    amount = Money(amount_minor, currency)
    return credit_wallet(subscriber_id=person.pk, amount=amount, key=key, now=MOMENT)


def spend(person: Subscriber, amount_minor: int, currency: str = "USD") -> None:
    amount = Money(amount_minor, currency)
    legs = [Leg("wallet", amount, owner=str(person.pk)), Leg("revenue", -amount)]
    post_entry(key="spent", kind="test", legs=legs, now=MOMENT)


def balances(person: Subscriber) -> Sequence[Money]:
    return wallet_balance(subscriber_id=person.pk)


def test_a_wallet_has_a_balance_in_each_currency() -> None:
    person = make_subscriber()
    assert balances(person) == []
    assert wallet_in(subscriber_id=person.pk, currency="USD") == Money(0, "USD")
    give(person, 500)
    give(person, 300, "CNY", key="other")
    assert balances(person) == [Money(300, "CNY"), Money(500, "USD")]
    assert wallet_in(subscriber_id=person.pk, currency="CNY") == Money(300, "CNY")
    assert balance_of(code="promotions:USD") == 500
    assert balance_of(code="nowhere:USD") == 0


def test_the_same_gift_twice_is_given_once_and_another_one_with_its_key_is_a_fault() -> None:
    person = make_subscriber()
    assert give(person, 500)
    assert not give(person, 500)
    with pytest.raises(EntryKeyReusedError), transaction.atomic():
        give(person, 501)
    with pytest.raises(EntryKeyReusedError), transaction.atomic():
        give(make_subscriber(), 500)
    assert balances(person) == [Money(500, "USD")]


@pytest.mark.parametrize("amount_minor", [501, 10**15])
def test_more_than_there_is_can_not_be_spent(amount_minor: int) -> None:
    person = make_subscriber()
    give(person, 500)
    with pytest.raises(WalletTooLowError), transaction.atomic():
        spend(person, amount_minor)
    assert balances(person) == [Money(500, "USD")]
    assert JournalEntry.objects.count() == 1


def test_who_never_had_a_wallet_can_not_spend_and_gets_none_by_trying() -> None:
    person = make_subscriber()
    with pytest.raises(WalletTooLowError), transaction.atomic():
        spend(person, 1)
    assert balances(person) == []
    assert not Account.objects.exists()


def test_one_currency_does_not_pay_for_another() -> None:
    person = make_subscriber()
    give(person, 500)
    with pytest.raises(WalletTooLowError), transaction.atomic():
        spend(person, 1, "CNY")


def test_all_that_there_is_can_be_spent() -> None:
    person = make_subscriber()
    give(person, 500)
    spend(person, 500)
    assert balances(person) == [Money(0, "USD")]
    assert wallet_drifts() == []


def test_the_table_keeps_a_wallet_above_zero_whoever_writes() -> None:
    person = make_subscriber()
    give(person, 500)
    with (
        pytest.raises(IntegrityError, match="account_wallet_not_below_zero"),
        transaction.atomic(),
    ):
        Account.objects.filter(kind="wallet").update(balance_minor=F("balance_minor") - 501)


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("wallet:1:USD", {"balance_minor": 0}),
        ("revenue:USD", {"balance_minor": 0}),
    ],
)
def test_only_wallets_have_a_balance_and_each_has_an_owner(
    code: str, fields: dict[str, int]
) -> None:
    with (
        pytest.raises(IntegrityError, match="account_wallet_has_owner_and_balance"),
        transaction.atomic(),
    ):
        make_account(code, **fields)


def test_a_posting_of_nothing_is_refused() -> None:
    entry = JournalEntry.objects.create(key="x", kind="test", posted_at=MOMENT)
    with pytest.raises(IntegrityError, match="posting_not_zero"), transaction.atomic():
        Posting.objects.create(entry=entry, account=make_account("revenue:USD"), amount_minor=0)
    # What was begun can't be committed either: it has no legs. The test rolls it back.
    transaction.set_rollback(True)


def test_a_balance_that_was_written_past_the_journal_is_found() -> None:
    person = make_subscriber()
    give(person, 500)
    Account.objects.filter(kind="wallet").update(balance_minor=501)
    [drift] = wallet_drifts()
    assert (drift.code, drift.kept_minor, drift.summed_minor) == (
        f"wallet:{person.pk}:USD",
        501,
        500,
    )


def test_the_trial_balance_shows_all_wallets_of_a_currency_as_one() -> None:
    for number, amount_minor in enumerate((500, 300)):
        give(make_subscriber(), amount_minor, key=f"gift-{number}")
    give(make_subscriber(), 70, "CNY", key="other")
    rows = [(row.code, row.debit_minor, row.credit_minor) for row in trial_balance()]
    assert rows == [
        ("promotions:CNY", 70, 0),
        ("wallet:CNY", 0, 70),
        ("promotions:USD", 800, 0),
        ("wallet:USD", 0, 800),
    ]
    assert [row.balance_minor for row in trial_balance()] == [70, -70, 800, -800]
