"""What can happen in a run, and whether enough runs have seen it in every kind of shop.

A configuration says what may happen; this says what did. A dispute lost in part, for example, has
to occur with each currency, tax and channel: what never occurred was never checked.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from limosa_lab.simulation.configuration import PAYMENTS, SPACES, SUPPLIERS, Choice
from limosa_lab.simulation.outcome import RunResult
from limosa_lab.simulation.renewal_choices import RENEWALS
from limosa_lab.simulation.suppliers import FIXED, KINDS, TOLD

CHANNEL = "channel"
# A pair is required once it is expected this often: then it can't be missed by chance.
EXPECTED_WHEN_DUE = 20

Meeting = tuple[Choice, str]
_NO_DISPUTES = (("goes_back_by", "refunds"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """`percent`: in how many of a hundred runs it happens. `channels`: in how many per channel;
    empty if it belongs to no channel. `never_with`: choices with which it can't happen.
    """

    percent: float
    channels: Mapping[str, float] = field(default_factory=dict)
    never_with: tuple[Choice, ...] = ()


# By the name that a run uses; `entry …`: an entry of that kind is in the journal.
# Measured over the first 300 runs, half of them without polling, and rounded down.
HAPPENINGS: dict[str, Happening] = {
    "payment": Happening(
        percent=38, channels={"atonce": 18, "captured": 2, "cards": 20, "wallet": 4}
    ),
    "payment that pays nothing": Happening(
        percent=13, channels={"atonce": 7, "captured": 0, "cards": 7}
    ),
    "payment kept in the wallet": Happening(
        percent=5, channels={"atonce": 3, "captured": 0, "cards": 2}
    ),
    "charge of a kept method": Happening(percent=6, channels={"cards": 6}),
    "capture after a refusal": Happening(percent=0, channels={"captured": 0}),
    "refund": Happening(percent=10, channels={"atonce": 2, "captured": 1, "cards": 5, "wallet": 0}),
    "refund of a part": Happening(percent=2, channels={"atonce": 0, "captured": 0, "cards": 1}),
    "refund that came back": Happening(
        percent=4, channels={"atonce": 2, "captured": 0, "cards": 1}
    ),
    "dispute won": Happening(
        percent=4, channels={"atonce": 2, "captured": 0, "cards": 2}, never_with=_NO_DISPUTES
    ),
    "dispute lost": Happening(
        percent=7, channels={"atonce": 4, "captured": 0, "cards": 3}, never_with=_NO_DISPUTES
    ),
    "dispute lost in part": Happening(
        percent=3, channels={"atonce": 1, "captured": 0, "cards": 1}, never_with=_NO_DISPUTES
    ),
    "dispute lost beyond it": Happening(
        percent=1,
        channels={"atonce": 0, "captured": 0, "cards": 0},
        never_with=(*_NO_DISPUTES, ("has_fees", True)),
    ),
    "dispute beyond the payment": Happening(
        percent=3, channels={"atonce": 1, "captured": 0, "cards": 2}, never_with=_NO_DISPUTES
    ),
    "second dispute": Happening(
        percent=1, channels={"atonce": 0, "captured": 0, "cards": 1}, never_with=_NO_DISPUTES
    ),
    "reserve": Happening(
        percent=2,
        never_with=(("has_reserve", False), *(("supplier", kind) for kind in KINDS)),
    ),
    "entry payment": Happening(percent=30),
    "entry unapplied_payment": Happening(percent=13),
    "entry goodwill": Happening(percent=35),
    "entry earning": Happening(percent=10),
    "entry refund_request": Happening(percent=8),
    "entry refund": Happening(percent=13),
    "entry refund_came_back": Happening(percent=4),
    "entry refund_in_wallet": Happening(percent=6),
    "entry refund_settled": Happening(percent=1, never_with=_NO_DISPUTES),
    "entry dispute_opened": Happening(percent=11, never_with=_NO_DISPUTES),
    "entry dispute_won": Happening(percent=7, never_with=_NO_DISPUTES),
    "entry dispute_lost": Happening(percent=7, never_with=_NO_DISPUTES),
    "entry provider_fees": Happening(percent=6, never_with=(("has_fees", False),)),
}


# Measured over 150 runs, and rounded down by a third.
SUPPLIER_HAPPENINGS: dict[str, Happening] = {
    "order that ended delivered": Happening(percent=20),
    "order that ended cancelled": Happening(percent=35),
    "order that ended refused": Happening(percent=10),
    "order that ended kept": Happening(percent=8),
    "money back as all refused": Happening(percent=7),
    "delivery by another supplier": Happening(percent=3),
    "renewal on the same eSIM": Happening(percent=3, never_with=(("renewal", "new_esim"),)),
    "renewal on a new eSIM": Happening(percent=3, never_with=(("renewal", "same_esim"),)),
    "return asked for": Happening(percent=3),
    "return that its supplier agreed to": Happening(percent=2.5),
    "call look_up": Happening(percent=18),
    "call cancel": Happening(percent=9),
    "call end_early": Happening(percent=3),
    "call reorder": Happening(percent=1.5),
    "answer lost": Happening(percent=15),
    "price changed": Happening(percent=2, never_with=(("cost_is", FIXED), ("cost_is", TOLD))),
    "out_of_stock": Happening(percent=3),
    "credit_used_up": Happening(percent=2),
    "maintenance": Happening(percent=2),
    "callback without news": Happening(percent=4),
    "entry payment": Happening(percent=55),
    "entry goodwill": Happening(percent=70),
    "entry supply_cost": Happening(percent=25),
    "entry supply_credit": Happening(percent=3),
    "entry refund_request": Happening(percent=45),
}
_OWN_ONLY = tuple(("supplier", kind) for kind in ("same_order", "duplicate_refused", "looked_up"))
# Rounded down by more than half of what was measured over the first runs.
RENEWAL_HAPPENINGS: dict[str, Happening] = {
    "renewed in time": Happening(percent=20),
    "not renewed: it was off": Happening(percent=20),
    "not renewed: it was left out": Happening(percent=4),
    "not renewed: it cost too much": Happening(percent=2),
    "not renewed: something was wrong": Happening(percent=1),
    "not renewed: no method would have paid": Happening(percent=1),
    "not renewed: it was agreed to for less long": Happening(
        percent=1, never_with=(("until", "open"),)
    ),
    "attempt paid": Happening(percent=20),
    "attempt soft": Happening(percent=4),
    "attempt hard": Happening(percent=1),
    "attempt payer": Happening(percent=1),
    "attempt withdrawn": Happening(percent=1),
    "cycle renewed": Happening(percent=20),
    "cycle skipped": Happening(percent=8),
    "cycle failed": Happening(percent=5),
    "cycle ended": Happening(percent=20),
    "cycle undone": Happening(percent=1, never_with=_OWN_ONLY),
    "undone": Happening(percent=1, never_with=_OWN_ONLY),
    "left out": Happening(percent=4),
    "unable above_cap": Happening(percent=2),
    "unable plan_gone": Happening(percent=1),
    "unable currency": Happening(percent=1),
    "unable not_told": Happening(percent=1),
    "unable not_paid": Happening(percent=1),
    "ended: person": Happening(percent=40),
    "ended: changed": Happening(percent=8),
    "ended: until": Happening(percent=2, never_with=(("until", "open"),)),
    "told auto_renewal_notice": Happening(percent=40),
    "told auto_renewal_done": Happening(percent=20),
    "told auto_renewal_declined": Happening(percent=3),
    "told auto_renewal_not": Happening(percent=8),
    "told auto_renewal_ended": Happening(percent=40),
    "a death": Happening(percent=12),
}
_HAPPENINGS = {
    PAYMENTS: HAPPENINGS,
    SUPPLIERS: SUPPLIER_HAPPENINGS,
    RENEWALS: RENEWAL_HAPPENINGS,
}


def never_met(results: Collection[RunResult], space: str = PAYMENTS) -> list[Meeting]:
    """Return what this many runs should have met but have not: a choice, and an event."""
    seen = set(_met(results))
    return [pair for pair in _due(len(results), space) if pair not in seen]


def meetings(results: Collection[RunResult], space: str = PAYMENTS) -> str:
    """Return a line that says how many of the possible events occurred, and with what."""
    every = {pair for pair, _ in _every(space)}
    met = len(every & set(_met(results)))
    return f"{met} of {len(every)} pairs of a choice and what happened met"


def _met(results: Iterable[RunResult]) -> Iterator[Meeting]:
    for result in results:
        for name, channel in result.happened:
            yield from ((choice, name) for choice in result.configuration.choices)
            if channel:
                yield (CHANNEL, channel), name


def _due(runs: int, space: str) -> Iterator[Meeting]:
    return (pair for pair, share in _every(space) if share * runs >= EXPECTED_WHEN_DUE)


def _every(space: str) -> Iterator[tuple[Meeting, float]]:
    """Yield each pair that can be met, with the share of runs in which it is expected."""
    for name, one in _HAPPENINGS[space].items():
        for axis, values in SPACES[space].items():
            for value in dict.fromkeys(values):
                if (axis, value) not in one.never_with:
                    share = values.count(value) / len(values)
                    yield ((axis, value), name), one.percent / 100 * share
        for channel, percent in one.channels.items():
            yield ((CHANNEL, channel), name), percent / 100
