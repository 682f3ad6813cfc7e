"""A statement in a file: every fault with its line and field, or all lines."""

from datetime import UTC, datetime

import pytest

from limosa.domain.catalog.engine.faults import CatalogFaultsError
from limosa.domain.connectivity.answers import Charge
from limosa.domain.payables.engine.statement_file import read_statement
from limosa.foundation.money import Money

NOW = datetime(2026, 11, 22, 18, tzinfo=UTC)
HEAD = "charge_id,amount,currency,charged_at,number,reference"
GOOD = "42,8.10,USD,2026-11-20T18:30:00Z,L-AB,R-1"


def read(*rows: str) -> list[Charge]:
    return read_statement("\n".join(rows).encode(), file="s.csv", now=NOW)


def faults(*rows: str) -> list[str]:
    with pytest.raises(CatalogFaultsError) as caught:
        read(*rows)
    return str(caught.value).splitlines()


def test_a_line_is_read() -> None:
    [first, second] = read(HEAD, GOOD, "43,-8.10,USD,2026-11-20T20:30:00+02:00,,")
    at = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
    assert first == Charge(
        charge_id="42", amount=Money(810, "USD"), charged_at=at, number="L-AB", reference="R-1"
    )
    assert second == Charge(charge_id="43", amount=Money(-810, "USD"), charged_at=at)


WRONG = {
    "no column": (["charge_id,amount,currency", "1,2,USD"], "s.csv:1: charged_at: is missing"),
    "another column": ([f"{HEAD},note", f"{GOOD},x"], "s.csv:1: note: is not a column here"),
    "no line": ([HEAD], "s.csv:1: holds no line"),
    "an amount with a comma": ([HEAD, GOOD.replace("8.10", '"8,10"')], "s.csv:2: amount:"),
    "too many decimals": ([HEAD, GOOD.replace("8.10", "8.105")], "s.csv:2: amount:"),
    "no currency": ([HEAD, GOOD.replace("USD", "XXY")], "s.csv:2: currency:"),
    "no offset": ([HEAD, GOOD.replace("00Z", "00")], "s.csv:2: charged_at:"),
    "no time": ([HEAD, GOOD.replace("2026-11-20T18:30:00Z", "soon")], "s.csv:2: charged_at:"),
    "tomorrow": ([HEAD, GOOD.replace("11-20", "11-23")], "s.csv:2: charged_at:"),
    "twice": ([HEAD, GOOD, GOOD], 's.csv:3: charge_id: "42" already stands in line 2'),
    "too many cells": ([HEAD, f"{GOOD},more"], "s.csv:2: has more cells"),
    "too long": ([HEAD, GOOD.replace("42", "4" * 81, 1)], "s.csv:2: charge_id:"),
}


@pytest.mark.parametrize(("rows", "said"), WRONG.values(), ids=WRONG)
def test_a_fault_names_its_line_and_field(rows: list[str], said: str) -> None:
    [fault] = faults(*rows)
    assert fault.startswith(said)


def test_all_faults_are_told_at_once() -> None:
    assert len(faults(HEAD, "1,x,USD,soon", "2,8.10,usd,2026-11-20T18:30:00Z")) == 3
