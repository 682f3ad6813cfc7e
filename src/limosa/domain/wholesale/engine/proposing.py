"""What a plan's cost, its rule and its prices mean: nothing, a proposal, or an end of its sale."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from limosa.domain.wholesale.engine.pricing import change_in_basis_points


class ProposalKind(StrEnum):
    """PRICE: other prices. BACK: on sale again, at these prices. GONE: off sale, since no supplier
    lists it. COST_ABOVE_PRICE: off sale, since it costs us more than it sells for; done at once.
    REFUSED: off sale, since its only supplier refuses it for good (engine/refusing.py); at once."""

    PRICE = "price"
    BACK = "back"
    GONE = "gone"
    COST_ABOVE_PRICE = "cost_above_price"
    REFUSED = "refused"


class ProposalState(StrEnum):
    """open → applied | rejected | overtaken. Overtaken: what it went by is no longer so."""

    OPEN = "open"
    APPLIED = "applied"
    REJECTED = "rejected"
    OVERTAKEN = "overtaken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A plan as it is sold. `is_ended_by_us`: it is off sale by an earlier GONE,
    COST_ABOVE_PRICE or REFUSED. `is_listed`: some supplier that it is bought from lists it.
    `is_refused`: it went off sale by REFUSED, and no list has shown it anew since."""

    on_sale: bool
    is_ended_by_us: bool
    is_listed: bool
    is_refused: bool = False
    prices: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What has to be done about a plan. `at_once`: now, by the system. `proposed`: once somebody
    or a rule approves; with the prices that change."""

    at_once: ProposalKind | None = None
    proposed: ProposalKind | None = None
    before: Mapping[str, int] = field(default_factory=dict)
    after: Mapping[str, int] = field(default_factory=dict)

    @property
    def steepest_basis_points(self) -> int:
        """The largest change of a price, with its sign; 0: no price changes."""
        moves = [
            change_in_basis_points(self.before[currency], minor)
            for currency, minor in self.after.items()
            if currency in self.before
        ]
        return max(moves, key=abs, default=0)


def meaning_of(
    standing: Standing, *, costs: Mapping[str, int], wanted: Mapping[str, int]
) -> Meaning:
    """Return what has to be done about a plan.

    `costs`: what it costs us in each currency that it is sold in, as far as there is a rate, in
    minor units, rounded up. `wanted`: the prices by the rules; a currency that is not in it stays
    as it is.
    """
    is_ours = standing.on_sale or standing.is_ended_by_us
    if not is_ours or standing.is_refused:
        return Meaning()
    if not standing.is_listed:
        return Meaning(proposed=ProposalKind.GONE if standing.on_sale else None)
    after = {
        currency: minor
        for currency, minor in wanted.items()
        if standing.prices.get(currency) != minor
    }
    before = {
        currency: standing.prices[currency] for currency in after if currency in standing.prices
    }
    loses = any(cost > standing.prices[currency] for currency, cost in costs.items())
    at_once = ProposalKind.COST_ABOVE_PRICE if loses and standing.on_sale else None
    if at_once or not standing.on_sale:
        will_be = {**standing.prices, **after}
        still_loses = any(cost > will_be[currency] for currency, cost in costs.items())
        proposed = None if still_loses else ProposalKind.BACK
    else:
        proposed = ProposalKind.PRICE if after else None
    if proposed is None:
        return Meaning(at_once=at_once)
    return Meaning(at_once=at_once, proposed=proposed, before=before, after=after)
