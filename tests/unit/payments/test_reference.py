"""docs/reference/payments.md has all results and reasons, and no others."""

import re
from pathlib import Path

from limosa.domain.ordering.operations.apply_payment_fact import Applied
from limosa.domain.payments.providers.wechatpay.refusals import Refusal

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "payments.md").read_text()


def rows_of(heading: str) -> set[str]:
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    return set(re.findall(r"^\| `(\w+)`", section, re.MULTILINE))


def test_every_result_is_explained() -> None:
    assert rows_of("What becomes of a payment's news") == {result.value for result in Applied}


def test_every_reason_for_a_refusal_has_a_heading() -> None:
    section = PAGE.split("## Why a notification is refused\n")[1]
    assert re.findall(r"^### (\w+)$", section, re.MULTILINE) == [reason.value for reason in Refusal]
