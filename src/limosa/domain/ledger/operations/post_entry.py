import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from limosa.domain.ledger.engine.postings import Leg, check_balanced, drop_empty
from limosa.domain.ledger.models import HELD_KINDS, Account, JournalEntry, Posting
from limosa.foundation.errors import DomainRefusal

# One statement: the entry's key decides races, and the postings find their accounts by code. Either
# all of them are written or none: the database refuses part of an entry (migrations/sql). Each
# account is looked up by its code, because a join might read all accounts.
_POST_ENTRY = """
WITH entry AS (
    INSERT INTO ledger_journalentry (key, kind, order_number, posted_at)
    VALUES (%s, %s, %s, %s) ON CONFLICT (key) DO NOTHING RETURNING id
), leg AS (
    SELECT (SELECT id FROM ledger_account WHERE code = leg.code) AS id, leg.amount_minor
      FROM json_to_recordset(%s) AS leg (code text, amount_minor bigint)
), posting AS (
    INSERT INTO ledger_posting (entry_id, account_id, amount_minor)
    SELECT entry.id, leg.id, leg.amount_minor FROM entry, leg
     WHERE NOT EXISTS (SELECT FROM leg WHERE id IS NULL)
    RETURNING 1
)
SELECT (SELECT id FROM entry), (SELECT count(*) FROM posting)
"""

_MOVE_WALLET = """
UPDATE ledger_account SET balance_minor = balance_minor - %(debit)s
 WHERE code = %(code)s AND balance_minor >= %(debit)s
"""


class EntryKeyReusedError(Exception):
    """The same key was posted before with different content: a bug of ours."""


class WalletTooLowError(DomainRefusal):
    """The wallet's balance is too low for this payment."""

    code = "wallet_too_low"


@transaction.atomic(savepoint=False)
def post_entry(
    *, key: str, kind: str, legs: Sequence[Leg], now: datetime, order_number: str = ""
) -> bool:
    """Post a journal entry; return False if the same entry was already there.

    Locks:  the account rows of wallets and bonuses, until the caller's transaction ends.
    Raises: UnbalancedEntryError, EntryKeyReusedError (our bugs); WalletTooLowError. Nothing
            changed.
    """
    legs = drop_empty(legs)
    check_balanced(legs)
    rows = [{"code": leg.account_code, "amount_minor": leg.amount.amount_minor} for leg in legs]
    with connection.cursor() as cursor:
        cursor.execute(_POST_ENTRY, [key, kind, order_number, now, json.dumps(rows)])
        entry_id, posted = cursor.fetchone()
    if entry_id is None:
        _check_same_content(key, legs)
        return False
    if not posted:
        _post_to_new_accounts(entry_id, legs)
    _move_wallets(legs)
    return True


def _post_to_new_accounts(entry_id: int, legs: Sequence[Leg]) -> None:
    Posting.objects.bulk_create(
        Posting(
            entry_id=entry_id, account_id=_account_id(leg), amount_minor=leg.amount.amount_minor
        )
        for leg in legs
    )


def _account_id(leg: Leg) -> int:
    is_held = leg.kind in HELD_KINDS
    account, _ = Account.objects.get_or_create(
        code=leg.account_code,
        defaults={
            "kind": leg.kind,
            "currency": leg.amount.currency,
            "subscriber_id": int(leg.owner) if is_held else None,
            "balance_minor": 0 if is_held else None,
        },
    )
    return account.pk


def _move_wallets(legs: Sequence[Leg]) -> None:
    for leg in legs:
        if leg.kind not in HELD_KINDS:
            continue
        with connection.cursor() as cursor:
            cursor.execute(
                _MOVE_WALLET, {"debit": leg.amount.amount_minor, "code": leg.account_code}
            )
            if not cursor.rowcount:
                raise WalletTooLowError


def _check_same_content(key: str, legs: Sequence[Leg]) -> None:
    entry = JournalEntry.objects.get(key=key)
    stored = Counter(entry.postings.values_list("account__code", "amount_minor"))
    if stored != Counter((leg.account_code, leg.amount.amount_minor) for leg in legs):
        raise EntryKeyReusedError(key)
