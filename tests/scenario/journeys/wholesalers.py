"""The demo's wholesalers as the tests see them: what they are told to do wrong, what they sold, and
whether our books agree with theirs. Time passes for an order where its rows say that it has."""

import json
import shlex
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from limosa.domain.charging.operations.take_usage_batch import LEASE
from limosa.domain.connectivity.operations.take_supply import LEASE as SUPPLY_LEASE
from limosa.foundation.money import exponent
from tests.processes import product_environment, run_module
from tests.scenario.journeys.demo import Demo

WIRES = ("esim_access", "tgt", "billionconnect", "airalo")
_JSON = {"Content-Type": "application/json"}
_SECONDS_MAX = 200.0


@dataclass(frozen=True, slots=True)
class Sold:
    """What a wholesaler has of one of our orders, and what it kept of what it charged, in
    ten-thousandths."""

    wire: str
    state: str
    kept: int
    iccids: tuple[str, ...]


class Wholesalers:
    """All four, by their control calls."""

    def __init__(self, demo: Demo) -> None:
        self._demo = demo
        self._url = f"http://127.0.0.1:{demo.port + 6}/control"

    def fail(self, wire: str, kind: str, *, count: int = 1) -> None:
        """Have its next purchases or callbacks go wrong; where it is to be silent, it hangs up."""
        self.tell(wire, "faults", kind=kind, count=count, seconds=0.0)

    def has_failed(self, wire: str) -> bool:
        """Whether all of what was to go wrong has."""
        return not self.state(wire)["faults"]

    def tell(self, wire: str, act: str, **members: object) -> Any:
        body = json.dumps(members).encode()
        request = urllib.request.Request(f"{self._url}/{wire}/{act}", body, _JSON)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def state(self, wire: str) -> Any:
        with urllib.request.urlopen(f"{self._url}/{wire}", timeout=10) as answer:
            return json.load(answer)

    def statement(self, wire: str) -> Any:
        address = f"{self._url}/{wire}/statement"
        with urllib.request.urlopen(address, timeout=10) as answer:
            return json.load(answer)["lines"]

    def sold(self, number: str) -> list[Sold]:
        """Return what all of them have under our number."""
        found = []
        for wire in WIRES:
            state, lines = self.state(wire), self.statement(wire)
            for order in state["orders"]:
                if order["number"] != number:
                    continue
                kept = -sum(one["amount"] for one in lines if one["order_id"] == order["id"])
                iccids = [one["iccid"] for one in state["esims"] if one["order_id"] == order["id"]]
                found.append(Sold(wire, order["state"], kept, tuple(iccids)))
        return found

    def paid_for(self, number: str) -> list[tuple[str, str]]:
        """Return what was sold under our number and not given back: of whom, and which eSIM."""
        kept = [one for one in self.sold(number) if one.kept]
        return [(one.wire, iccid) for one in kept for iccid in one.iccids or ("",)]

    def kept(self, wire: str) -> int:
        """Return what it charged in all, less what it gave back, in minor units."""
        lines = [one for one in self.statement(wire) if one["order_id"] is not None]
        scale: int = 10 ** (4 - exponent(self.state(wire)["currency"]))
        amounts = [-int(one["amount"]) for one in lines]
        assert not any(amount % scale for amount in amounts)
        return sum(amounts) // scale


def let_pass(demo: Demo, number: str, *, seconds: int) -> None:
    """Let it be so much later for an order, and what waits at its supplier be due."""
    demo.query(
        f"UPDATE ordering_order SET placed_at = placed_at - interval '{seconds} s',"  # noqa: S608
        f" paid_at = paid_at - interval '{seconds} s' WHERE number = '{number}' RETURNING 1"
    )
    demo.query(
        f"UPDATE payments_payment SET paid_at = paid_at - interval '{seconds} s'"  # noqa: S608
        f" WHERE order_number = '{number}' RETURNING 1"
    )
    demo.query(
        "UPDATE connectivity_supply SET next_at = now(),"  # noqa: S608
        f" created_at = created_at - interval '{seconds} s',"
        f" asked_at = asked_at - interval '{seconds} s'"
        f" WHERE order_number = '{number}' AND next_at IS NOT NULL RETURNING 1"
    )


def calls_of(demo: Demo, number: str) -> list[str]:
    """Return what its suppliers were asked for an order, and what came of it, the oldest first."""
    rows = demo.query(
        "SELECT supply.supplier_id, call, outcome FROM connectivity_suppliercall AS made"  # noqa: S608
        " JOIN connectivity_supply AS supply ON supply.id = made.supply_id"
        f" WHERE order_number = '{number}' ORDER BY made.id"
    )
    return [" ".join(row) for row in rows]


def answers_to_orders(demo: Demo, number: str) -> list[str]:
    """Return what suppliers answered when they were asked to deliver; an answer that came several
    times in a row, once."""
    asked = [call for call in calls_of(demo, number) if call.split()[1] in {"order", "reorder"}]
    return [answer for answer, _ in groupby(asked)]


def has_open_orders(demo: Demo) -> bool:
    """Whether a supplier is still to be asked about an order, within the hour.

    What no worker has just taken up is due at once.
    """
    lease = SUPPLY_LEASE.total_seconds()
    demo.query(
        "UPDATE connectivity_supply SET next_at = now()"  # noqa: S608
        " WHERE next_at BETWEEN now() + interval '2 s' AND now() + interval '30 min'"
        f" AND next_at NOT BETWEEN now() + interval '{lease - 10} s'"
        f" AND now() + interval '{lease} s' RETURNING 1"
    )
    [(count,)] = demo.query(
        "SELECT count(*) FROM connectivity_supply WHERE next_at < now() + interval '30 min'"
    )
    return bool(count)


def let_be_counted(demo: Demo, iccid: str) -> None:
    """Have an eSIM's use asked for now, unless it is being asked for, or is about to be.

    What a supplier told of use may have it asked for two minutes after the last question; until
    the end of its lease, it is being asked for.
    """
    demo.query(
        "UPDATE charging_usagewatch AS watch SET next_at = now() FROM esims_esim AS esim"  # noqa: S608
        f" WHERE esim.id = watch.esim_id AND iccid = '{iccid}'"
        " AND next_at > now() + interval '1 s'"
        " AND (asked_at IS NULL"
        f" OR next_at > asked_at + interval '{LEASE.total_seconds()} s') RETURNING 1"
    )


def until(is_so: Callable[[], object], *, what: str) -> None:
    """Wait for what the product does by itself."""
    end = time.monotonic() + _SECONDS_MAX
    while not is_so():
        assert time.monotonic() < end, what
        time.sleep(0.3)


def told_by_books(demo: Demo) -> Any:
    """Import every wholesaler's statement and check all of the books; return what that found."""
    lines = shlex.split((demo.folder / "environment").read_text())
    environment = product_environment("") | dict(line.split("=", 1) for line in lines)
    statements = [f"{wire}=http://127.0.0.1:{demo.port + 6}/suppliers/{wire}" for wire in WIRES]
    printed = run_module("tests.scenario.journeys.bookkeeper", *statements, environment=environment)
    return json.loads(printed.splitlines()[-1])
