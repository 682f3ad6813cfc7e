"""The invariants of renewals: R1 to R9, from the journal, the bank, the mail server and the record.

Orders that nobody placed by hand are automatic. Whatever auto-renew has written is not read.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from limosa.domain.payments.requests import SAVED
from limosa_lab.simulation.broken import check
from limosa_lab.simulation.invariants import Invariants
from limosa_lab.simulation.renewal_choices import GRACE
from limosa_lab.simulation.renewals.record import Agreement, Record
from limosa_lab.simulation.renewals.rules import Ending

_ORDERS = """
    SELECT o.number, CASE WHEN e.public_id LIKE 'ESIM%' THEN q.subscriber_id ELSE 0 END,
           q.total_minor, q.currency, o.paid_at IS NOT NULL, o.state
      FROM ordering_order o JOIN ordering_quote q ON q.id = o.quote_id
      LEFT JOIN esims_esim e ON e.id = q.esim_id ORDER BY o.id"""
_BUNDLES = """
    SELECT b.order_number, b.subscriber_id, b.state, b.starts_at, b.ends_at, b.created_at
      FROM esims_bundle b JOIN esims_esim e ON e.id = b.esim_id
     WHERE e.public_id LIKE 'ESIM%' ORDER BY b.id"""


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order. `person`: whose eSIM it renews; 0: it is for a new one."""

    number: str
    person: int
    total_minor: int
    currency: str
    is_paid: bool
    state: str


@dataclass(frozen=True, slots=True)
class BundleRow:
    """A bundle with its times."""

    order_number: str
    person: int
    state: str
    starts_at: datetime
    ends_at: datetime
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Charge:
    """An automatic charge, and the end that it was for. `agreement`: that allowed it."""

    order: str
    person: int
    at: datetime
    end: datetime
    agreement: Agreement


@dataclass(slots=True)
class RenewalInvariants(Invariants):
    """Checks those of payments, and R1 to R8. `charges`: by order."""

    record: Record = field(default_factory=Record)
    orders: dict[str, OrderRow] = field(default_factory=dict)
    bundles: list[BundleRow] = field(default_factory=list)
    charges: dict[str, Charge] = field(default_factory=dict)
    paid: set[str] = field(default_factory=set)

    def look(self) -> None:
        """Check everything. Raises InvariantBrokenError."""
        Invariants.look(self)
        self.read()
        taken = self._taken_by_bank()
        for order in self.orders.values():
            if order.number in self.world.orders:
                continue
            if order.number in taken and order.number not in self.charges:
                self._judge(order, taken[order.number])
            if order.is_paid and order.number not in self.paid:
                self.paid.add(order.number)
                self._judge_paid(order)

    def read(self) -> None:
        """Read the orders and bundles."""
        connection = self.monitor.connection
        with connection.pipeline():
            orders, bundles = connection.execute(_ORDERS), connection.execute(_BUNDLES)
        self.orders = {row[0]: OrderRow(*row) for row in orders}
        self.bundles = [BundleRow(*row) for row in bundles]

    def _taken_by_bank(self) -> dict[str, datetime]:
        """Return when the bank took money for an order, or began to, without the person."""
        order_of = {row[1]: row[2] for row in self.rows["payments"]}
        return {
            order_of[held.number]: held.paid_at
            for provider in self.world.providers
            for held in provider.held.values()
            if held.request.method == SAVED and held.paid_at is not None
        }

    def _judge_paid(self, order: OrderRow) -> None:
        """R1, R8: an order is paid only while it was not called off; R3: one for an end."""
        if order.number not in self.charges:
            self._judge(order, self.world.now)
        charge = self.charges[order.number]
        is_off = charge.agreement.withdrawn_at is not None
        check(not is_off, "R1", f"{order.number} was paid after it was called off")
        is_skipped = charge.end in charge.agreement.skipped
        check(not is_skipped, "R8", f"{order.number} was paid for an end that was left out")
        for other in self.charges.values():
            is_same = (other.person, other.end) == (charge.person, charge.end)
            if other is not charge and is_same and other.order in self.paid:
                is_back = self.orders[other.order].state == "refunded"
                check(is_back, "R3", f"{order.number} and {other.order} are for one end")

    def _judge(self, order: OrderRow, at: datetime) -> None:
        """R1 to R6: somebody allowed it, and all that they were promised is kept."""
        ending = self._ending(order, at)
        allowing = [one for one in self.record.of(order.person) if one.may_hold_at(at)]
        check(allowing, "R1", f"{order.number} was charged, and nobody had agreed to it")
        wrongs = [self._wrong(order, at, one, ending) for one in allowing]
        if all(wrongs):
            name, text = wrongs[0] or ("", "")
            check(holds=False, name=name, text=f"{order.number}: {text}")
        agreement = allowing[wrongs.index(None)]
        charge = Charge(order.number, order.person, at, ending.ends_at, agreement)
        for other in self.charges.values():
            is_same = other.agreement is agreement and other.end == charge.end
            is_back = self._is_back(other.order)
            check(not is_same or is_back, "R3", f"{order.number} and {other.order} took money")
        self.charges[order.number] = charge

    def _is_back(self, number: str) -> bool:
        """Whether the bank holds nothing of what it took for an order."""
        order_of = {row[1]: row[2] for row in self.rows["payments"]}
        for provider in self.world.providers:
            for held in provider.held.values():
                if order_of.get(held.number) == number and held.undecided is not None:
                    return False
                taken = held.taken.amount_minor if held.taken else 0
                back = held.given_back(promised=True) + held.withheld()
                if order_of.get(held.number) == number and back < taken:
                    return False
        return self.orders[number].state == "refunded" or number not in self.paid

    def _ending(self, order: OrderRow, at: datetime) -> BundleRow:
        """Return what a charge renews: of all that a worker could know of, what ends last."""
        known = [
            one
            for one in self.bundles
            if one.person == order.person
            and one.order_number != order.number
            and one.state != "refunded"
            and one.created_at <= at - GRACE
        ]
        check(known, "R4", f"{order.number} renews nothing")
        return max(known, key=lambda one: one.ends_at)

    def _wrong(
        self, order: OrderRow, at: datetime, agreement: Agreement, bundle: BundleRow
    ) -> tuple[str, str] | None:
        """Return which invariant a charge breaks under an agreement, and how; None: none."""
        ending = ending_of(bundle, agreement)
        until = agreement.until
        cap = f"{agreement.cap_minor} {agreement.currency}"
        is_within = (
            agreement.currency == order.currency and order.total_minor <= agreement.cap_minor
        )
        least = ending.least_lead
        wrongs = (
            (not is_within, "R2", f"{order.total_minor} {order.currency} is not within {cap}"),
            (at >= bundle.ends_at + GRACE, "R4", f"it was charged after the end, {bundle.ends_at}"),
            (until and at >= until + GRACE, "R4", f"it was agreed to until {until}"),
            (at < ending.charge_at - GRACE, "R3", f"something lasts until {bundle.ends_at}"),
            (not self._was_told(order, at, ending), "R5", f"{least} before, nobody was told"),
        )
        return next(((name, text) for is_so, name, text in wrongs if is_so), None)

    def _was_told(self, order: OrderRow, at: datetime, ending: Ending) -> bool:
        """Whether a mail server took a notice of at least this sum, long enough before."""
        return any(
            letter.to == f"person{order.person}@example.com"
            and (letter.at_most_minor or 0) >= order.total_minor
            and ending.told_from - GRACE <= letter.at
            and letter.at + ending.least_lead <= at + GRACE
            for letter in self.record.letters
        )


def ending_of(bundle: BundleRow, agreement: Agreement) -> Ending:
    """Return the end of a bundle as one that an agreement is about."""
    return Ending(
        starts_at=bundle.starts_at,
        ends_at=bundle.ends_at,
        told_from=max(agreement.at, bundle.created_at),
    )


def by_person(bundles: list[BundleRow]) -> dict[int, list[BundleRow]]:
    """Return the bundles of each person that were not refunded."""
    found: dict[int, list[BundleRow]] = defaultdict(list)
    for bundle in bundles:
        if bundle.state != "refunded":
            found[bundle.person].append(bundle)
    return found
