"""The day for `limosa bench reconcile`: payments, refunds and disputes, and the provider's file of
them, with planted differences.

Everything is deterministic: the same number of payments makes the same day. The rows are generated
by the database and the file's lines here, by the same arithmetic.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.ledger.models import Account, AccountKind
from limosa.domain.payments.status_reports import SettlementKind, SettlementLine
from limosa_lab.benchmarks.settlement_provider import PROVIDER, ZONE

DAY = date(2026, 11, 20)
MIDNIGHT = datetime.combine(DAY, time(0), tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
DAY_SECONDS = 86_400
REFUND_EVERY = 50
DISPUTE_EVERY = 1_000
DIFFERENCES = 50
# How many of each are planted. The first ones begin some time after midnight, since payments close
# to it may be in another day's file.
_PLANTED = {
    "missing_here": 8,
    "missing_there": 8,
    "amount": 8,
    "currency": 2,
    "state": 7,
    "twice": 4,
    "clearing": 1,
    "refund missing_here": 3,
    "refund missing_there": 3,
    "refund amount": 2,
    "dispute missing_here": 2,
    "other": 2,
}
_TABLES = ("payments_payment", "payments_refund", "payments_dispute", "ledger_journalentry")

_MAKE = (
    """
INSERT INTO payments_payment (
    number, order_number, subscriber_id, provider, method, amount_minor, currency, state, pay_url,
    transaction_id, received_minor, received_currency, refunded_minor, pays_order, problem,
    created_at, expires_at, paid_at, applied_at, reference, save_wanted, is_automatic,
    in_wallet, decline, captures_refused)
SELECT 'LMB' || i, 'L-B' || i, %(subscriber)s, %(provider)s, 'native', 500 + i * 7919 %% 20000,
       'CNY', 'succeeded', '', 'T' || i, 500 + i * 7919 %% 20000, 'CNY', 0, true, '',
       at, at + interval '30 minutes', at, at, '', false, false, false, '', 0
  FROM generate_series(0, %(payments)s::bigint - 1) AS i,
       LATERAL (SELECT %(midnight)s::timestamptz
                       + make_interval(secs => i * 86400 / %(payments)s)) AS moment (at)
""",
    """
INSERT INTO payments_refund (number, payment_id, amount_minor, reason, state, requested_at,
                             finished_at, reference, settled_minor, wallet_minor, came_back,
                             by_hand, reversed_minor)
SELECT 'LRB' || substr(number, 4), id, 100, 'staff', 'succeeded', paid_at, paid_at, '', 0, 0, 0,
       false, 0
  FROM payments_payment
 WHERE provider = %(provider)s AND substr(number, 4)::integer %% %(refund_every)s = 1
""",
    """
INSERT INTO payments_dispute (provider, reference, payment_id, amount_minor, currency, reason,
                              state, opened_at, reversed_minor, settled_minor)
SELECT provider, 'DB' || substr(number, 4), id, 50, 'CNY', 'unknown', 'open', paid_at, 0, 0
  FROM payments_payment
 WHERE provider = %(provider)s AND substr(number, 4)::integer %% %(dispute_every)s = 2
""",
    """
WITH moved (key, kind, at, amount) AS (
    SELECT 'payment:' || number, 'payment', paid_at, received_minor FROM payments_payment
     WHERE provider = %(provider)s
    UNION ALL
    SELECT 'refund:' || refund.number, 'refund', refund.finished_at, -refund.amount_minor
      FROM payments_refund AS refund JOIN payments_payment AS payment
        ON payment.id = refund.payment_id
     WHERE payment.provider = %(provider)s
    UNION ALL
    SELECT 'dispute:' || provider || ':' || reference, 'dispute', opened_at, -amount_minor
      FROM payments_dispute WHERE provider = %(provider)s
), entry AS (
    INSERT INTO ledger_journalentry (key, kind, order_number, posted_at)
    SELECT key, kind, '', at FROM moved RETURNING id, key
)
INSERT INTO ledger_posting (entry_id, account_id, amount_minor)
SELECT entry.id, side.account_id, side.sign * moved.amount
  FROM entry JOIN moved USING (key),
       (VALUES (%(clearing)s::bigint, 1), (%(deferred)s::bigint, -1)) AS side (account_id, sign)
""",
)
_PEND = """
UPDATE payments_payment
   SET state = 'pending', received_minor = 0, received_currency = '', pays_order = false,
       paid_at = NULL, applied_at = NULL, transaction_id = ''
 WHERE number = ANY(%(numbers)s)
"""
_UNBOOK = (
    """
DELETE FROM ledger_posting USING ledger_journalentry AS entry
 WHERE entry.id = entry_id AND entry.key = ANY(%(keys)s)
""",
    "DELETE FROM ledger_journalentry WHERE key = ANY(%(keys)s)",
)


@dataclass(slots=True)
class Plan:
    """Which payments get which difference; `expected`: (kind, subject) of what must be found."""

    payments: int
    by_payment: dict[int, str] = field(default_factory=dict)
    expected: set[tuple[str, str]] = field(default_factory=set)

    def unbooked(self) -> list[str]:
        """Return the numbers of the payments that must not be in the journal."""
        wanted = {"state", "clearing"}
        return [f"LMB{i}" for i, kind in self.by_payment.items() if kind in wanted]

    def pending(self) -> list[str]:
        """Return the numbers of the payments that must not be paid here."""
        return [f"LMB{i}" for i, kind in self.by_payment.items() if kind == "state"]


def plan_day(payments: int) -> Plan:
    """Spread the differences over the day, two hours away from both ends."""
    plan = Plan(payments)
    kinds = [kind for kind, count in _PLANTED.items() for _ in range(count)]
    first, last = payments // 12, payments - payments // 12
    step = (last - first) // len(kinds)
    for turn, kind in enumerate(kinds):
        i = first + turn * step
        if kind.startswith("refund"):
            i -= (i - 1) % REFUND_EVERY  # A payment with a refund.
        while i in plan.by_payment:
            i += REFUND_EVERY
        plan.by_payment[i] = kind
        plan.expected.add(_expected(kind, i))
    return plan


def _expected(kind: str, i: int) -> tuple[str, str]:
    subjects = {
        "missing_here": f"payment:X{i}",
        "twice": f"payment:X{i}",
        "clearing": f"clearing:CNY:{DAY.isoformat()}",
        "refund missing_here": f"refund:X{i}",
        "refund missing_there": f"refund:LRB{i}",
        "refund amount": f"refund:LRB{i}",
        "dispute missing_here": f"dispute:X{i}",
        "other": f"other:X{i}",
    }
    return kind.rsplit(maxsplit=1)[-1], subjects.get(kind, f"payment:LMB{i}")


def lines_of(plan: Plan) -> Iterator[SettlementLine]:
    """Yield the provider's file."""
    for i in range(plan.payments):
        for line in _true_lines(i, plan.payments):
            yield from _planted(line, plan.by_payment.get(i, ""), i)


def _true_lines(i: int, payments: int) -> Iterator[SettlementLine]:
    at = MIDNIGHT + timedelta(seconds=i * DAY_SECONDS // payments)
    minor = 500 + i * 7919 % 20000
    payment = SettlementLine(
        kind=SettlementKind.PAYMENT,
        reference=f"T{i}",
        amount_minor=minor,
        currency="CNY",
        fee_minor=minor * 6 // 1000,
        at=at,
        payment_number=f"LMB{i}",
        transaction_id=f"T{i}",
    )
    yield payment
    if i % REFUND_EVERY == 1:
        yield replace(
            payment,
            kind=SettlementKind.REFUND,
            reference=f"R{i}",
            amount_minor=100,
            fee_minor=0,
            refund_number=f"LRB{i}",
        )
    if i % DISPUTE_EVERY == 2:
        yield replace(
            payment,
            kind=SettlementKind.DISPUTE,
            reference=f"DB{i}",
            amount_minor=50,
            fee_minor=0,
        )


def _planted(line: SettlementLine, kind: str, i: int) -> Iterator[SettlementLine]:
    """Yield the line as it is in the file, with planted lines beside it or in its place."""
    about_refund = kind.startswith("refund")
    if about_refund != (line.kind is SettlementKind.REFUND) or line.kind is SettlementKind.DISPUTE:
        yield line
        return
    more = replace(line, reference=f"X{i}", transaction_id=f"X{i}", fee_minor=0)
    in_place = {
        "missing_there": [],
        "refund missing_there": [],
        "amount": [replace(line, amount_minor=line.amount_minor - 1)],
        "refund amount": [replace(line, amount_minor=line.amount_minor - 1)],
        "currency": [replace(line, currency="USD")],
    }
    beside = {
        "missing_here": replace(more, payment_number=f"LMX{i}"),
        "twice": more,
        "refund missing_here": replace(more, refund_number=f"LRX{i}"),
        "dispute missing_here": replace(more, kind=SettlementKind.DISPUTE),
        "other": replace(more, kind=SettlementKind.OTHER, payment_number="", transaction_id=""),
    }
    yield from in_place.get(kind, [line])
    if kind in beside:
        yield beside[kind]


@transaction.atomic
def make_rows(plan: Plan) -> None:
    """Create our side of the day: rows and journal entries, with triggers off.

    The database must have none of the provider's rows.
    """
    person = Subscriber.objects.create(email="bench@example.com")
    clearing, deferred = (
        Account.objects.create(code=code, kind=kind, currency="CNY")
        for code, kind in (
            (f"clearing:{PROVIDER}:CNY", AccountKind.CLEARING),
            ("deferred_revenue:CNY", AccountKind.DEFERRED_REVENUE),
        )
    )
    values: dict[str, int | str | datetime | list[str]] = {
        "provider": PROVIDER,
        "subscriber": person.pk,
        "payments": plan.payments,
        "midnight": MIDNIGHT,
        "refund_every": REFUND_EVERY,
        "dispute_every": DISPUTE_EVERY,
        "clearing": clearing.pk,
        "deferred": deferred.pk,
        "numbers": plan.pending(),
        "keys": [f"payment:{number}" for number in plan.unbooked()],
    }
    with connection.cursor() as cursor:
        for name in ("ledger_posting", "ledger_journalentry"):
            cursor.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")
        for statement in (*_MAKE, _PEND, *_UNBOOK):
            cursor.execute(statement, values)
        # Deferred triggers would keep the tables from being altered again.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for name in ("ledger_posting", "ledger_journalentry"):
            cursor.execute(f"ALTER TABLE {name} ENABLE TRIGGER USER")
        for name in _TABLES:
            cursor.execute(f"ANALYZE {name}")
