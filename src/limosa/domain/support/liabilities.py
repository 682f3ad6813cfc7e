"""What we owe people in service: wallets, bonuses and codes, by their rows and by the books.

Rows say what is there now, and not what was there on a day. So for a day, what was booked since is
taken off both sides: their difference is that of now, whichever day is asked for.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from limosa.foundation.money import Money

# One statement, so that both sides are of one moment. Each side sums all of its rows: like the sum
# of the whole journal, it takes longer as they grow.
LIABILITIES = """
WITH own (kind, currency, minor) AS (
    SELECT 'wallet', currency, sum(balance_minor) FROM ledger_account
     WHERE kind = 'wallet' GROUP BY currency
    UNION ALL
    SELECT 'wallet_frozen', currency, sum(frozen_minor) FROM wallets_wallettopup
     WHERE frozen_minor > 0 GROUP BY currency
    UNION ALL
    SELECT 'bonus', currency, sum(left_minor) FROM wallets_bonus
     WHERE left_minor > 0 GROUP BY currency
    UNION ALL
    SELECT 'codes_outstanding', batch.currency, sum(batch.amount_minor * (
           SELECT count(*) FROM redemption_code AS code
            WHERE code.serial >= batch.first_serial
              AND code.serial < batch.first_serial + batch.count AND code.state = 'active'))
      FROM redemption_codebatch AS batch GROUP BY batch.currency
), booked (kind, currency, minor, since_minor) AS (
    SELECT account.kind, account.currency, -sum(posting.amount_minor),
           -coalesce(sum(posting.amount_minor) FILTER (WHERE entry.posted_at >= {until}), 0)
      FROM ledger_account AS account
      JOIN ledger_posting AS posting ON posting.account_id = account.id
      JOIN ledger_journalentry AS entry ON entry.id = posting.entry_id
     WHERE account.kind IN ('wallet', 'wallet_frozen', 'bonus', 'codes_outstanding')
     GROUP BY account.kind, account.currency
)
SELECT kind, currency, (coalesce(own.minor, 0) - coalesce(since_minor, 0))::bigint AS own_minor,
       (coalesce(booked.minor, 0) - coalesce(since_minor, 0))::bigint AS booked_minor
  FROM own FULL JOIN booked USING (kind, currency)
"""
# The guard: what no guard of single rows sees, such as a row that is gone. A wallet's account can't
# be, and its balance has a guard that says whose it is.
LIABILITY_SUMS = f"""
SELECT 0, concat(kind, ' ', currency), '', '', currency, booked_minor, own_minor
  FROM ({LIABILITIES.format(until="'infinity'::timestamptz")}) AS liability
 WHERE kind <> 'wallet' AND own_minor <> booked_minor AND {{scope}}
"""  # noqa: S608 -- put together from constants


@dataclass(frozen=True, slots=True, kw_only=True)
class Liability:
    """What is owed of one kind in one currency. `kind`: of the account, as in AccountKind. `own`:
    by the rows of wallets, bonuses, or codes; `booked`: by the journal."""

    kind: str
    own: Money
    booked: Money

    @property
    def difference(self) -> Money:
        """What the rows have more than the books; it must be zero."""
        return self.own - self.booked


_ORDER = ("wallet", "wallet_frozen", "bonus", "codes_outstanding")


def liabilities(*, until: datetime | None = None) -> list[Liability]:
    """Return what is owed, by currency, and in it wallets, frozen money, bonuses and codes.

    `until`: as it was just before that moment; None: now.
    """
    statement = LIABILITIES.format(
        until="'infinity'::timestamptz" if until is None else "%(until)s::timestamptz"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, {} if until is None else {"until": until})
        rows = cursor.fetchall()
    found = [
        Liability(kind=kind, own=Money(own, currency), booked=Money(booked, currency))
        for kind, currency, own, booked in rows
        if own or booked
    ]
    return sorted(found, key=lambda one: (one.own.currency, _ORDER.index(one.kind)))
