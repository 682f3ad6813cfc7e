"""What the commands about suppliers' lists say, and how they exit."""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from limosa.config.checks.contents_check import check_contents
from limosa.config.cli import main
from limosa.domain.catalog.models import Plan
from limosa.domain.payables.models import SupplierDeposit
from limosa.domain.support.models import AuditEntry
from limosa.domain.wholesale.models import ListedPlan, PriceProposal, PriceSheet, PricingRule
from tests.factories import MOMENT
from tests.factories.accounts import make_operator
from tests.factories.catalog import make_plan, make_rates, make_supplier
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


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("own_network", "own_network provides eSIMs and no plans, so it has no price list."),
        ("nobody", 'no supplier "nobody" is set up; there is: own_network'),
        ("paper", "`limosa suppliers sheet import paper FILE`"),
    ],
)
def test_a_supplier_without_a_list_is_told_with_why(
    code: str, why: str, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    with wholesale_in(settings, code="paper") as paper:
        paper.capabilities = replace(paper.capabilities, lists_plans=False)
        assert main(["suppliers", "sync", code]) == 1
    told = capsys.readouterr().err
    assert why in told
    assert "wholesale" in told  # It names those that there are.


def test_a_list_comes_from_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "list.csv"
    file.write_text(LIST, encoding="utf-8")
    make_operator(email="ada@example.com")
    command = ["suppliers", "sheet", "import", SUPPLIER, str(file), "--by", "ada@example.com"]
    command.append("--yes")
    assert main(command) == 0
    assert "wholesale: 1 plan listed" in capsys.readouterr().out
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject, entry.detail) == ("fetch_prices", SUPPLIER, "list.csv")
    assert main(["suppliers", "sheet", "import", "nobody", str(file)]) == 1
    file.write_text(LIST.replace("5 GB", "much"), encoding="utf-8")
    assert main(command) == 1
    assert 'list.csv:2: volume: "much" is not a volume' in capsys.readouterr().err


@pytest.mark.parametrize("typed", ["", "n\n", "yes\n"])
def test_a_list_that_is_fetched_is_replaced_by_a_file_only_on_purpose(
    typed: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = tmp_path / "list.csv"
    file.write_text(LIST, encoding="utf-8")
    command = ["suppliers", "sheet", "import", SUPPLIER, str(file)]
    assert main(command) == 1
    assert "run it again with --yes" in capsys.readouterr().err
    terminal = io.StringIO(typed)
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", terminal)
    assert main(command) == (0 if typed == "yes\n" else 1)
    assert PriceSheet.objects.exists() == (typed == "yes\n")


def test_what_a_wrong_file_proposed_is_overtaken_once_the_list_is_fetched(
    supplier: FakeSupplier, tmp_path: Path
) -> None:
    sold("a")
    sold("us")
    supplier.plans = [listed("a"), listed("us")]
    assert main(["suppliers", "sync", SUPPLIER]) == 0
    file = tmp_path / "list.csv"
    file.write_text(LIST, encoding="utf-8")
    assert main(["suppliers", "sheet", "import", SUPPLIER, str(file), "--yes"]) == 0
    assert PriceProposal.objects.get(state="open").plan_id == "a"
    assert main(["suppliers", "sync", SUPPLIER]) == 0
    assert not PriceProposal.objects.filter(state="open").exists()
    assert Plan.objects.filter(on_sale=True).count() == 2


def test_our_own_network_has_no_list_and_no_deposits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "list.csv"
    file.write_text(LIST, encoding="utf-8")
    assert main(["suppliers", "sheet", "import", "own_network", str(file), "--yes"]) == 1
    assert "it has no price list" in capsys.readouterr().err
    assert not PriceSheet.objects.exists()
    assert main(["suppliers", "deposit", "own_network", "B-1", "500.00", "USD"]) == 1
    assert "This is our own network" in capsys.readouterr().err
    assert not SupplierDeposit.objects.exists()


def test_a_deposit_names_its_currency_in_either_case_and_what_is_wrong_with_its_amount(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["suppliers", "deposit", SUPPLIER, "B-1", "5", "usd"]) == 0
    assert SupplierDeposit.objects.get().currency == "USD"
    assert main(["suppliers", "deposit", SUPPLIER, "B-2", "1000000000000", "USD"]) == 1
    assert '"1000000000000" is too large' in capsys.readouterr().err
    assert main(["suppliers", "deposit", SUPPLIER, "B-2", "5.001", "USD"]) == 1
    assert "more decimals" in capsys.readouterr().err


def test_a_rule_names_a_supplier_that_is_known(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text(RULES.replace("code: all", "code: all, supplier: joytel"), encoding="utf-8")
    assert main(["suppliers", "rules", "import", str(file)]) == 1
    told = capsys.readouterr().err
    assert 'rules.yaml:4: supplier: "joytel" is not a supplier that is known' in told
    assert not PricingRule.objects.exists()


def test_a_currency_without_a_fee_is_told_with_what_to_do(
    supplier: FakeSupplier, capsys: pytest.CaptureFixture[str]
) -> None:
    make_rule()
    make_ending()
    make_ending("JPY", step=100, ending=80)
    make_rates(USD="1.1", JPY="165")
    sold()
    supplier.plans = [listed("us")]
    assert main(["suppliers", "sync", SUPPLIER]) == 0
    assert (
        "no price in JPY, since LIMOSA_PAYMENT_FEE_FIXED names no fee in it"
        in capsys.readouterr().out
    )


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
