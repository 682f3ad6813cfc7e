"""Where a plan is bought, as a catalogue file says it: suppliers in order, and its codes there."""

from collections.abc import Iterable
from dataclasses import dataclass

from limosa.domain.catalog.engine.faults import UnreadableTextError
from limosa.domain.catalog.engine.rows import Row
from limosa.domain.catalog.engine.units import read_code, read_country, read_price, read_time_zone
from limosa.foundation.currencies import CURRENCIES
from limosa.foundation.money import Money

SUPPLIER_CODE_LENGTH_MAX = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A plan at a supplier. `code`: the supplier's, for a new eSIM; `renewal_code`: for one that
    exists, empty where the supplier renews none. `cost`: what it charges; None: not known.

    `day_zone`: whose midnight its days begin at; `exit_country`: where its traffic reaches the
    internet. Empty: not known.
    """

    supplier: str
    code: str
    renewal_code: str = ""
    cost: Money | None = None
    day_zone: str = ""
    exit_country: str = ""

    def __str__(self) -> str:
        cost = f"{self.cost.to_decimal()} {self.cost.currency}" if self.cost else ""
        places = (self.day_zone, self.exit_country)
        parts = (self.supplier, self.code, self.renewal_code, cost, *places)
        return " ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Places:
    """What a person may want to know of where a plan's traffic goes. Empty: not known."""

    day_zone: str = ""
    exit_country: str = ""


def places_of(sources: Iterable[Source]) -> Places:
    """Return what is true of a plan wherever it is bought: of what its sources don't agree on,
    nothing."""
    zones, exits = set(), set()
    for source in sources:
        zones.add(source.day_zone)
        exits.add(source.exit_country)
    return Places(
        day_zone=zones.pop() if len(zones) == 1 else "",
        exit_country=exits.pop() if len(exits) == 1 else "",
    )


def read_sources(row: Row) -> tuple[Source, ...]:
    """Return a plan's sources, the first choice first; none may be named twice."""
    if not row.has("sources"):
        return ()
    sources = []
    named: set[str] = set()
    for one in row.rows("sources"):
        source = _read_source(one)
        if source.supplier and source.supplier in named:
            one.fault("supplier", f'"{source.supplier}" already stands above')
        named.add(source.supplier)
        sources.append(source)
    return tuple(sources)


def _read_source(row: Row) -> Source:
    source = Source(
        supplier=row.read("supplier", read_code) or "",
        code=row.read("code", _read_supplier_code, hint="write the supplier's code for it") or "",
        renewal_code=row.read_if_given("renewal_code", _read_supplier_code) or "",
        cost=row.read_if_given("cost", _read_cost),
        day_zone=row.read_if_given("day_zone", read_time_zone) or "",
        exit_country=row.read_if_given("exit_country", read_country) or "",
    )
    row.close()
    return source


def _read_supplier_code(text: str) -> str:
    if not text.isprintable() or " " in text or len(text) > SUPPLIER_CODE_LENGTH_MAX:
        raise UnreadableTextError(
            f'"{text}" is not a code of a supplier; it has no spaces, and at most '
            f"{SUPPLIER_CODE_LENGTH_MAX} characters"
        )
    return text


def _read_cost(text: str) -> Money:
    amount, _, currency = text.partition(" ")
    if currency not in CURRENCIES:
        raise UnreadableTextError(
            f'"{text}" is not a cost; write an amount and its currency, as "8.10 USD"'
        )
    return Money(read_price(amount, currency=currency), currency)
