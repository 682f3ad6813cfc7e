"""A settlement's sums, and what our clearing account moved for the same things.

The journal keys in these statements are those under which this package posts.
"""

from collections import defaultdict
from dataclasses import dataclass

from django.db import connection

from limosa.domain.payments.candidates import FURTHER, IS_FURTHER
from limosa.domain.payments.models import Settlement

_THEIRS = """
SELECT currency,
       coalesce(sum(amount_minor) FILTER (WHERE kind = 'payment'), 0),
       coalesce(sum(CASE kind WHEN 'refund' THEN amount_minor
                              WHEN 'refund_reversal' THEN -amount_minor END), 0),
       coalesce(sum(CASE kind WHEN 'dispute' THEN amount_minor
                              WHEN 'dispute_reversal' THEN -amount_minor END), 0),
       coalesce(sum(amount_minor) FILTER (WHERE kind = 'other'), 0),
       coalesce(sum(fee_minor), 0)
  FROM payments_settledline WHERE settlement_id = %(settlement)s GROUP BY currency
"""
# What the lines are about, and what we booked that no line is about.
_BOOKED = f"""
WITH posted (key) AS (
    SELECT 'payment:' || payment.number
      FROM payments_settledline AS line JOIN payments_payment AS payment
        ON payment.id = line.payment_id
     WHERE line.settlement_id = %(settlement)s AND line.kind = 'payment'
    UNION
    SELECT CASE line.kind WHEN 'refund' THEN concat('refund:', refund.number)
                          ELSE concat('refund-back:', refund.number, ':1') END
      FROM payments_settledline AS line JOIN payments_refund AS refund
        ON refund.id = line.refund_id
     WHERE line.settlement_id = %(settlement)s
    UNION
    SELECT CASE WHEN line.kind = 'dispute_reversal' THEN 'dispute-won:'
                WHEN {IS_FURTHER} THEN 'dispute-further:' ELSE 'dispute:' END
           || line.provider || ':' || ours.reference
      FROM payments_settledline AS line JOIN payments_dispute AS ours
        ON ours.id = line.dispute_id
     WHERE line.settlement_id = %(settlement)s
    UNION
    SELECT CASE split_part(subject, ':', 1)
                WHEN 'refund_reversal' THEN concat('refund-back:', ours ->> 'number', ':1')
                WHEN 'dispute' THEN CASE WHEN ours ->> 'number' LIKE '{FURTHER}%%'
                    THEN concat('dispute-further:', provider, ':',
                                substr(ours ->> 'number', {len(FURTHER) + 1}))
                    ELSE concat('dispute:', provider, ':', ours ->> 'number') END
                WHEN 'dispute_reversal'
                THEN concat('dispute-won:', provider, ':', ours ->> 'number')
                ELSE subject END
      FROM payments_difference
     WHERE settlement_id = %(settlement)s AND kind = 'missing_there'
       AND is_found AND (state = 'open' OR resolved_by_id IS NOT NULL)
    UNION
    SELECT key FROM ledger_journalentry WHERE key LIKE %(fees)s
)
SELECT account.currency, sum(posting.amount_minor)
  FROM posted
  JOIN ledger_journalentry AS entry ON entry.key = posted.key
  JOIN ledger_posting AS posting ON posting.entry_id = entry.id
  JOIN ledger_account AS account ON account.id = posting.account_id
 WHERE account.kind = 'clearing' AND account.code LIKE %(clearing)s
 GROUP BY account.currency
"""  # noqa: S608 -- put together from constants
_EXPLAINED = """
SELECT currency, sum(minor) FROM (
    SELECT theirs_currency AS currency, theirs_minor AS minor FROM payments_difference
     WHERE settlement_id = %(settlement)s AND kind <> 'clearing'
       AND is_found AND (state = 'open' OR resolved_by_id IS NOT NULL)
    UNION ALL
    SELECT ours_currency, -ours_minor FROM payments_difference
     WHERE settlement_id = %(settlement)s AND kind <> 'clearing'
       AND is_found AND (state = 'open' OR resolved_by_id IS NOT NULL)
) AS side WHERE currency <> '' GROUP BY currency
"""


@dataclass(frozen=True, slots=True)
class Sums:
    """The file's sums in one currency."""

    payments_minor: int = 0
    refunds_minor: int = 0
    disputes_minor: int = 0
    other_minor: int = 0
    fees_minor: int = 0

    @property
    def net_minor(self) -> int:
        """What we received in total."""
        spent = self.refunds_minor + self.disputes_minor + self.fees_minor
        return self.payments_minor + self.other_minor - spent


def fees_key(settlement: Settlement, currency: str) -> str:
    """Return the key of the entry that books a day's fees."""
    return f"fees:{settlement.provider}:{settlement.day.isoformat()}:{currency}"


def their_sums(settlement: Settlement) -> dict[str, Sums]:
    """Return the settlement's sums, by currency."""
    with connection.cursor() as cursor:
        cursor.execute(_THEIRS, {"settlement": settlement.pk})
        return {currency: Sums(*map(int, sums)) for currency, *sums in cursor.fetchall()}


def booked_sums(settlement: Settlement) -> dict[str, int]:
    """Return what our clearing account moved for the same things, by currency."""
    return _by_currency(_BOOKED, settlement)


def differs_from_totals(settlement: Settlement) -> bool:
    """Whether the journal has changed since the settlement's totals were stored."""
    kept = settlement.totals.exclude(booked_minor=0).values_list("currency", "booked_minor")
    now = {currency: minor for currency, minor in booked_sums(settlement).items() if minor}
    return now != dict(kept)


def explained_sums(settlement: Settlement) -> dict[str, int]:
    """Return what the differences found account for, theirs minus ours, by currency."""
    return _by_currency(_EXPLAINED, settlement)


def _by_currency(statement: str, settlement: Settlement) -> dict[str, int]:
    values: dict[str, int | str] = {
        "settlement": settlement.pk,
        "fees": fees_key(settlement, "%").replace("_", r"\_"),
        "clearing": f"clearing:{settlement.provider}:%".replace("_", r"\_"),
    }
    sums: defaultdict[str, int] = defaultdict(int)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        for currency, minor in cursor.fetchall():
            sums[currency] += int(minor)
    return sums
