"""Facts about the n-th person, eSIM and bundle: the same in every run with the same seed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from limosa.foundation.identifiers import activation_code, make_iccid

# People pay in the channel's currency, so that their books contain no conversion.
CURRENCY = "CNY"
TIME_ZONE = "America/Los_Angeles"
ESIMS_PER_PERSON_PERCENT = 120
MINUTES_PER_DAY = 1440
QUOTE_MINUTES = 30
# Days of a bundle; and how many days ago the newest began, so that it ends in 3 to 29 days.
BUNDLE_DAYS = 30
OLDEST_DAYS = 27

QUEUED, ACTIVE, EXHAUSTED, EXPIRED, REFUNDED = (
    "queued",
    "active",
    "exhausted",
    "expired",
    "refunded",
)
# Not an issuer that our own network or the benchmarks use.
_ISSUER = "01997"
_SMDP_ADDRESS = "smdp.limosa.example"
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
# Odd, so that multiplying by it is a bijection modulo a power of two: no code occurs twice.
_SPREAD = 0x9E3779B97F4A7C15
_MASK = (1 << 64) - 1
_PAIR_MASK = (1 << 10) - 1


@dataclass(frozen=True, slots=True)
class Size:
    """How much is generated. `orders`: how many of the newest bundles come with their orders."""

    subscribers: int
    bundles: int
    orders: int
    seed: int = 1

    @property
    def esims(self) -> int:
        """Every fifth person has a second eSIM."""
        return self.subscribers * ESIMS_PER_PERSON_PERCENT // 100

    @property
    def rounds(self) -> int:
        """The number of bundles of the eSIMs with the longest history."""
        return -(-self.bundles // self.esims)

    @property
    def oldest_round(self) -> int:
        """The number of eSIMs with a bundle in the oldest round; the other rounds are full."""
        return self.bundles - self.esims * (self.rounds - 1)


@dataclass(frozen=True, slots=True)
class SoldPlan:
    """A plan that bundles are made of, and its price."""

    code: str
    name_json: str
    carrier: str
    supplier: str
    volume_bytes: int
    price_minor: int
    tax_minor: int


class BundleFact(NamedTuple):
    """A bundle. Times are days before today; negative ones are in the future."""

    plan: SoldPlan
    state: str
    used_bytes: int
    minute: int
    created_days: int
    starts_days: int
    ends_days: int
    ended_days: int | None


class Chance:
    """Maps numbers to codes and shares, repeatably."""

    def __init__(self, seed: int) -> None:
        self._offset = (seed * 0xD1B54A32D192ED03) & _MASK

    def mixed(self, number: int) -> int:
        """Return a number below 2⁴⁴ without a visible pattern."""
        mixed = (number * _SPREAD + self._offset) & _MASK
        mixed = ((mixed ^ (mixed >> 29)) * 0xBF58476D1CE4E5B9) & _MASK
        return mixed >> 20

    def of(self, kind: int, number: int, sides: int) -> int:
        """Return 0 … sides-1, evenly distributed over numbers and independent between kinds."""
        return self.mixed(number + (kind << 40)) % sides

    def code(self, number: int, *, length: int) -> str:
        """Return a code of letters and digits (an even number of them); none occurs twice."""
        mixed = (number * _SPREAD + self._offset) & ((1 << (5 * length)) - 1)
        text = ""
        for _ in range(length // 2):
            text += _PAIRS[mixed & _PAIR_MASK]
            mixed >>= 10
        return text


class Moments:
    """Timestamps as text for COPY: a day before today and a minute of that day (UTC)."""

    def __init__(self, now: datetime, *, days: int) -> None:
        today = now.date()
        self._days = {
            before: (today - timedelta(days=before)).isoformat()
            for before in range(-2 * BUNDLE_DAYS, days + 1)
        }
        self._minutes = [
            f" {minute // 60:02d}:{minute % 60:02d}:00+00" for minute in range(MINUTES_PER_DAY)
        ]

    def day(self, before: int) -> str:
        """Return a day's date."""
        return self._days[before]

    def at(self, before: int, minute: int) -> str:
        """Return a moment."""
        return self._days[before] + self._minutes[minute]


class World:
    """Everything that is generated, by number (from 1)."""

    def __init__(self, size: Size, plans: list[SoldPlan], now: datetime) -> None:
        self.size = size
        self.chance = Chance(size.seed)
        self.joined_days = BUNDLE_DAYS * (size.rounds + 3)
        self.moments = Moments(now, days=self.joined_days)
        self._plans = plans
        self._esims = size.esims
        self._oldest_round = size.oldest_round
        self._last_turn = size.rounds - 1
        self._unordered = size.bundles - size.orders
        # Values needed once per bundle are computed once per eSIM.
        numbers = range(size.esims + 1)
        self._plan = bytes(self.chance.of(1, esim, len(plans)) for esim in numbers)
        self._lag = bytes(_lag(self.chance.of(2, esim, 100)) for esim in numbers)
        self._began = bytes(1 + self.chance.of(4, esim, OLDEST_DAYS) for esim in numbers)

    def owner(self, esim: int) -> int:
        """Return the eSIM's owner."""
        subscribers = self.size.subscribers
        return esim if esim <= subscribers else (esim - subscribers) * 5

    def plan(self, esim: int) -> SoldPlan:
        """Return the plan that an eSIM is renewed with."""
        return self._plans[self._plan[esim]]

    def iccid(self, esim: int) -> str:
        """Return the eSIM's ICCID."""
        return make_iccid(issuer=_ISSUER, account=esim)

    def activation_code(self, esim: int) -> str:
        """Return the text of the eSIM's QR code."""
        matching_id = self.chance.code(esim, length=12)
        return activation_code(smdp_address=_SMDP_ADDRESS, matching_id=matching_id)

    def place(self, bundle: int) -> tuple[int, int]:
        """Return (eSIM, round) of a bundle; the oldest round, which has the highest number, comes
        first.

        Bundles of one eSIM lie far apart, as they do when people renew month by month.
        """
        if bundle <= self._oldest_round:
            return bundle, self._last_turn
        full_rounds, esim = divmod(bundle - self._oldest_round - 1, self._esims)
        return esim + 1, self._last_turn - 1 - full_rounds

    def bundle(self, number: int) -> tuple[int, BundleFact]:
        """Return (eSIM, the bundle's facts)."""
        esim, turn = self.place(number)
        age = turn + self._lag[esim] - 1
        plan = self._plans[self._plan[esim]]
        fate = self.chance.mixed(number)
        luck = fate % 1000
        state, part = _fate(age, luck, may_be_refunded=number <= self._unordered)
        began = self._began[esim] + BUNDLE_DAYS * age
        ends = began - BUNDLE_DAYS
        return esim, BundleFact(
            plan,
            state,
            plan.volume_bytes * part // 1000,
            fate // 1000 % (MINUTES_PER_DAY - QUOTE_MINUTES),
            began if age >= 0 else 1,  # Bought yesterday, to follow the current one.
            began,
            ends,
            _ended(state, began, ends),
        )


def _lag(luck: int) -> int:
    """Return 0 for 3 in 100 eSIMs: the next bundle is already bought; 2 for 12 in 100: none
    runs."""
    return 0 if luck < 3 else 2 if luck < 15 else 1


def _fate(age: int, luck: int, *, may_be_refunded: bool) -> tuple[str, int]:
    """Return a bundle's state, and how much of it is used, in thousandths."""
    if age < 0:
        return QUEUED, 0
    if age == 0:
        return ACTIVE, luck * 95 // 100
    if luck < 20 and may_be_refunded:
        return REFUNDED, 0
    return (EXHAUSTED, 1000) if luck < 270 else (EXPIRED, luck)


def _ended(state: str, began: int, ends: int) -> int | None:
    if state == EXPIRED:
        return ends
    if state == EXHAUSTED:
        return ends + 3
    return began if state == REFUNDED else None
