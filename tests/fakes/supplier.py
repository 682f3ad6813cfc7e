"""A supplier that keeps its own state: what was ordered, what came of it, and what was asked.

It can be any kind of supplier: `capabilities` say how it behaves, and `script` what it does at the
next calls. Its state is in SQLite, in memory or in a file that several processes share, so that it
outlives whoever calls it. It knows nothing of our database.
"""

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import RLock

from limosa.domain.connectivity.answers import (
    CallbackRefusedError,
    CancelAnswer,
    Charge,
    Delivered,
    Duplicate,
    Failure,
    InstallTerms,
    Pending,
    PlanPage,
    PlanUse,
    Refused,
    Reinstall,
    ReplacementRequest,
    SupplierBalance,
    SupplierCallback,
    SupplierEsim,
    SupplierPlan,
    SupplierUsage,
    SupplyAnswer,
    SupplyHandle,
    SupplyNews,
    SupplyRequest,
    UnderReview,
    UndoAnswer,
    Unknown,
)
from limosa.domain.connectivity.capabilities import (
    CallbackAuth,
    Cancel,
    Capabilities,
    Idempotency,
    Renewal,
    RenewalStart,
    UsageUnit,
)
from limosa.domain.esims.engine.profile import Profile
from limosa.foundation.errors import LocalProtocolError, ProviderError
from limosa.foundation.identifiers import activation_code, make_iccid
from limosa.foundation.money import Money
from tests.fakes.usage_told import usage_body, usage_callback

SIGNATURE = "genuine"
EVERYTHING = Capabilities(
    renewal=Renewal.SAME_ESIM,
    idempotency=Idempotency.SAME_ORDER,
    cancel=Cancel.AT_ONCE,
    end_early=True,
    usage_unit=UsageUnit.MIB,
    usage_age=timedelta(hours=3),
    usage_batch=10,
    renewal_start=RenewalStart.AFTER_CURRENT,
    lists_plans=True,
    tells_balance=True,
    lists_charges=True,
    callback_auth=CallbackAuth.SIGNED,
)
# What a call may be told to do, in place of answering as it should.
LOST_BEFORE, LOST_AFTER, PENDING = "lost_before", "lost_after", "pending"
BUSY, OUT_OF_STOCK, REFUSED_FOR_GOOD = "busy", "out_of_stock", "refused_for_good"
BUSY_FOR_AN_HOUR, BUSY_FOR_SECONDS = "busy_for_an_hour", "busy_for_seconds"
_REFUSALS = {
    BUSY: Failure.AGAIN,
    BUSY_FOR_AN_HOUR: Failure.AGAIN,
    BUSY_FOR_SECONDS: Failure.AGAIN,
    OUT_OF_STOCK: Failure.ANOTHER,
    REFUSED_FOR_GOOD: Failure.NEVER,
}
_WAITS = {BUSY_FOR_AN_HOUR: timedelta(hours=1), BUSY_FOR_SECONDS: timedelta(seconds=30)}
_TABLES = """
CREATE TABLE IF NOT EXISTS supplied (
    reference INTEGER PRIMARY KEY, number TEXT, renewed TEXT, state TEXT
);
CREATE TABLE IF NOT EXISTS script (id INTEGER PRIMARY KEY, what TEXT);
CREATE TABLE IF NOT EXISTS called (id INTEGER PRIMARY KEY, call TEXT, number TEXT);
"""
_ISSUER = "8999"
_PLANS_IN_A_PAGE = 10
_PLAN = SupplierPlan(
    code="any",
    name="Any",
    use=PlanUse.EITHER,
    cost=Money(100, "USD"),
    volume_bytes=10**9,
    days=30,
    countries=("US",),
)


@dataclass(frozen=True, slots=True)
class Message:
    """A callback on its way to us: sending it twice is sending the same one. `unsigned`: its body
    without the signature, where that is in it."""

    headers: Mapping[str, str]
    body: bytes
    unsigned: bytes = b""


@dataclass(frozen=True, slots=True)
class Supplied:
    """An order as the supplier has it: ordered, delivered, failed, cancelled or ended."""

    reference: str
    number: str
    renewed: str
    state: str


class FakeSupplier:
    """A supplier. `during_order` runs while an order is made, before its answer. `names_renewed`:
    for a renewal it names the renewed eSIM again, as real ones do, in place of no eSIM."""

    capabilities = EVERYTHING
    path: str | Path = ":memory:"
    names_renewed = False

    def __init__(self, capabilities: Capabilities | None = None) -> None:
        if capabilities is not None:
            self.capabilities = capabilities
        self.during_order: Callable[[str], object] | None = None
        self.plans: list[SupplierPlan] = [_PLAN]
        self.available = Money(100_00, "USD")
        self.charged: list[Charge] = []
        self.usages: dict[str, SupplierUsage] = {}
        self._lock = RLock()
        self._store = sqlite3.connect(
            self.path, check_same_thread=False, isolation_level=None, timeout=30
        )
        self._store.executescript(_TABLES)

    def list_plans(self, *, page: str = "") -> PlanPage:
        """Return a page of its list, in tens."""
        _check_can(is_able=self.capabilities.lists_plans)
        self._begin("list_plans", page)
        first = int(page or 0)
        more = str(first + _PLANS_IN_A_PAGE) if len(self.plans) > first + _PLANS_IN_A_PAGE else ""
        return PlanPage(
            plans=tuple(self.plans[first : first + _PLANS_IN_A_PAGE]),
            next_page=more,
            total=len(self.plans),
        )

    def balance(self) -> SupplierBalance:
        """Return what the test says."""
        _check_can(is_able=self.capabilities.tells_balance)
        self._begin("balance", "")
        return SupplierBalance(available=self.available)

    def charges(self, *, since: datetime, until: datetime) -> list[Charge]:
        """Return those of the time that the test has put there."""
        _check_can(is_able=self.capabilities.lists_charges)
        self._begin("charges", "")
        return [charge for charge in self.charged if since <= charge.charged_at < until]

    def order(self, request: SupplyRequest) -> SupplyAnswer:
        """Make an order, by its idempotency once for each number, and deliver it at once."""
        what = self._begin("order", request.number)
        if what in _REFUSALS:
            return Refused(failure=_REFUSALS[what], reason=what, wait=_WAITS.get(what))
        with self._lock:
            known = self.orders_of(request.number)
            if known and self.capabilities.idempotency is Idempotency.DUPLICATE_REFUSED:
                return Duplicate()
            if not known or not self.capabilities.recognizes_repeats:
                known = [*known, self._insert(request, what)]
        if self.during_order is not None:
            self.during_order(request.number)
        return self._answer(known[-1].reference, what)

    def look_up(self, handle: SupplyHandle) -> SupplyAnswer:
        """Return what it has by our number, or by its reference."""
        what = self._begin("look_up", handle.number)
        if what == BUSY:  # The other refusals are of an order, and would say that it failed.
            return Refused(failure=Failure.AGAIN, reason=what)
        known = self.orders_of(handle.number) if self.capabilities.looks_up_by_number else []
        reference = handle.reference or (known[-1].reference if known else "")
        return self._answer(reference, what) if reference else Unknown()

    def cancel(self, handle: SupplyHandle) -> UndoAnswer:
        """Undo the orders of a number."""
        return self._undo("cancel", handle, "cancelled")

    def end_early(self, handle: SupplyHandle) -> UndoAnswer:
        """End the bundles of a number."""
        return self._undo("end_early", handle, "ended")

    def usage(self, esims: Sequence[SupplierEsim]) -> list[SupplierUsage]:
        """Return 3 of its units for each, or what the test says."""
        self._begin("usage", ",".join(esim.iccid for esim in esims))
        unit = self.capabilities.usage_unit
        _check_can(is_able=unit is not None)
        usual = SupplierUsage(
            esim=SupplierEsim(iccid=""),
            used_bytes=3 * (unit or 0),
            as_of=datetime.fromisoformat("2026-11-22T18Z"),
        )
        return [replace(self.usages.get(esim.iccid, usual), esim=esim) for esim in esims]

    def replace(self, request: ReplacementRequest) -> SupplyAnswer:
        """Give another profile, once for each number, as it does for an order."""
        return self.order(SupplyRequest(number=request.number, plan_code=request.plan_code))

    def retire(self, *, iccid: str) -> UndoAnswer:
        """Write down that a profile is no longer needed."""
        what = self._begin("retire", iccid)
        return CancelAnswer.REFUSED if what in _REFUSALS else CancelAnswer.DONE

    def install_terms(self, *, iccid: str) -> InstallTerms:
        """Say nothing of downloads."""
        del iccid
        return InstallTerms(reinstall=Reinstall.UNKNOWN)

    def read_callback(
        self, *, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> SupplierCallback:
        """Believe what carries the signature, where it signs at all."""
        if self.capabilities.callback_auth is CallbackAuth.NONE:
            raise CallbackRefusedError("not_expected")
        is_signed = headers.get("fake-signature") == SIGNATURE
        if self.capabilities.callback_auth is CallbackAuth.SIGNED and not is_signed:
            raise CallbackRefusedError("signature_wrong")
        try:
            said = json.loads(body)
            if "usages" in said:
                return usage_callback(said)
            message_id, number, reference = said["id"], said["number"], said["reference"]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise CallbackRefusedError("malformed") from error
        news = SupplyNews(
            number=str(number), reference=str(reference), answer=_said(said, str(reference))
        )
        return SupplierCallback(message_id=str(message_id), news=(news,))

    def acknowledge(self, *, accepted: bool) -> tuple[int, str, bytes]:
        """Return what TGT wants."""
        code = b"0000" if accepted else b"9999"
        return (200 if accepted else 400), "application/json", b'{"code":"' + code + b'"}'

    def script(self, *what: str) -> None:
        """Say what the next calls do, one after the other; those after them do as they should."""
        self._store.executemany("INSERT INTO script (what) VALUES (?)", [(one,) for one in what])

    def deliver(self, number: str) -> None:
        """Deliver what is ordered by a number."""
        self._change(number, "ordered", "delivered")

    def fail(self, number: str) -> None:
        """Have what is ordered by a number fail."""
        self._change(number, "ordered", "failed")

    def orders_of(self, number: str) -> list[Supplied]:
        """Return what it has by a number: more than one is a bill too many."""
        rows = self._rows(
            "SELECT reference, number, renewed, state FROM supplied WHERE number = ? ORDER BY 1",
            number,
        )
        return [Supplied(str(reference), *rest) for reference, *rest in rows]

    def calls(self, number: str) -> list[str]:
        """Return what it was asked about a number, in order."""
        return [call for (call,) in self._rows("SELECT call FROM called WHERE number = ?", number)]

    def message(self, number: str, *, by_reference: bool = False) -> Message:
        """Return a callback that tells how an order stands, signed."""
        order = self.orders_of(number)[-1]
        profile = self._profile(order)
        said = {
            "id": f"message-{number}-{order.state}",
            "number": "" if by_reference else number,
            "reference": order.reference,
            "state": order.state,
            "iccid": profile.iccid if profile else "",
            "code": profile.activation_code if profile else "",
        }
        return Message({"fake-signature": SIGNATURE}, json.dumps(said).encode())

    def usage_message(self, *usages: SupplierUsage) -> Message:
        """Return a callback that tells use, signed."""
        return Message({"fake-signature": SIGNATURE}, usage_body(usages))

    def _begin(self, call: str, number: str) -> str:
        """Write down a call, and return what it is to do."""
        with self._lock:
            self._store.execute("INSERT INTO called (call, number) VALUES (?, ?)", (call, number))
            rows = self._rows(
                "DELETE FROM script WHERE id = (SELECT min(id) FROM script) RETURNING what"
            )
        what = str(rows[0][0]) if rows else ""
        if what == LOST_BEFORE:
            raise ProviderError("no answer", retryable=True)
        return what

    def _insert(self, request: SupplyRequest, what: str) -> Supplied:
        renewed = request.renewed.iccid if request.renewed else ""
        if self.capabilities.renewal is Renewal.NEW_ESIM:
            renewed = ""
        [(reference,)] = self._rows(
            "INSERT INTO supplied (number, renewed, state) VALUES (?, ?, ?) RETURNING reference",
            request.number,
            renewed,
            "ordered" if what == PENDING else "delivered",
        )
        return Supplied(str(reference), request.number, renewed, "")

    def _answer(self, reference: str, what: str) -> SupplyAnswer:
        if what == LOST_AFTER:
            raise ProviderError("no answer", retryable=True)
        rows = self._rows(
            "SELECT reference, number, renewed, state FROM supplied WHERE reference = ?", reference
        )
        order = Supplied(str(rows[0][0]), *rows[0][1:])
        if order.state == "ordered":
            return Pending(reference=order.reference)
        if order.state == "failed":
            return Refused(failure=Failure.NEVER, reason="failed")
        return Delivered(reference=order.reference, profile=self._profile(order))

    def _profile(self, order: Supplied) -> Profile | None:
        if order.renewed:
            named = Profile(iccid=order.renewed, activation_code="")
            return named if self.names_renewed else None
        return _profile(order.reference)

    def _undo(self, call: str, handle: SupplyHandle, state: str) -> UndoAnswer:
        what = self._begin(call, handle.number)
        if what in _REFUSALS:
            return CancelAnswer.REFUSED
        if what == PENDING:
            return UnderReview(application=f"A-{handle.number}")
        with self._lock:
            self._store.execute(
                "UPDATE supplied SET state = ? WHERE number = ? OR reference = ?",
                (state, handle.number, handle.reference),
            )
        if what == LOST_AFTER:
            raise ProviderError("no answer", retryable=True)
        return CancelAnswer.DONE

    def _change(self, number: str, before: str, after: str) -> None:
        self._store.execute(
            "UPDATE supplied SET state = ? WHERE number = ? AND state = ?", (after, number, before)
        )

    def _rows(self, statement: str, *values: str) -> list[tuple[str, ...]]:
        with self._lock:
            return self._store.execute(statement, values).fetchall()


def _check_can(*, is_able: bool) -> None:
    if not is_able:
        raise LocalProtocolError("it says that it can't")


def _profile(reference: str) -> Profile:
    return Profile(
        iccid=make_iccid(issuer=_ISSUER, account=int(reference)),
        activation_code=activation_code(
            smdp_address="smdp.supplier.example", matching_id=f"M-{reference}"
        ),
        reference=f"esim-{reference}",
    )


def _said(said: Mapping[str, str], reference: str) -> Delivered | Pending | Refused:
    if said.get("state") == "ordered":
        return Pending(reference=reference)
    if said.get("state") == "failed":
        return Refused(failure=Failure.NEVER, reason="failed")
    profile = None
    if said.get("iccid"):
        profile = Profile(
            iccid=said["iccid"],
            activation_code=said["code"],
            reference=f"esim-{reference}",
        )
    return Delivered(reference=reference, profile=profile)
