"""What the database checks of a journal entry costs the same with one entry and with many.

The checks are statements of triggers: no EXPLAIN shows how they read. Each connection plans them
once, here while the journal is empty, and PostgreSQL itself counts what whole scans have read.
"""

import pytest
from django.db import connection

from limosa.domain.ledger.engine.postings import Leg
from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.foundation.money import Money
from tests.factories import MOMENT

ENTRIES, ACCOUNTS = 500, 5_000
_ACCOUNTS = """
INSERT INTO ledger_account (code, kind, currency)
SELECT 'clearing:other' || i || ':USD', 'clearing', 'USD' FROM generate_series(1, %s) AS i
"""
_SCANNED = """
SELECT relname, seq_tup_read FROM pg_stat_xact_user_tables
 WHERE relname IN ('ledger_account', 'ledger_journalentry', 'ledger_posting')
"""

pytestmark = pytest.mark.django_db


def post(number: int) -> None:
    legs = [
        Leg("clearing", Money(500, "USD"), owner="test"),
        Leg("revenue", Money(-500, "USD")),
    ]
    post_entry(key=f"entry {number}", kind="test", legs=legs, now=MOMENT)


def scanned() -> dict[str, int]:
    """Return how many rows whole scans have read so far in this transaction, per table."""
    with connection.cursor() as cursor:
        cursor.execute(_SCANNED)
        return dict(cursor.fetchall())


def check() -> None:
    post(0)  # It makes the accounts.
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # As if each entry were committed.
        cursor.execute("DISCARD PLANS")
        post(1)
        cursor.execute(_ACCOUNTS, [ACCOUNTS])
        cursor.execute("ANALYZE ledger_account")
    for number in range(2, ENTRIES):
        post(number)
    before = scanned()
    post(ENTRIES)
    read = {table: rows - before[table] for table, rows in scanned().items()}
    assert read == dict.fromkeys(before, 0), f"whole tables were read: {read}"


def test_an_entry_is_checked_without_reading_the_others() -> None:
    check()


@pytest.mark.parametrize("function", ["added_postings", "entry_has_postings"])
def test_a_check_that_reads_whole_tables_is_caught(function: str) -> None:
    """The control."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER FUNCTION ledger_check_{function}() SET enable_seqscan = on")
        for way in ("indexscan", "indexonlyscan", "bitmapscan"):
            cursor.execute(f"ALTER FUNCTION ledger_check_{function}() SET enable_{way} = off")
    with pytest.raises(AssertionError, match="whole tables were read"):
        check()
