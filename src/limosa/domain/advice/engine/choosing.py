"""Which of many plans carry days of use for the least money.

A plan carries them if no more days are slow than are accepted. Most plans need no replay: what a
plan costs at least follows from the sum of the days alone, and once that is above the costs found,
no later plan can be cheaper.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from limosa.domain.advice.engine.replaying import DayUse, Replay, Terms, replay
from limosa.foundation.money import CurrencyMismatchError, Money
from limosa.foundation.period import ValidityUnit

LEAST_SAVING_PERCENT = 10
DAYS_OF_A_MONTH_MAX = 31
SLOWER_MAX = 2
# What nobody would buy so often is no advice, even if it costs least.
RENEWALS_MAX = 12
_PERCENT = 100


@dataclass(frozen=True, slots=True)
class Choice:
    """`carried`: the cheapest plans, the cheapest first. `slower`: some that cost less than the
    first of them, but have more slow days than accepted, the fewest first. `too_often`: how many
    were left out that cost less than the first, or carry the days where none does, but would be
    renewed too often."""

    carried: list[Replay] = field(default_factory=list)
    slower: list[Replay] = field(default_factory=list)
    too_often: int = 0


def choose(
    plans: Iterable[Terms],
    days: Sequence[DayUse],
    *,
    most: int,
    slow_days_max: int = 0,
    renewals_max: int = RENEWALS_MAX,
) -> Choice:
    """Return the plans that carry days for the least, `most` at most; none if nothing was used.

    Raises CurrencyMismatchError unless all prices are in one currency.
    """
    total = sum(day.used_bytes for day in days)
    ranked = sorted(
        ((least_minor(terms, total_bytes=total, days=len(days)), terms) for terms in plans),
        key=lambda one: (one[0], one[1].code),
    )
    if len({terms.price.currency for _least, terms in ranked}) > 1:
        raise CurrencyMismatchError
    carried: list[Replay] = []
    slower: list[Replay] = []
    too_often: list[Replay] = []
    for least, terms in ranked if days else ():
        if len(carried) == most and least > carried[-1].cost.amount_minor:
            break
        one = replay(terms, days)
        if one.count - 1 > renewals_max:
            too_often.append(one)
        elif one.slow_days > slow_days_max:
            slower.append(one)
        else:
            carried = sorted([*carried, one], key=_by_cost)[:most]
    left_out = [one for one in too_often if one.slow_days <= slow_days_max]
    return Choice(carried, _worth_showing(slower, carried), len(_cheaper(left_out, carried)))


def least_minor(terms: Terms, *, total_bytes: int, days: int) -> int:
    """Return what a plan costs at least over so many days with use, which together used so much."""
    is_month = terms.validity.unit is ValidityUnit.MONTH
    days_of_one = terms.validity.count * (DAYS_OF_A_MONTH_MAX if is_month else 1)
    times = max(1, -(-days // days_of_one))
    if terms.volume_bytes is not None:
        times = max(times, -(-total_bytes // terms.volume_bytes))
    return terms.price.amount_minor * times


def is_worth_telling(cost: Money, *, instead_of: Money) -> bool:
    """Return whether a cost saves so much of another that a person is told unasked."""
    saved = (instead_of - cost).amount_minor
    return saved > 0 and saved * _PERCENT >= instead_of.amount_minor * LEAST_SAVING_PERCENT


def _worth_showing(slower: Iterable[Replay], carried: Sequence[Replay]) -> list[Replay]:
    cheaper = _cheaper(slower, carried)
    return sorted(cheaper, key=lambda one: (one.slow_days, *_by_cost(one)))[:SLOWER_MAX]


def _cheaper(ones: Iterable[Replay], carried: Sequence[Replay]) -> list[Replay]:
    """Return those that cost less than the first of those that carry; all if none does."""
    least = carried[0].cost.amount_minor if carried else None
    return [one for one in ones if least is None or one.cost.amount_minor < least]


def _by_cost(one: Replay) -> tuple[int, int, int, str]:
    return one.cost.amount_minor, one.slow_days, one.count, one.terms.code
