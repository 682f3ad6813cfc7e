"""What the coverage pages say of a place or a carrier: its networks, and the cheapest plans."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from limosa.domain.coverage.engine.facts import GENERATIONS, PlanFacts, PlanNetwork, in_order
from limosa.domain.coverage.engine.operators import Operator, is_called
from limosa.domain.coverage.queries import plan_facts
from limosa.domain.shelf.engine.ordering import Order
from limosa.domain.shelf.listing import Shelved, count_wanted, shelf_page
from limosa.domain.shelf.wanted import Wanted
from limosa.foundation.money import Money

PLANS_SHOWN = 3
NETWORKS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class UsedNetwork:
    """A network that our plans use in a country, with whose plans. `generation` empty: not
    stated."""

    operator: str
    generation: str
    carriers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OnSale:
    """The plans for a place or of a carrier. `looked_at`: the cheapest of them, by whose facts the
    networks are told; `known`: those facts, by plan. `is_counted`: False if there may be more than
    `count`."""

    looked_at: Sequence[Shelved]
    known: Mapping[str, PlanFacts]
    count: int
    is_counted: bool

    @property
    def cheapest(self) -> Sequence[Shelved]:
        """The plans that the page shows."""
        return self.looked_at[:PLANS_SHOWN]

    @property
    def least(self) -> Money | None:
        """What the cheapest costs; None: nothing is on sale."""
        return self.looked_at[0].total if self.looked_at else None

    @property
    def has_more(self) -> bool:
        """Whether there are plans that were not looked at."""
        return self.count > len(self.looked_at)


def on_sale(wanted: Wanted, *, currency: str, now: datetime) -> OnSale:
    """Return the plans wanted. Four statements and those of `plan_facts`, each bounded: however
    many plans are on sale, a page of them is read."""
    page = shelf_page(wanted, currency=currency, order=Order.PRICE, after=None, now=now)
    count, is_counted = count_wanted(wanted, currency=currency)
    known = plan_facts(row.plan.code for row in page.rows)
    return OnSale(page.rows, known, count, is_counted)


def used_networks(found: OnSale, *, country: str) -> list[UsedNetwork]:
    """Return the networks that the plans looked at use in a country, the fastest first."""
    carriers: dict[str, dict[str, None]] = {}
    networks: list[PlanNetwork] = []
    for row in found.looked_at:
        for network in found.known[row.plan.code].networks.get(country, ()):
            networks.append(network)
            carriers.setdefault(network.operator.casefold(), {})[row.plan.carrier.name] = None
    return [
        UsedNetwork(one.operator, one.generation, tuple(carriers[one.operator.casefold()]))
        for one in in_order(networks)
    ]


def carriers_not_stated(found: OnSale, *, country: str) -> list[str]:
    """Return the carriers of whose plans no network is stated there, the cheapest first."""
    is_stated: dict[str, bool] = {}
    for row in found.looked_at:
        has_one = bool(found.known[row.plan.code].networks.get(country))
        is_stated[row.plan.carrier.name] = is_stated.get(row.plan.carrier.name, False) or has_one
    return [name for name, is_told in is_stated.items() if not is_told]


def fastest_of(networks: Iterable[UsedNetwork]) -> str:
    """Return the fastest generation among networks; empty: none is stated."""
    return max((one.generation for one in networks), key=("", *GENERATIONS).index, default="")


def other_operators(operators: Iterable[Operator], used: Sequence[UsedNetwork]) -> list[Operator]:
    """Return the operators with networks of their own that are not among those in use, by public
    lists: the fastest first, and of those the ones with more network codes."""
    found = [
        one
        for one in operators
        if not one.is_virtual
        and one.generations
        and not any(is_called(one, network.operator) for network in used)
    ]
    ranks = ("", *GENERATIONS)
    return sorted(
        found, key=lambda one: (-ranks.index(one.fastest), -len(one.plmns), one.name.casefold())
    )


def reached(
    found: OnSale, countries: Iterable[str]
) -> Iterator[tuple[str, tuple[PlanNetwork, ...]]]:
    """Yield countries with the networks that the plans looked at use there."""
    for code in countries:
        yield (
            code,
            in_order(
                network
                for facts in found.known.values()
                for network in facts.networks.get(code, ())
            ),
        )
