"""What the commands about suppliers' lists say, and how they exit."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from limosa.config.checks.contents_check import check_contents
from limosa.config.cli import main
from limosa.domain.catalog.models import Plan
from limosa.domain.support.models import AuditEntry
from limosa.domain.wholesale.models import ListedPlan, PricingRule
from tests.factories import MOMENT
from tests.factories.accounts import make_operator
from tests.factories.catalog import make_plan, make_supplier
from tests.factories.wholesale import SUPPLIER, listed, make_ending, make_price_proposal, make_rule
from tests.fakes.supplier import FakeSupplier
from tests.fakes.wholesale import wholesale_in

pytestmark = pytest.mark.django_db

LIST = "code,currency,cost,volume,days,countries\nus,USD,4.00,5 GB,30,US\n"
RULES = """
format: 1
endings: {USD: {step: 1.00, ending: 0.99}}
rules: [{code: all, margin: 40 %, at_least: 1.00 USD}]
"""


@pytest.fixture(autouse=True)
def supplier(settings: Settings) -> Iterator[FakeSupplier]:
    with wholesale_in(settings) as fake:
        yield fake


def sold(code: str = "us", **prices: int) -> Plan:
    """Return a plan that the supplier knows by our own code."""
    return make_plan(code=code, supplier=make_supplier(SUPPLIER), prices=prices or {"USD": 799})


def test_a_sync_says_what_changed_and_what_it_means(
    supplier: FakeSupplier, capsys: pytest.CaptureFixture[str]
) -> None:
    make_rule()
    make_ending()
    sold("a")
    sold("b")
    supplier.plans = [listed("a"), listed("b")]
    assert main(["suppliers", "sync", SUPPLIER]) == 0
    supplier.plans = [listed("a", cost=600), listed("b", cost=800), listed("c")]
    assert main(["suppliers", "sync", SUPPLIER]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "wholesale: 2 plans listed",
        "this is its first list; there is nothing to compare it with",
        "wholesale: 3 plans listed",
        "since its last list: 1 new, 0 no longer listed, 2 dearer, 0 cheaper, 0 with other rules",
        "off sale, since they cost more than they sell for: b",
        "2 changes proposed; decide on the console's page Price lists",
    ]


def test_a_list_that_is_not_whole_is_told_and_changes_nothing(
    supplier: FakeSupplier, capsys: pytest.CaptureFixture[str]
) -> None:
    supplier.plans = [listed("a"), listed("a", cost=1)]
    assert main(["suppliers", "sync", SUPPLIER]) == 1
    assert capsys.readouterr().err.splitlines()[-1] == (
        "limosa: wholesale: the list was not taken in (twice a); nothing was changed"
    )
    assert not ListedPlan.objects.exists()


def test_a_supplier_without_a_list_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["suppliers", "sync", "own_network"]) == 1
    assert "its price list can't be fetched" in capsys.readouterr().err


def test_a_list_comes_from_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "list.csv"
    file.write_text(LIST, encoding="utf-8")
    make_operator(email="ada@example.com")
    command = ["suppliers", "sheet", "import", SUPPLIER, str(file), "--by", "ada@example.com"]
    assert main(command) == 0
    assert "wholesale: 1 plan listed" in capsys.readouterr().out
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject, entry.detail) == ("fetch_prices", SUPPLIER, "list.csv")
    assert main(["suppliers", "sheet", "import", "nobody", str(file)]) == 1
    file.write_text(LIST.replace("5 GB", "much"), encoding="utf-8")
    assert main(command) == 1
    assert 'list.csv:2: volume: "much" is not a volume' in capsys.readouterr().err


def test_rules_come_from_a_file_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text(RULES, encoding="utf-8")
    for _ in range(2):
        assert main(["suppliers", "rules", "import", str(file)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "pricing: 1 rule taken in, for USD",
        "pricing: these very rules are in use already; nothing changed",
    ]
    assert PricingRule.objects.get().margin_basis_points == 4000
    assert AuditEntry.objects.count() == 1
    file.write_text(RULES.replace("40 %", "lots"), encoding="utf-8")
    assert main(["suppliers", "rules", "import", str(file)]) == 1
    assert "margin" in capsys.readouterr().err


def test_a_plan_that_costs_more_than_it_sells_for_is_told_by_the_check(
    supplier: FakeSupplier, capsys: pytest.CaptureFixture[str]
) -> None:
    sold()
    supplier.plans = [listed("us", cost=800)]
    assert main(["suppliers", "sync", SUPPLIER]) == 0
    assert "off sale, since they cost more than they sell for: us" in capsys.readouterr().out
    said = [one.text for one in check_contents() if "cost more than they sell for" in one.text]
    assert len(said) == 1
    assert "sell for: us (at wholesale)." in said[0]
    Plan.objects.update(on_sale=True)
    assert not [one for one in check_contents() if "cost more than they sell for" in one.text]


def test_a_plan_that_its_supplier_refuses_is_told_by_the_check() -> None:
    make_price_proposal(
        plan=make_plan(code="us", supplier=make_supplier(SUPPLIER), on_sale=False),
        kind="refused",
        state="applied",
        reason="not_sold",
        decided_at=MOMENT,
    )
    (said,) = (one.text for one in check_contents() if "supplier refuses them" in one.text)
    assert "us (wholesale: not_sold)." in said
