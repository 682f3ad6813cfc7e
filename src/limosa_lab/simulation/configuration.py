"""The shop's configuration in a run, drawn by its seed, and which configurations many runs have
covered.

A fault may only show with a certain currency, tax or channel. The runs therefore span what an
operator can choose, and with enough runs each pair of choices has to be drawn.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from itertools import combinations
from random import Random
from typing import Any

from limosa_lab.simulation.suppliers import KINDS, OWN

# By axis; a value listed twice is drawn more often. Settlements take time, so few runs have fees.
CHOICES: dict[str, tuple[Any, ...]] = {
    "currency": ("USD", "JPY", "KWD"),
    "taken_in": ("own", "other"),
    "tax_basis_points": (0, 725, 1900, 3000),
    "has_fees": (True, False, False, False),
    "has_promotion": (True, False),
    "time_zone": ("UTC", "Asia/Shanghai", "America/Los_Angeles"),
    "goes_back_by": ("refunds", "disputes", "both", "both"),
    "keeps_unapplied": (True, False),
    "decides_late": (True, False, False),
    "supplier": (OWN, OWN, OWN, OWN, *KINDS),
}
# With this many runs, a pair not drawn is no coincidence: the rarest has 1/32 in each run.
RUNS_TO_COVER = 250

Choice = tuple[str, Any]
Pair = tuple[Choice, Choice]


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """`currency`: of prices and orders. `taken_in`: whether channels that take any currency take
    the order's own, or only yuan. `has_fees`: providers keep a fee of each payment, each its own.
    `goes_back_by`: how people and staff get part of the money back. `keeps_unapplied`: people want
    unapplied funds in their wallet, at first. `decides_late`: providers process some payments for a
    while, and decline some of those. `supplier`: our own network, or one that has to be called, by
    what becomes of a lost answer there.
    """

    currency: str
    taken_in: str
    tax_basis_points: int
    has_fees: bool
    has_promotion: bool
    time_zone: str
    goes_back_by: str
    keeps_unapplied: bool
    decides_late: bool
    supplier: str

    @property
    def choices(self) -> list[Choice]:
        """The choices that make it up, each with its axis."""
        return [(field.name, getattr(self, field.name)) for field in fields(self)]

    @property
    def pairs(self) -> Iterable[Pair]:
        """The pairs of choices in it."""
        return combinations(self.choices, 2)


def draw(seed: int) -> Configuration:
    """Return the configuration of a seed."""
    random = Random(f"{seed} configuration")
    return Configuration(**{name: random.choice(choices) for name, choices in CHOICES.items()})


def never_drawn(drawn: Collection[Configuration]) -> list[Pair]:
    """Return the pairs of choices that no configuration has."""
    seen = {pair for configuration in drawn for pair in configuration.pairs}
    return [pair for pair in _all_pairs() if pair not in seen]


def coverage(drawn: Collection[Configuration]) -> str:
    """Return a line that says how much of the space was drawn."""
    every = len(_all_pairs())
    return f"{every - len(never_drawn(drawn))} of {every} pairs of choices drawn"


def _all_pairs() -> list[Pair]:
    axes = [[(name, value) for value in dict.fromkeys(each)] for name, each in CHOICES.items()]
    return [(a, b) for one, other in combinations(axes, 2) for a in one for b in other]
