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

from limosa_lab.simulation.renewal_choices import RENEWAL_CHOICES, RENEWALS
from limosa_lab.simulation.suppliers import CHECKED, EVERY_KIND, FIXED, KINDS, OWN, TOLD

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
    "has_reserve": (False, False, True),
}
NONE = "nobody"
# Runs about suppliers: several of them sell the plans; payments go well.
SUPPLIER_CHOICES: dict[str, tuple[Any, ...]] = {
    "currency": ("USD", "JPY", "KWD"),
    "taken_in": ("own",),
    "tax_basis_points": (0, 1900),
    "has_fees": (False,),
    "has_promotion": (True, False),
    "time_zone": ("UTC", "Asia/Shanghai", "America/Los_Angeles"),
    "goes_back_by": ("refunds",),
    "keeps_unapplied": (False,),
    "decides_late": (False,),
    "supplier": tuple(EVERY_KIND),
    "second_supplier": (NONE, *EVERY_KIND),
    "third_supplier": (NONE, *EVERY_KIND),
    "cost_currency": ("USD", "JPY", "KWD"),
    "cost_is": (FIXED, TOLD, CHECKED),
    "renewal": ("same_esim", "new_esim"),
}
PAYMENTS, SUPPLIERS = "payments", "suppliers"
SPACES = {PAYMENTS: CHOICES, SUPPLIERS: SUPPLIER_CHOICES, RENEWALS: RENEWAL_CHOICES}
# With this many runs, a pair not drawn is no coincidence: the rarest has 1/32 in each run of
# payments, 1/36 in one of suppliers, and 1/30 in one of renewals.
RUNS_TO_COVER = {PAYMENTS: 250, SUPPLIERS: 400, RENEWALS: 400}

Choice = tuple[str, Any]
Pair = tuple[Choice, Choice]


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """`currency`: of prices and orders. `taken_in`: whether channels that take any currency take
    the order's own, or only yuan. `has_fees`: providers keep a fee of each payment, each its own.
    `goes_back_by`: how people and staff get part of the money back. `keeps_unapplied`: people want
    unapplied funds in their wallet, at first. `decides_late`: providers process some payments for a
    while, and decline some of those. `supplier`: our own network, or one that has to be called, by
    what becomes of a lost answer there; `second_supplier`, `third_supplier`: who sells the same
    plans. `cost_currency`: what suppliers charge in; `cost_is`: how we learn what an order costs.
    `renewal`: whether it is on the same eSIM. `has_reserve`: eSIMs of our own network get one.

    Of runs about renewals: `term`: how long a plan lasts. `methods`: what people agree to be
    charged by, in order. `cap`: how much above the price; `until`: how long they mostly agree.
    `mail`: whether the mail server fails. `begins`: the season.
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
    second_supplier: str = NONE
    third_supplier: str = NONE
    cost_currency: str = ""
    cost_is: str = FIXED
    renewal: str = "same_esim"
    has_reserve: bool = False
    term: str = ""
    methods: str = ""
    cap: str = ""
    until: str = ""
    mail: str = ""
    begins: str = ""

    @property
    def suppliers(self) -> list[str]:
        """The kinds of the suppliers that have to be called, in order."""
        named = (self.supplier, self.second_supplier, self.third_supplier)
        first = named[0] if named[0] != OWN else NONE
        return [kind for kind in (first, *named[1:]) if kind != NONE]

    @property
    def choices(self) -> list[Choice]:
        """The choices that make it up, each with its axis."""
        return [(field.name, getattr(self, field.name)) for field in fields(self)]

    @property
    def pairs(self) -> Iterable[Pair]:
        """The pairs of choices in it."""
        return combinations(self.choices, 2)


def draw(seed: int, space: str = PAYMENTS) -> Configuration:
    """Return the configuration of a seed."""
    random = Random(f"{seed} configuration")
    axes = SPACES[space]
    return Configuration(**{name: random.choice(choices) for name, choices in axes.items()})


def never_drawn(drawn: Collection[Configuration], space: str = PAYMENTS) -> list[Pair]:
    """Return the pairs of choices that no configuration has."""
    seen = {pair for configuration in drawn for pair in configuration.pairs}
    return [pair for pair in _all_pairs(space) if pair not in seen]


def coverage(drawn: Collection[Configuration], space: str = PAYMENTS) -> str:
    """Return a line that says how much of the space was drawn."""
    every = len(_all_pairs(space))
    return f"{every - len(never_drawn(drawn, space))} of {every} pairs of choices drawn"


def _all_pairs(space: str) -> list[Pair]:
    axes = [
        [(name, value) for value in dict.fromkeys(each)] for name, each in SPACES[space].items()
    ]
    return [(a, b) for one, other in combinations(axes, 2) for a in one for b in other]
