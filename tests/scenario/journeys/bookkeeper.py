"""Beside the demo's servers: imports each statement `SUPPLIER=ADDRESS`, checks all of the books,
and prints what differs and what is found, as JSON."""

# ruff: noqa: E402, T201 -- Django is set up before its models are imported; it answers in print.

import json
import sys
import tempfile
import urllib.request
from pathlib import Path

import django

django.setup()

from django.utils import timezone

from limosa.domain.payables.queries import unresolved_of
from limosa.domain.support.operations.import_supplier_statement import import_supplier_statement
from limosa.domain.support.operations.run_guards import run_guards


def lines_compared(supplier: str, address: str, folder: Path) -> int:
    """Have a statement compared, as `limosa suppliers statement import` does."""
    path = folder / f"{supplier}.csv"
    with urllib.request.urlopen(f"{address}/statement.csv", timeout=10) as answer:
        path.write_bytes(answer.read())
    if len(path.read_text(encoding="utf-8").splitlines()) == 1:
        return 0
    charges = import_supplier_statement(
        supplier_code=supplier, path=path, actor=None, now=timezone.now()
    )
    return len(charges)


if __name__ == "__main__":
    lines: dict[str, int] = {}
    differences: list[str] = []
    with tempfile.TemporaryDirectory() as made:
        for statement in sys.argv[1:]:
            supplier, _, address = statement.partition("=")
            lines[supplier] = lines_compared(supplier, address, Path(made))
            differences += [
                f"{one.supplier} {one.problem} {one.supply or one.charge_id}"
                f" theirs {one.theirs_minor} ours {one.ours_minor} {one.currency}"
                for one in unresolved_of(supplier)
            ]
    findings = [
        f"{one.guard} {one.problem} {one.subject} has {one.has} due {one.due}"
        for one in run_guards(now=timezone.now(), whole=True)
    ]
    print(json.dumps({"lines": lines, "differences": differences, "findings": findings}))
