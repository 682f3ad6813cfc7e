"""docs/reference/payments.md has all results and reasons, and no others."""

import re
from importlib import import_module
from pathlib import Path

from limosa.domain.ordering.operations.apply_payment_status import Applied
from limosa.domain.payments import providers
from limosa.domain.payments.port import Provider
from limosa.domain.payments.providers.alipay.provider import AlipayProvider
from limosa.domain.payments.providers.paypal.provider import PayPalProvider
from limosa.domain.payments.providers.stripe.provider import StripeProvider
from limosa.domain.payments.providers.wechatpay.provider import (
    METHODS,
    PAYER_METHODS,
    WeChatPayProvider,
)

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "payments.md").read_text()


def rows_of(heading: str) -> set[str]:
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    return set(re.findall(r"^\| `(\w+)`", section, re.MULTILINE))


def test_every_result_is_explained() -> None:
    assert rows_of("Results of a payment's status report") == {result.value for result in Applied}


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


def test_the_table_of_channels_says_what_the_providers_say() -> None:
    table = PAGE.split("## Channels\n")[1].split("\n## ")[0]
    lines = re.findall(r"^\|(.+)\|$", table, re.MULTILINE)
    cells = [[cell.strip() for cell in line.split("|")] for line in lines]
    rows = {first: others for first, *others in cells}
    known: dict[str, type[Provider]] = {
        "stripe": StripeProvider,
        "paypal": PayPalProvider,
        "wechatpay": WeChatPayProvider,
        "alipay": AlipayProvider,
    }
    assert re.findall(r"`(\w+)`", " ".join(rows[""])) == [*known, "wallet"]
    zones = {"in UTC": "UTC", "in Beijing": "Asia/Shanghai"}
    for column, provider in enumerate(known.values()):
        methods = getattr(provider, "methods", None) or {**METHODS, **PAYER_METHODS}
        takes = rows["takes"][column]
        assert re.findall(r"`(\w+)`", rows["methods"][column]) == list(methods)
        assert (rows["saves a method"][column] != "–") is provider.saves_methods
        assert zones[rows["a day of its settlement"][column]] == provider.settlement_zone
        assert takes in {f"{len(provider.currencies)} currencies", *provider.currencies}
