"""What must be true at every moment, whatever is in progress: I1 to I13.

Read from committed rows over a connection of its own, and compared with the providers' own books.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from limosa.domain.payments.requests import SAVED
from limosa_lab.simulation.broken import check
from limosa_lab.simulation.held import MERCHANT, Held
from limosa_lab.simulation.monitor import Monitor
from limosa_lab.simulation.reserves import TABLE as RESERVES
from limosa_lab.simulation.reserves import check_reserves
from limosa_lab.simulation.supplies import check_ordered_once
from limosa_lab.simulation.world import World

Row = list[Any]
_DECIMALS = {"JPY": 0, "USD": 2, "KWD": 3}
_TABLES = {
    "payments": """
        SELECT p.id, p.number, p.order_number, p.provider, p.state, p.amount_minor, p.currency,
               p.received_minor, p.received_currency, p.refunded_minor, p.pays_order, p.problem,
               p.in_wallet, (SELECT coalesce(sum(d.reversed_minor), 0) FROM payments_dispute d
                              WHERE d.payment_id = p.id) AS reversed_minor
          FROM payments_payment p""",
    "refunds": """
        SELECT id, payment_id, number,
               CASE WHEN by_hand THEN reversed_minor ELSE amount_minor END AS promised_minor, state
          FROM payments_refund""",
    "orders": """
        SELECT o.id, o.number, o.state, o.paid_at IS NOT NULL AS is_paid,
               o.fulfilled_at IS NOT NULL AS is_fulfilled,
               q.total_minor, q.currency, q.exchange -> 'CNY' ->> 'rate' AS rate
          FROM ordering_order o JOIN ordering_quote q ON q.id = o.quote_id""",
    "disputes": """
        SELECT d.id, d.payment_id, p.order_number, p.pays_order
          FROM payments_dispute d JOIN payments_payment p ON p.id = d.payment_id
         WHERE d.state = 'open'""",
    "bundles": """
        SELECT id, order_number, suspended_at IS NOT NULL AS is_suspended
          FROM esims_bundle WHERE order_number NOT LIKE 'B-%'""",
    "reserves": RESERVES,
    "accounts": "SELECT id, code, kind, balance_minor FROM ledger_account",
    "entries": "SELECT id, key, kind, order_number FROM ledger_journalentry",
    "postings": "SELECT id, entry_id, account_id, amount_minor FROM ledger_posting",
}
# One statement for everything: each table's rows by id, with values in column order.
_READ = "SELECT " + ", ".join(
    f"(SELECT coalesce(json_agg(t ORDER BY t.id), '[]') FROM ({table}) AS t)"
    for table in _TABLES.values()
)


@dataclass(slots=True)
class Invariants:
    """Checks repeatedly during one run, and remembers what the journal contained."""

    monitor: Monitor
    world: World
    seen: dict[str, Row] = field(default_factory=dict)
    promised: set[int] = field(default_factory=set)
    disputed: set[int] = field(default_factory=set)
    rows: dict[str, list[Row]] = field(default_factory=dict)

    def look(self) -> None:
        """Check everything. Raises InvariantBrokenError."""
        found = self.monitor.connection.execute(_READ).fetchone()
        assert found is not None  # noqa: S101 -- it has one row.
        self.rows = {
            name: [list(row.values()) for row in rows]
            for name, rows in zip(_TABLES, found, strict=True)
        }
        self._check_journal()
        self._check_wallets()
        self._check_orders()
        self._check_payments()
        self._check_disputes()
        self._check_captures()
        self._check_providers()
        check_reserves(self.world, self.rows["reserves"])
        check_ordered_once(self.world)

    def _check_journal(self) -> None:
        """I1: entries sum to zero per currency, have two legs or more, and never change."""
        currency = {row[0]: row[1].rpartition(":")[2] for row in self.rows["accounts"]}
        legs: Counter[int] = Counter()
        sums: Counter[tuple[int, str]] = Counter()
        for _, entry, account, amount in self.rows["postings"]:
            legs[entry] += 1
            sums[entry, currency[account]] += amount
        for entry, key, *_ in self.rows["entries"]:
            check(legs[entry] >= 2, "I1", f"{key} has {legs[entry]} legs")
        check(not any(sums.values()), "I1", f"an entry does not balance: {sums}")
        known = {
            f"{name} {row[0]}": row for name in ("entries", "postings") for row in self.rows[name]
        }
        changed = [key for key, row in self.seen.items() if known.get(key) != row]
        check(not changed, "I1", f"the journal was changed: {changed}")
        self.seen = known

    def _check_wallets(self) -> None:
        """I2: a stored balance equals its postings. I3: none is negative."""
        sums: Counter[int] = Counter()
        for _, _, account, amount in self.rows["postings"]:
            sums[account] -= amount
        for account, code, kind, balance in self.rows["accounts"]:
            if kind == "wallet":
                check(balance == sums[account], "I2", f"{code}: {balance} is not {sums[account]}")
                check(balance >= 0, "I3", f"{code} is at {balance}")

    def _check_orders(self) -> None:
        """I4: one payment pays. I5: one bundle is given. I6: none without money received."""
        paying: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows["payments"]:
            if row[10]:
                paying[row[2]].append(row)
        entries = Counter(row[3] for row in self.rows["entries"] if row[2] == "payment")
        bundles = Counter(row[1].partition("#")[0] for row in self.rows["bundles"])
        for _, number, state, is_paid, is_fulfilled, *_ in self.rows["orders"]:
            count = len(paying[number])
            check(count <= 1, "I4", f"{number} is paid by {count} payments")
            check(is_paid == bool(count), "I4", f"{number} ({state}) has {count} paying payments")
            check(entries[number] <= 1, "I4", f"{number} was booked {entries[number]} times")
            check(bundles[number] <= 1, "I5", f"{number} was given {bundles[number]} bundles")
            if is_fulfilled or bundles[number]:
                check(is_paid and count and entries[number], "I6", f"{number} ({state}) is unpaid")

    def _check_payments(self) -> None:
        """I7: refunds stay within receipts. I8: success is exact, and the provider agrees."""
        refunds: Counter[int] = Counter()
        for _, payment, _, amount, _ in self.rows["refunds"]:
            refunds[payment] += amount
        orders = {row[1]: row for row in self.rows["orders"]}
        held = {number: one for p in self.world.providers for number, one in p.held.items()}
        for row in self.rows["payments"]:
            number, received, refunded = row[1], row[7], row[9]
            total = received if row[12] else refunds[row[0]] + row[13]
            check(total == refunded, "I7", f"{number}: {total} was promised, {refunded} is kept")
            check(refunded <= received, "I7", f"{number}: {refunded} goes back of {received}")
            if row[3] == "wallet":
                continue
            if row[4] == "succeeded":
                self._check_truth(row, held.get(number))
            if row[10]:
                _check_exact(row, orders[row[2]])

    def _check_disputes(self) -> None:
        """I10: while a payment is disputed none of it is promised, and its bundle is suspended."""
        disputed = {row[1] for row in self.rows["disputes"]}
        for refund, payment, number, *_ in self.rows["refunds"]:
            is_wrong = refund not in self.promised and payment in disputed & self.disputed
            check(not is_wrong, "I10", f"{number} was promised of a disputed payment")
        suspended = {row[2] for row in self.rows["disputes"] if row[3]}
        for _, number, is_suspended in self.rows["bundles"]:
            is_right = is_suspended == (number.partition("#")[0] in suspended)
            check(is_right, "I10", f"the bundle of {number} is suspended: {is_suspended}")
        self.promised = {row[0] for row in self.rows["refunds"]}
        self.disputed = disputed

    def _check_captures(self) -> None:
        """I12: who learnt of an approval after the order was paid or cancelled captures nothing."""
        unwanted = {row[1] for row in self.rows["orders"] if row[2] != "placed"}
        order_of = {row[1]: row[2] for row in self.rows["payments"]}
        for provider in self.world.providers:
            for held in provider.held.values():
                is_right = not held.is_captured_in_vain
                check(is_right, "I12", f"{held.number} was captured, and the order needs nothing")
                held.is_unwanted = order_of.get(held.number) in unwanted

    def _check_truth(self, row: Row, held: Held | None) -> None:
        """I6, I8: what is recorded as received was taken by the provider, exactly, and for us."""
        number = row[1]
        taken = held.taken if held else None
        check(taken is not None, "I6", f"{number} succeeded, and nothing was taken")
        assert held is not None  # noqa: S101 -- for the types.
        assert taken is not None  # noqa: S101
        truth = (taken.amount_minor, taken.currency, held.merchant)
        check((row[7], row[8], MERCHANT) == truth, "I8", f"{number}: {row[7:9]} is not {truth}")

    def _check_providers(self) -> None:
        """I9: no provider refunds more than it took. I4: a saved method pays an order once."""
        order_of = {row[1]: row[2] for row in self.rows["payments"]}
        charged = Counter(
            order_of[held.number]
            for provider in self.world.providers
            for held in provider.held.values()
            if held.taken is not None and held.request.method == SAVED
        )
        check(max(charged.values(), default=0) <= 1, "I4", f"charged by itself: {charged}")
        for provider in self.world.providers:
            for held in provider.held.values():
                back = held.given_back(promised=True)
                taken = held.taken.amount_minor if held.taken else 0
                check(back <= taken, "I9", f"{held.number}: {back} went back of {taken}")


def _check_exact(payment: Row, order: Row) -> None:
    """I8: the channel was asked for the order's total, converted without loss.

    `rate` is yuan for a whole unit of the order's currency.
    """
    total, currency, rate = order[5:8]
    due = total
    if payment[6] != currency:
        fen = Decimal(total) * Decimal(rate) * 100 / 10 ** _DECIMALS[currency]
        due = int((fen * 2 + 1) // 2)
    check(
        (payment[7], payment[8]) == (due, payment[6]),
        "I8",
        f"{payment[1]} paid {payment[7]} {payment[8]} for {due} {payment[6]}",
    )
