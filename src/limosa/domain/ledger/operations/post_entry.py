from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from limosa.domain.gathered import Answers, Shape, Write, write
from limosa.domain.ledger.engine.postings import Leg, check_balanced, drop_empty
from limosa.domain.ledger.models import Account, AccountKind, JournalEntry, Posting
from limosa.foundation.problem import DomainRefusal

# One statement: the entry decides races by its key, the postings find their accounts by code.
_ENTRY = Shape(
    parts=(
        (
            "entry#",
            """
    INSERT INTO ledger_journalentry (key, kind, order_number, posted_at)
    VALUES (%s, %s, %s, %s) ON CONFLICT (key) DO NOTHING RETURNING id""",
        ),
        (
            "posting#",
            """
    INSERT INTO ledger_posting (entry_id, account_id, amount_minor)
    SELECT entry#.id, account.id, leg.amount_minor
      FROM entry#, unnest(%s::text[], %s::bigint[]) AS leg (code, amount_minor)
      JOIN ledger_account AS account ON account.code = leg.code
    RETURNING account_id""",
        ),
    ),
    answers=(
        "(SELECT id FROM entry#)",
        """(SELECT array_agg(account.code)
              FROM posting# JOIN ledger_account AS account ON account.id = posting#.account_id)""",
    ),
)

_MOVE_WALLET = """
UPDATE ledger_account SET balance_minor = balance_minor - %(debit)s
 WHERE code = %(code)s AND balance_minor >= %(debit)s
"""


class EntryKeyReusedError(Exception):
    """The same key came again with other content: a fault of ours."""


class WalletTooLowError(DomainRefusal):
    """The wallet has less than this payment needs."""

    code = "wallet_too_low"


@transaction.atomic(savepoint=False)
def post_entry(
    *, key: str, kind: str, legs: Sequence[Leg], now: datetime, order_number: str = ""
) -> bool:
    """Write a journal entry; return False when the same entry was already there.

    Inside `writes_gathered` it is written, and what it raises is raised, where the writes are
    sent; it returns True.

    Locks:  the wallets' account rows, until the caller's transaction ends.
    Raises: UnbalancedEntryError, EntryKeyReusedError (our faults);
            WalletTooLowError. Nothing changed.
    """
    legs = drop_empty(legs)
    check_balanced(legs)
    codes = [leg.account_code for leg in legs]
    amounts = [leg.amount.amount_minor for leg in legs]
    is_new = True

    def receive(answers: Answers) -> None:
        nonlocal is_new
        entry_id, found = answers
        is_new = entry_id is not None
        if not is_new:
            _check_same_content(key, legs)
            return
        if missing := Counter(codes) - Counter(found):
            _post_to_new_accounts(entry_id, [leg for leg in legs if leg.account_code in missing])
        _move_wallets(legs)

    write(Write(_ENTRY, [key, kind, order_number, now, codes, amounts], receive))
    return is_new


def _post_to_new_accounts(entry_id: int, legs: Sequence[Leg]) -> None:
    for leg in legs:
        is_wallet = leg.kind == AccountKind.WALLET
        account, _ = Account.objects.get_or_create(
            code=leg.account_code,
            defaults={
                "kind": leg.kind,
                "currency": leg.amount.currency,
                "subscriber_id": int(leg.owner) if is_wallet else None,
                "balance_minor": 0 if is_wallet else None,
            },
        )
        Posting.objects.create(
            entry_id=entry_id, account=account, amount_minor=leg.amount.amount_minor
        )


def _move_wallets(legs: Sequence[Leg]) -> None:
    for leg in legs:
        if leg.kind != AccountKind.WALLET:
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
