"""What a catalogue file would change, shown before it is imported so that slips are noticed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from limosa.domain.catalog.engine.plan_row import PlanRow
from limosa.foundation.money import Money

STARTLING_PERCENT = 30
_FIELDS = (
    "supplier",
    "carrier",
    "kind",
    "name",
    "volume_bytes",
    "fair_use_bytes",
    "fair_use_kbps",
    "validity",
    "valid_from",
    "first_use_within_days",
    "countries",
    "sources",
)


class ConsentNeededError(Exception):
    """Plans would go off sale, or a price would change a lot, and nobody has agreed to exactly
    that.

    Nothing was changed. `changes`: what would have changed.
    """

    def __init__(self, changes: "CatalogChanges") -> None:
        self.changes = changes
        super().__init__("\n".join(changes.startling))


@dataclass(frozen=True, slots=True)
class PriceChange:
    """A change to an existing plan's price in one currency; None: no price."""

    plan: str
    currency: str
    before_minor: int | None
    after_minor: int | None

    @property
    def is_startling(self) -> bool:
        """Whether it moves by more than 30 %, or the plan is no longer sold in the currency."""
        if self.before_minor is None:
            return False
        if self.after_minor is None:
            return True
        moved = abs(self.after_minor - self.before_minor)
        return moved * 100 > STARTLING_PERCENT * self.before_minor

    def __str__(self) -> str:
        before, after = self._amount(self.before_minor), self._amount(self.after_minor)
        text = f"{self.plan} {self.currency} {before} → {after}"
        if not self.before_minor or self.after_minor is None:
            return text
        percent = (self.after_minor - self.before_minor) * 100 / self.before_minor
        return f"{text} ({percent:+.0f} %)"

    def _amount(self, minor: int | None) -> str:
        return "–" if minor is None else str(Money(minor, self.currency).to_decimal())


@dataclass(frozen=True, slots=True)
class CatalogChanges:
    """Everything that a file changes. Two are equal if they change the same things.

    `added`: new plans with their prices. `fields`: changes to existing plans, except prices.
    `named`: suppliers and carriers with a new name. `off_sale` and `on_sale_again`: codes of plans.
    `is_reordered`: existing plans are in a different order.
    """

    added: tuple[str, ...] = ()
    prices: tuple[PriceChange, ...] = ()
    fields: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    on_sale_again: tuple[str, ...] = ()
    off_sale: tuple[str, ...] = ()
    is_reordered: bool = False

    @property
    def changed_plans(self) -> set[str]:
        """The codes of existing plans in which something other than a price changes."""
        return {text.split(" ", 1)[0] for text in self.fields}

    @property
    def startling(self) -> list[str]:
        """The changes that somebody has to agree to, one per line."""
        far = [f"price: {change}" for change in self.prices if change.is_startling]
        return [*(f"off sale: {code}" for code in self.off_sale), *far]

    def lines(self) -> Iterator[str]:
        """Yield the changes, one per line."""
        yield from (f"new: {text}" for text in self.added)
        yield from (f"price: {change}" for change in self.prices)
        yield from (f"changed: {text}" for text in (*self.fields, *self.named))
        yield from (f"on sale again: {code}" for code in self.on_sale_again)
        yield from (f"off sale: {code}" for code in self.off_sale)
        if self.is_reordered:
            yield "order: known plans stand in another order"


def changes_between(
    known: Mapping[str, PlanRow], *, on_sale: Sequence[str], rows: Sequence[PlanRow]
) -> CatalogChanges:
    """Return the changes that importing `rows` would make.

    `known`: all existing plans, by code; `on_sale`: the codes of those on sale, in order.
    """
    kept = [row for row in rows if row.code in known]
    codes = {row.code for row in rows}
    sold = set(on_sale)
    return CatalogChanges(
        added=tuple(_added(row) for row in rows if row.code not in known),
        prices=tuple(change for row in kept for change in _prices(known[row.code], row)),
        fields=tuple(text for row in kept for text in _fields(known[row.code], row)),
        on_sale_again=tuple(row.code for row in kept if row.code not in sold),
        off_sale=tuple(code for code in on_sale if code not in codes),
        is_reordered=[code for code in on_sale if code in codes]
        != [row.code for row in kept if row.code in sold],
    )


def _added(row: PlanRow) -> str:
    prices = (
        f"{currency} {Money(minor, currency).to_decimal()}"
        for currency, minor in row.prices_minor.items()
    )
    return f"{row.code} {', '.join(prices)}"


def _prices(before: PlanRow, after: PlanRow) -> Iterator[PriceChange]:
    for currency in sorted({*before.prices_minor, *after.prices_minor}):
        was, will_be = before.prices_minor.get(currency), after.prices_minor.get(currency)
        if was != will_be:
            yield PriceChange(after.code, currency, was, will_be)


def _fields(before: PlanRow, after: PlanRow) -> Iterator[str]:
    for field in _FIELDS:
        was, will_be = getattr(before, field), getattr(after, field)
        if was != will_be:
            yield f"{after.code} {field}: {_text(was)} → {_text(will_be)}"


def _text(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, dict):
        return " / ".join(str(part) for part in value.values())
    if isinstance(value, tuple):
        return ", ".join(str(part) for part in value) or "–"
    if isinstance(value, list):
        return " ".join(str(part) for part in value)
    return str(value)
