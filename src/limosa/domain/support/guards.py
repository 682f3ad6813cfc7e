"""What is checked each hour to know that the books are right, and the SQL for it.

A guard returns what is wrong, never what is right. Guards over the rows of a table check part of it
at a time: what was touched since the last hour, and a slice of all rows, in rotation, so an hourly
run costs the same however many people there are. The others read a partial index that contains only
what they look for, except the last, which sums the whole journal. Values that belong to a row are
counted or summed in a sub-select, which uses its index for each row; EXISTS would be turned into a
scan of the whole table.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from limosa.domain.support.automatic_orders import AUTOMATIC_ORDERS
from limosa.domain.support.bonus_sums import BONUS_SUMS, BOOKED_BONUSES
from limosa.domain.support.code_sums import BOOKED_BATCHES, CODE_SUMS, GUESSED_CODES
from limosa.domain.support.guard import Found, Guard
from limosa.domain.support.journal_sums import ENTRY_SUMS, HELD_SUMS, JOURNAL_SUMS
from limosa.domain.support.liabilities import LIABILITY_SUMS
from limosa.domain.support.models import GuardKind
from limosa.domain.support.payable_sums import STATEMENTS_AND_BALANCES
from limosa.domain.support.plan_change_sums import BOOKED_CHANGES, PLAN_CHANGE_SUMS
from limosa.domain.support.promotion_sums import CODES_USED, PROMOTION_CODE_SUMS
from limosa.domain.support.rating_sums import RATING_SUMS
from limosa.domain.support.supply_sums import ORDERS_LEFT, SUPPLIED_COSTS
from limosa.domain.support.top_up_sums import BOOKED_TOP_UPS, TOP_UP_SUMS

# Above this, one more finding helps nobody; the rest are found when these are gone.
FOUND_MAX = 500


GUARDS = (
    # I1: names the entry that does not balance; JOURNAL shows that there is one somewhere.
    Guard(
        kind=GuardKind.ENTRIES,
        finds=ENTRY_SUMS,
        row="entry.id",
        last_row="SELECT max(id) FROM ledger_journalentry",
        touched="SELECT id FROM ledger_journalentry WHERE id > %(after)s AND id <= %(upto)s",
        last_touch="SELECT max(id) FROM ledger_journalentry",
    ),
    Guard(  # I2
        kind=GuardKind.WALLETS,
        finds=HELD_SUMS,
        row="account.id",
        last_row="SELECT max(id) FROM ledger_account",
        touched="SELECT account_id FROM ledger_posting WHERE id > %(after)s AND id <= %(upto)s",
        last_touch="SELECT max(id) FROM ledger_posting",
    ),
    Guard(  # I2
        kind=GuardKind.USAGE,
        finds="""
SELECT id, order_number, '', order_number, 'B', used_bytes, deducted FROM (
    SELECT bundle.id, bundle.order_number, bundle.used_bytes,
           (SELECT coalesce(sum(deduction.deducted_bytes), 0)
              FROM charging_usagededuction AS deduction
             WHERE deduction.bundle_id = bundle.id) AS deducted
      FROM esims_bundle AS bundle WHERE {scope}
) AS counted WHERE used_bytes <> deducted
""",
        row="bundle.id",
        last_row="SELECT max(id) FROM esims_bundle",
        touched="""SELECT bundle_id FROM charging_usagededuction
                    WHERE id > %(after)s AND id <= %(upto)s""",
        last_touch="SELECT max(id) FROM charging_usagededuction",
    ),
    Guard(
        kind=GuardKind.RESERVES,
        finds="""
SELECT id, order_number, CASE WHEN used_bytes <> taken THEN 'use' ELSE 'beside' END, order_number,
       'B', used_bytes, taken FROM (
    SELECT reserve.*, bundle.order_number,
           (SELECT coalesce(sum(record.reserve_bytes), 0) FROM charging_usagerecord AS record
             WHERE record.reserve_id = reserve.id) AS taken
      FROM charging_reserve AS reserve JOIN esims_bundle AS bundle ON bundle.id = reserve.bundle_id
     WHERE {scope}
) AS reserve
 WHERE used_bytes <> taken
    OR (state = 'open' AND (SELECT count(*) FROM esims_bundle AS other
         WHERE other.esim_id = reserve.esim_id AND other.state IN ('queued', 'active')) > 0)
""",
        row="reserve.id",
        last_row="SELECT max(id) FROM charging_reserve",
        touched="""
SELECT reserve_id FROM charging_usagerecord
 WHERE reserve_id IS NOT NULL AND id > %(after)s AND id <= %(upto)s
""",
        last_touch="SELECT max(id) FROM charging_usagerecord",
    ),
    # I7, I8: a payment counts exactly what was promised back, and what was received is booked.
    Guard(
        kind=GuardKind.PAYMENTS,
        finds="""
SELECT id, number, CASE WHEN refunded_minor <> promised THEN 'refunds' ELSE 'not_booked' END,
       order_number, received_currency, refunded_minor, promised FROM (
    SELECT payment.*, CASE WHEN payment.in_wallet THEN payment.received_minor ELSE
           (SELECT coalesce(sum(CASE WHEN refund.by_hand THEN refund.reversed_minor
                                     ELSE refund.amount_minor END), 0)
              FROM payments_refund AS refund WHERE refund.payment_id = payment.id)
           + (SELECT coalesce(sum(dispute.reversed_minor), 0) FROM payments_dispute AS dispute
               WHERE dispute.payment_id = payment.id) END AS promised
      FROM payments_payment AS payment WHERE {scope}
) AS payment
 WHERE refunded_minor <> promised
    OR (state = 'succeeded' AND (SELECT count(*) FROM ledger_journalentry AS entry
                                  WHERE entry.key = concat('payment:', payment.number)) = 0)
""",
        row="payment.id",
        last_row="SELECT max(id) FROM payments_payment",
        touched="SELECT id FROM payments_payment WHERE id > %(after)s AND id <= %(upto)s",
        last_touch="SELECT max(id) FROM payments_payment",
    ),
    # I5, I6, F2: what was delivered was paid, and what was paid is known to be paid.
    Guard(
        kind=GuardKind.ORDERS,
        finds="""
SELECT id, number, CASE WHEN state IN ('placed', 'cancelled') THEN 'not_credited'
                        WHEN is_paid THEN 'no_bundle' ELSE 'no_payment' END,
       number, '', NULL::bigint, NULL::bigint FROM (
    SELECT ordered.*, (SELECT count(*) FROM payments_payment AS payment
                        WHERE payment.order_number = ordered.number
                          AND payment.pays_order) > 0
                OR (ordered.paid_at IS NOT NULL
                    AND (SELECT quote.total_minor FROM ordering_quote AS quote
                          WHERE quote.id = ordered.quote_id) = 0) AS is_paid
      FROM ordering_order AS ordered WHERE {scope}
) AS ordered
 WHERE is_paid <> (state NOT IN ('placed', 'cancelled'))
    OR (state = 'fulfilled' AND (SELECT count(*) FROM esims_bundle AS bundle
                                  WHERE bundle.order_number = ordered.number) = 0)
""",
        row="ordered.id",
        last_row="SELECT max(id) FROM ordering_order",
        touched="SELECT id FROM ordering_order WHERE id > %(after)s AND id <= %(upto)s",
        last_touch="SELECT max(id) FROM ordering_order",
    ),
    # F2: after 15 minutes it is refunded automatically, so nothing stays here for longer.
    Guard(
        kind=GuardKind.DELIVERY,
        finds="""
SELECT id, number, '', number, '', NULL::bigint, NULL::bigint FROM ordering_order
 WHERE state = 'paid' AND paid_at < %(now)s::timestamptz - interval '20 minutes' AND {scope}
 ORDER BY paid_at
""",
    ),
    # What people have to find out, and what was asked and never answered. Where people at the
    # supplier decide on a cancellation, it takes days; but a person waits for their money meanwhile
    # if they asked to return it.
    Guard(
        kind=GuardKind.SUPPLY,
        finds=ORDERS_LEFT,
    ),
    # F3: stored but not applied, although what it is about exists here.
    Guard(
        kind=GuardKind.INBOX,
        finds="""
SELECT message.id, concat(message.provider, ' ', message.message_id), message.result,
       coalesce(payment.order_number, ''), '', NULL::bigint, NULL::bigint
  FROM payments_inboxmessage AS message
  LEFT JOIN payments_payment AS payment ON payment.number = message.payment_number
                                       AND payment.provider = message.provider
 WHERE message.received_at < %(now)s::timestamptz - interval '1 hour' AND {scope}
   AND (message.result = ''
        OR (message.result IN ('unknown_payment', 'differs_ask_again')
            AND payment.state IN ('created', 'pending')))
""",
        row="message.id",
        last_row="SELECT max(id) FROM payments_inboxmessage",
        touched="""SELECT id FROM payments_inboxmessage
                    WHERE id > %(after)s - 20000 AND id <= %(upto)s""",
        last_touch="SELECT max(id) FROM payments_inboxmessage",
    ),
    Guard(  # F7
        kind=GuardKind.SUSPENSE,
        finds="""
SELECT id, code, '', '', currency, held, 0 FROM (
    SELECT account.*, (SELECT coalesce(sum(posting.amount_minor), 0) FROM ledger_posting AS posting
                        WHERE posting.account_id = account.id) AS held
      FROM ledger_account AS account WHERE account.code LIKE 'suspense:%%' AND {scope}
) AS suspense WHERE held <> 0
""",
    ),
    # F1: differences between a day's file and the clearing account, and days that nobody compared.
    Guard(
        kind=GuardKind.CLEARING,
        finds="""
SELECT settlement.id, concat(settlement.provider, ' ', settlement.day, ' ', ours_currency),
       'differs', '', ours_currency, ours_minor, theirs_minor
  FROM payments_difference AS difference
  JOIN payments_settlement AS settlement ON settlement.id = difference.settlement_id
 WHERE difference.state = 'open' AND difference.kind = 'clearing' AND {scope}
UNION ALL
SELECT id, concat(provider, ' ', day), 'not_compared', '', '', NULL, NULL
  FROM payments_settlement
 WHERE state <> 'done' AND day < (%(now)s::timestamptz - interval '4 days')::date AND {scope}
   AND day > (%(now)s::timestamptz - interval '31 days')::date
""",
    ),
    # Nothing in the books is wrong, but soon nobody can install an eSIM of this type. What orders
    # of our own network take from (%(stocked)s) is never to be empty.
    Guard(
        kind=GuardKind.STOCK,
        finds="""
SELECT id, code, '', '', '', available, wanted FROM (
    SELECT kind.*, greatest(low_below, (code = ANY(%(stocked)s))::int)::bigint AS wanted,
                   (SELECT count(*) FROM rsp_profile AS profile
                     WHERE profile.profile_type_id = kind.id
                       AND profile.state = 'available') AS available
      FROM rsp_profiletype AS kind WHERE (kind.low_below > 0 OR code = ANY(%(stocked)s)) AND {scope}
) AS stock WHERE available < wanted
""",
    ),
    # What a supplier delivered at a cost is booked, and nothing that it did not deliver. A key that
    # is contradicted by the supply's state is as wrong as one that is missing.
    Guard(
        kind=GuardKind.SUPPLIED,
        finds=SUPPLIED_COSTS,
        row="supply.id",
        last_row="SELECT max(id) FROM connectivity_supply",
        touched="""SELECT id FROM connectivity_supply
                    WHERE id > %(after)s - 1000 AND id <= %(upto)s""",
        last_touch="SELECT max(id) FROM connectivity_supply",
    ),
    # What suppliers charged and we did not book, or the reverse, until staff decide; balances that
    # run out; and days of statements that could not be compared.
    Guard(kind=GuardKind.PAYABLES, finds=STATEMENTS_AND_BALANCES),
    # What is published of ratings is what was written and counts.
    Guard(
        kind=GuardKind.RATINGS,
        finds=RATING_SUMS,
        row="place.id",
        last_row="SELECT max(id) FROM ratings_ratedplace",
        touched="SELECT id FROM ratings_ratedplace WHERE id > %(after)s AND id <= %(upto)s",
        last_touch="SELECT max(id) FROM ratings_ratedplace",
    ),
    Guard(
        kind=GuardKind.AUTOMATIC,
        finds=AUTOMATIC_ORDERS,
        row="ordered.id",
        last_row="SELECT max(id) FROM ordering_order",
        touched="SELECT id FROM ordering_order WHERE id > %(after)s AND id <= %(upto)s",
        last_touch="SELECT max(id) FROM ordering_order",
    ),
    # What batches' active codes are worth is what is outstanding for them.
    Guard(
        kind=GuardKind.CODES,
        finds=CODE_SUMS,
        row="batch.id",
        last_row="SELECT max(id) FROM redemption_codebatch",
        touched=BOOKED_BATCHES,
        last_touch="SELECT max(id) FROM ledger_posting",
        slice_rows=20,
    ),
    Guard(
        kind=GuardKind.PROMOTION_CODES,
        finds=PROMOTION_CODE_SUMS,
        row="code.id",
        last_row="SELECT max(id) FROM promotions_promotioncode",
        touched=CODES_USED,
        last_touch="SELECT max(id) FROM promotions_promotioncodeuse",
        slice_rows=100,
    ),
    Guard(
        kind=GuardKind.TOP_UPS,
        finds=TOP_UP_SUMS,
        row="top_up.id",
        last_row="SELECT max(id) FROM wallets_wallettopup",
        touched=BOOKED_TOP_UPS,
        last_touch="SELECT max(id) FROM ledger_journalentry",
    ),
    # What people have of bonuses, and what those paid, is what the books and the payments have.
    Guard(
        kind=GuardKind.BONUSES,
        finds=BONUS_SUMS,
        row="bonus.id",
        last_row="SELECT max(id) FROM wallets_bonus",
        touched=BOOKED_BONUSES,
        last_touch="SELECT max(id) FROM ledger_posting",
    ),
    # What is left of a plan counts once, towards a plan that is paid.
    Guard(
        kind=GuardKind.PLAN_CHANGES,
        finds=PLAN_CHANGE_SUMS,
        row="change.id",
        last_row="SELECT max(id) FROM ordering_planchange",
        touched=BOOKED_CHANGES,
        last_touch="SELECT max(id) FROM ledger_journalentry",
    ),
    Guard(kind=GuardKind.GUESSES, finds=GUESSED_CODES),
    # What all people together are owed. A row that is missing altogether shows only here.
    Guard(kind=GuardKind.LIABILITIES, finds=LIABILITY_SUMS),
    # I1, over everything at one moment. It reads the whole journal, so it takes longer as that
    # grows: docs/explanation/money.md has a figure.
    Guard(
        kind=GuardKind.JOURNAL,
        finds=JOURNAL_SUMS,
    ),
)


def found_in(guard: Guard, scope: str, values: dict[str, Any]) -> list[Found]:
    """Return what a guard finds among the rows that satisfy an SQL condition."""
    statement = f"{guard.finds.format(scope=scope)} LIMIT {FOUND_MAX}"
    with connection.cursor() as cursor:
        cursor.execute(statement, _used(statement, values))
        return [Found(*row) for row in cursor.fetchall()]


def found_in_slice(guard: Guard, *, after: int, upto: int, values: dict[str, Any]) -> list[Found]:
    """Return what it finds among the rows with ids above `after`, up to `upto`."""
    scope = f"{guard.row} > %(after)s AND {guard.row} <= %(upto)s"
    return found_in(guard, scope, {**values, "after": after, "upto": upto})


def found_in_touched(guard: Guard, *, after: int, upto: int, values: dict[str, Any]) -> list[Found]:
    """Return what it finds among the rows that were touched after `after`, up to `upto`."""
    scope = f"{guard.row} IN ({guard.touched})"
    return found_in(guard, scope, {**values, "after": after, "upto": upto})


def found_in_rows(guard: Guard, row_ids: Sequence[int], values: dict[str, Any]) -> list[Found]:
    """Return what it finds among these rows."""
    scope = f"{guard.row} = ANY(%(rows)s::bigint[])"
    return found_in(guard, scope, {**values, "rows": list(row_ids)})


def newest(statement: str) -> int:
    """Return the latest id that a statement selects; 0: there is none."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        (found,) = cursor.fetchone() or (None,)
        return found or 0


def _used(statement: str, values: dict[str, Any]) -> dict[str, Any]:
    """Return the values that a statement uses: the server accepts no others."""
    return {name: value for name, value in values.items() if f"%({name})s" in statement}
