"""docs/reference/payments.md has all results and reasons, and no others."""

import re
from importlib import import_module
from pathlib import Path

from limosa.domain.ordering.operations.apply_payment_fact import Applied
from limosa.domain.payments import providers

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "payments.md").read_text()


def rows_of(heading: str) -> set[str]:
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    return set(re.findall(r"^\| `(\w+)`", section, re.MULTILINE))


def test_every_result_is_explained() -> None:
    assert rows_of("What becomes of a payment's news") == {result.value for result in Applied}


def test_every_reason_for_a_refusal_has_one_heading() -> None:
    section = PAGE.split("## Why a notification is refused\n")[1]
    headings = re.findall(r"^### (\w+)$", section, re.MULTILINE)
    assert sorted(headings) == sorted(reasons())


def reasons() -> set[str]:
    """Return the reasons of all providers that have reasons of their own."""
    found: set[str] = set()
    for path in Path(str(providers.__file__)).parent.glob("*/refusals.py"):
        module = import_module(f"{providers.__name__}.{path.parent.name}.refusals")
        found |= {reason.value for reason in module.Refusal}
    return found
