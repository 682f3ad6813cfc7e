"""The report of liabilities equals the journal, and a planted difference is found."""

import csv
from datetime import timedelta

import pytest
from django.test import Client

from limosa.config.cli import main
from limosa.domain.ledger.operations.credit_wallet import credit_wallet
from limosa.domain.redemption.models import Code
from limosa.domain.support.liabilities import liabilities
from limosa.domain.support.models import AuditEntry, GuardKind
from limosa.domain.support.operations.run_guards import run_guards
from limosa.domain.wallets.models import Bonus, WalletTopUp
from limosa.foundation.money import Money
from tests.database.ordering.shop import Shop
from tests.database.ordering.test_bonuses import OPEN, add, spend
from tests.database.ordering.test_wallet_top_ups import hear
from tests.database.support.test_guards import cheat
from tests.factories import MOMENT
from tests.factories.accounts import make_operator, sign_in_staff
from tests.factories.bonuses import make_tier
from tests.factories.redemption import make_codes

DAY = timedelta(days=1)
Row = tuple[str, str, int, int]


@pytest.fixture
def owed(shop: Shop) -> Shop:
    """A disputed top-up, one with a bonus that was spent in part, and active codes."""
    _, disputed = add(shop, 1500)
    make_tier(least_minor=2200)
    add(shop, 2200)
    hear(shop, disputed, OPEN)
    spend(shop)
    make_codes()
    person = shop.running.subscriber_id
    gift = Money(700, "JPY")
    credit_wallet(subscriber_id=person, amount=gift, key="gift", now=MOMENT + 2 * DAY)
    return shop


def rows(**asked: object) -> list[Row]:
    return [
        (one.kind, one.own.currency, one.own.amount_minor, one.booked.amount_minor)
        for one in liabilities(**asked)  # type: ignore[arg-type]
    ]


USD = [
    ("wallet_frozen", "USD", 1500, 1500),
    ("bonus", "USD", 200, 200),
    ("codes_outstanding", "USD", 6000, 6000),
]


def test_each_kind_equals_the_journal_in_each_currency(owed: Shop) -> None:
    assert rows() == [("wallet", "JPY", 700, 700), *USD]
    owed.check_books()


def test_on_a_past_day_what_was_booked_since_is_left_out(owed: Shop) -> None:
    assert rows(until=MOMENT) == []
    assert rows(until=MOMENT + DAY) == USD
    assert owed.running.subscriber_id


PLANTED = {
    "wallet": "UPDATE ledger_account SET balance_minor = balance_minor + 3 WHERE kind = 'wallet'",
    "wallet_frozen": "UPDATE wallets_wallettopup SET frozen_minor = frozen_minor - 3"
    " WHERE frozen_minor > 0",
    "bonus": "UPDATE wallets_bonus SET left_minor = left_minor + 3, used_minor = used_minor - 3",
    "codes_outstanding": "UPDATE ledger_posting SET amount_minor = amount_minor + 3"
    " WHERE account_id IN (SELECT id FROM ledger_account WHERE kind = 'codes_outstanding')",
}


@pytest.mark.usefixtures("owed")
@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_difference_is_found(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["books", "liabilities"]) == 0
    cheat(PLANTED[kind])
    assert {one.kind for one in liabilities() if one.difference.amount_minor} == {kind}
    assert {one.kind for one in liabilities(until=MOMENT + DAY) if one.difference.amount_minor} == {
        kind
    }
    kinds = [GuardKind.LIABILITIES, GuardKind.WALLETS]
    found = run_guards(now=MOMENT, whole=True, kinds=kinds)
    assert {one.guard for one in found} == {"wallets" if kind == "wallet" else "liabilities"}
    assert main(["books", "liabilities"]) == 1
    assert "difference" in capsys.readouterr().out


@pytest.mark.usefixtures("owed")
def test_rows_that_are_gone_are_missed() -> None:
    """No guard of single rows sees these."""
    Code.objects.all().delete()
    cheat("DELETE FROM wallets_bonususe")
    Bonus.objects.all().delete()
    differing = {one.kind for one in liabilities() if one.difference.amount_minor}
    assert differing == {"bonus", "codes_outstanding"}
    assert WalletTopUp.objects.exists()


@pytest.mark.usefixtures("owed")
def test_the_command_prints_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["books", "liabilities", "--csv", "--day", str((MOMENT + DAY).date())]) == 0
    lines = list(csv.reader(capsys.readouterr().out.splitlines()))
    assert lines[0] == ["kind", "currency", "rows", "journal", "difference"]
    assert lines[2] == ["bonus", "USD", "2.00", "2.00", "0.00"]


@pytest.mark.usefixtures("owed")
def test_the_page_shows_both_sides_and_the_file_is_recorded(client: Client) -> None:
    sign_in_staff(client, make_operator(email="operator@example.com"))
    page = client.get("/console/money/liabilities/").content.decode()
    assert page.count("$2.00") == 2
    assert "The sides differ" not in page
    cheat(PLANTED["bonus"])
    page = client.get("/console/money/liabilities/").content.decode()
    assert "The sides differ" in page
    file = b"".join(client.get("/console/money/liabilities/file/"))
    assert b"bonus,USD,203,200,3" in file
    assert AuditEntry.objects.get().subject == "liabilities"
