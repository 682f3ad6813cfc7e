"""The file of pricing rules: docs/reference/price-lists.md describes it."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from limosa.domain.catalog.engine.catalog_file import FORMAT
from limosa.domain.catalog.engine.faults import FaultList, UnreadableTextError
from limosa.domain.catalog.engine.located import decode, from_yaml
from limosa.domain.catalog.engine.rows import Row
from limosa.domain.catalog.engine.units import (
    AMOUNT_MINOR_MAX,
    read_code,
    read_country,
    read_price,
    read_volume,
)
from limosa.domain.wholesale.engine.pricing import Ending, Rule
from limosa.foundation.currencies import CURRENCIES
from limosa.foundation.money import Money, exponent

MARGIN_BASIS_POINTS_MAX = 100_000
LIMIT_BASIS_POINTS_MAX = 10_000
STEP_MINOR_MAX = 10**8
RULES_MAX = 1_000
_PERCENT = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,2})?) ?%?")
_ENDING = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,3})?")
_MONEY = re.compile(r"(?P<amount>\S+) (?P<currency>[A-Z]{3})")


@dataclass(frozen=True, slots=True)
class RulesFile:
    """A file without errors. The rules are in order."""

    endings: dict[str, Ending]
    rules: list[Rule]


def read_rules(raw: bytes, *, file: str, suppliers: Collection[str]) -> RulesFile:
    """Return the file's content. `suppliers`: the codes that a rule may name.

    Raises CatalogFaultsError with every error in the file.
    """
    faults = FaultList(file)
    document = Row(from_yaml(decode(raw, faults=faults), faults=faults), faults=faults)
    said = document.read("format", str, hint=f"this program reads format {FORMAT}")
    if said is not None and said != FORMAT:
        document.fault("format", f'"{said}" is not known; this program reads format {FORMAT}')
    endings = _read_endings(document)
    rules = _read_all_rules(document, suppliers)
    document.close()
    faults.check()
    return RulesFile(endings, rules)


def _read_endings(document: Row) -> dict[str, Ending]:
    rows = document.row("endings")
    found: dict[str, Ending] = {}
    for currency in rows.names() if rows else []:
        row = rows.row(currency) if rows else None
        if row is None:
            continue
        if currency not in CURRENCIES:
            row.fault("step", f'"{currency}" is not a currency; write three letters of ISO 4217')
            continue
        step = row.read("step", partial(read_price, currency=currency))
        ending = row.read_if_given("ending", partial(read_ending, currency=currency)) or 0
        row.close()
        if step and (ending >= step or step > STEP_MINOR_MAX):
            row.fault("ending", "has to be less than the step, as 0.99 in a step of 1.00")
        elif step:
            found[currency] = Ending(step_minor=step, ending_minor=ending)
    return found


def _read_all_rules(document: Row, suppliers: Collection[str]) -> list[Rule]:
    rows = document.rows("rules")
    if len(rows) > RULES_MAX:
        document.fault("rules", f"holds {len(rows)} rules; at most {RULES_MAX}")
        return []
    rules: list[Rule] = []
    lines: dict[str, int] = {}
    for row in rows:
        rule = _read_rule(row, suppliers)
        if rule and rule.code in lines:
            row.fault("code", f'"{rule.code}" already stands in line {lines[rule.code]}')
        elif rule:
            lines[rule.code] = row.line
            rules.append(rule)
    return rules


def _read_rule(row: Row, suppliers: Collection[str]) -> Rule | None:
    code = row.read("code", read_code)
    supplier = row.read_if_given("supplier", partial(_supplier, suppliers))
    countries = frozenset(row.texts("countries", read_country))
    least = row.read_if_given("from", read_volume)
    below = row.read_if_given("below", read_volume)
    if least and below and least >= below:
        row.fault("below", "has to be more than from")
    margin = row.read("margin", partial(read_percent, most=MARGIN_BASIS_POINTS_MAX))
    at_least = row.read("at_least", read_money, hint='write it as "1.00 USD"')
    limit = partial(read_percent, most=LIMIT_BASIS_POINTS_MAX)
    up = row.read_if_given("up", limit) or 0
    down = row.read_if_given("down", limit) or 0
    row.close()
    if code is None or margin is None or at_least is None:
        return None
    return Rule(
        code=code,
        supplier=supplier or "",
        countries=countries,
        least_bytes=least,
        below_bytes=below,
        margin_basis_points=margin,
        least_margin=at_least,
        up_basis_points=up,
        down_basis_points=down,
    )


def _supplier(known: Collection[str], text: str) -> str:
    if text not in known:
        there = ", ".join(sorted(known))
        raise UnreadableTextError(f'"{text}" is not a supplier that is known; there is: {there}')
    return text


def read_percent(text: str, *, most: int) -> int:
    """Return hundredths of a percent: "12.5 %" is 1250."""
    found = _PERCENT.fullmatch(text)
    if not found or Decimal(found[1]) * 100 > most:
        raise UnreadableTextError(
            f'"{text}" is not a percentage; write it as "12.5 %", at most {most // 100}'
        )
    return int(Decimal(found[1]) * 100)


def read_ending(text: str, *, currency: str) -> int:
    """Return minor units, which may be 0: "0.99" in USD is 99."""
    exact = Decimal(text).scaleb(exponent(currency)) if _ENDING.fullmatch(text) else None
    if exact is None or exact != int(exact):
        raise UnreadableTextError(f'"{text}" is not an amount in {currency}')
    return int(exact)


def read_money(text: str) -> Money:
    """Return an amount with its currency, which may be 0: "1.00 USD"."""
    found = _MONEY.fullmatch(text)
    if not found or found["currency"] not in CURRENCIES:
        raise UnreadableTextError(f'"{text}" is not an amount; write it as "1.00 USD"')
    minor = read_ending(found["amount"], currency=found["currency"])
    if minor > AMOUNT_MINOR_MAX:
        raise UnreadableTextError(f'"{text}" is out of range')
    return Money(minor, found["currency"])
