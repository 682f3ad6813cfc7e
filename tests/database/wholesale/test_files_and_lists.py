"""A catalogue file beside a supplier's list in force: the list is newer knowledge."""

from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from limosa.config.checks.contents_check import check_contents
from limosa.config.cli import main
from limosa.domain.catalog.models import CatalogImport, Plan, PlanSource
from limosa.domain.connectivity.answers import SupplierPlan
from limosa.domain.support.operations.decide_prices import decide_prices
from limosa.domain.support.operations.reprice_plans import reprice_plans
from limosa.domain.wholesale import unlisted
from limosa.domain.wholesale.engine.nearest import nearest_of
from limosa.domain.wholesale.models import PriceProposal
from tests.factories import MOMENT
from tests.factories.catalog import make_plan, make_supplier
from tests.factories.wholesale import (
    SUPPLIER,
    listed,
    make_ending,
    make_price_proposal,
    make_rule,
    make_sheet,
)
from tests.fakes.wholesale import wholesale_in

TakeIn = Callable[..., int]

pytestmark = pytest.mark.django_db

FILE = """
format: 1
version: "{version}"
suppliers: [{{code: wholesale, name: Wholesale}}]
carriers: [{{code: t-mobile, name: T-Mobile}}]
plans:
  - code: us
    carrier: t-mobile
    kind: volume
    name: {{en: a, zh-hans: a, zh-hant: a, es: a}}
    volume: 5 GB
    validity: 30 days
    countries: [US]
    prices: {{USD: "{price}"}}
    sources: [{{supplier: wholesale, code: "{code}", cost: "{cost} USD"}}]
"""


@pytest.fixture(autouse=True)
def supplier(settings: Settings) -> Iterator[None]:
    with wholesale_in(settings):
        yield


@pytest.fixture
def take_in(tmp_path: Path) -> TakeIn:
    """Import an edition: a later one each time."""

    def take_in(*, cost: str = "4.20", code: str = "us-5gb", price: str = "9.99") -> int:
        version = f"2026-11-2{CatalogImport.objects.count() + 1}"
        path = tmp_path / "plans.yaml"
        path.write_text(FILE.format(version=version, cost=cost, code=code, price=price))
        return main(["catalog", "import", "--yes", str(path)])

    return take_in


def cost() -> tuple[int | None, bool]:
    source = PlanSource.objects.get()
    return source.cost_minor, source.cost_is_listed


def sync(*plans: SupplierPlan) -> None:
    reprice_plans(sheet=make_sheet(*plans), now=MOMENT)


def test_a_cost_by_the_list_outlasts_the_files_that_follow(
    take_in: TakeIn, capsys: pytest.CaptureFixture[str]
) -> None:
    take_in()
    assert cost() == (420, False)
    sync(listed(cost=465))
    assert cost() == (465, True)
    take_in(price="10.99")
    assert cost() == (465, True)
    told = capsys.readouterr().out
    assert "warning: us: wholesale charges 4.65 USD by its price list" in told
    assert "sources" not in told
    sync(listed(cost=480))
    assert cost() == (480, True)


def test_a_list_that_agreed_with_a_file_counts_against_the_next(take_in: TakeIn) -> None:
    take_in(cost="4.65")
    sync(listed(cost=465))
    take_in(cost="4.20")
    assert cost() == (465, True)


def test_another_code_has_the_cost_of_the_list_in_the_same_commit(take_in: TakeIn) -> None:
    take_in()
    sync(listed(cost=465), listed("us-6gb", cost=500))
    take_in(code="us-6gb")
    assert cost() == (500, True)
    take_in(code="us-7gb", cost="6.00")
    assert cost() == (600, False)


def test_without_a_list_the_file_counts(take_in: TakeIn) -> None:
    take_in()
    take_in(cost="4.30")
    assert cost() == (430, False)


def test_a_way_back_that_a_file_took_is_overtaken(take_in: TakeIn) -> None:
    make_ending()
    make_rule()
    take_in(price="4.50")
    sync(listed(cost=465))
    assert not Plan.objects.get().on_sale
    assert PriceProposal.objects.get(state="open").kind == "back"
    take_in(price="9.99")
    assert Plan.objects.get().on_sale
    assert list(PriceProposal.objects.filter(state="open").values_list("kind", flat=True)) in (
        [],
        ["price"],
    )
    assert PriceProposal.objects.get(kind="back").state == "overtaken"


def test_a_file_does_not_put_on_sale_what_costs_more(
    take_in: TakeIn, capsys: pytest.CaptureFixture[str]
) -> None:
    make_ending()
    make_rule()
    make_supplier(SUPPLIER)
    make_sheet(listed(cost=465))
    take_in(price="4.50")
    assert not Plan.objects.get().on_sale
    assert (
        "us: off sale, since it costs more than it sells for, at wholesale"
        in capsys.readouterr().out
    )


def test_a_code_that_the_list_does_not_have_is_told_with_the_nearest(
    take_in: TakeIn, capsys: pytest.CaptureFixture[str]
) -> None:
    make_supplier(SUPPLIER)
    make_sheet(listed("880001:r"), listed("other"))
    take_in(code="880001")
    line = "us: the price list of wholesale has no code 880001; did you mean 880001:r?"
    assert f"warning: {line}" in capsys.readouterr().out
    (text,) = (one.text for one in check_contents() if line in one.text)
    assert text == f"{line} Correct its source in the catalogue."
    take_in(code="880001:r")
    assert "warning" not in capsys.readouterr().out
    assert not [one.text for one in check_contents() if "no code" in one.text]


def test_a_code_like_a_card_number_is_shown_and_a_renewal_code_named_as_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    plan = make_plan(code="hk", supplier=make_supplier(SUPPLIER))
    PlanSource.objects.create(
        plan=plan,
        supplier_id=SUPPLIER,
        position=0,
        code="1653000003246790:r",
        renewal_code="1653000003246790",
    )
    make_sheet(listed("1653000003246790:r"))
    main(["check"])
    assert (
        "hk: the price list of wholesale has no renewal_code 1653000003246790; "
        "did you mean 1653000003246790:r? Correct its source"
    ) in capsys.readouterr().out


def test_a_file_that_takes_an_approved_price_back_says_so(
    take_in: TakeIn, capsys: pytest.CaptureFixture[str]
) -> None:
    take_in(price="7.00")
    plan = Plan.objects.get()
    prices = {"prices_before": {"USD": 700}, "prices_after": {"USD": 399}}
    row = make_price_proposal(plan=plan, **prices)
    decide_prices(proposal_ids=[row.pk], is_approved=True, actor=None, now=MOMENT)
    take_in(price="7.00")
    assert (
        f"warning: us: 3.99 USD was approved on {MOMENT:%Y-%m-%d}, after a change of cost"
        in capsys.readouterr().out
    )
    take_in(price="8.00")
    assert "was approved" not in capsys.readouterr().out


def test_what_is_exported_has_the_prices_of_now_and_changes_nothing(
    take_in: TakeIn, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    take_in(price="7.00", code="us-5gb", cost="3.00")
    sync(listed(cost=310))
    row = make_price_proposal(
        plan=Plan.objects.get(), prices_before={"USD": 700}, prices_after={"USD": 399}
    )
    decide_prices(proposal_ids=[row.pk], is_approved=True, actor=None, now=MOMENT)
    path = tmp_path / "today.yaml"
    assert main(["catalog", "export", str(path)]) == 0
    assert "USD: '3.99'" in path.read_text(encoding="utf-8")
    capsys.readouterr()
    assert main(["catalog", "import", str(path)]) == 0
    assert capsys.readouterr().out.splitlines()[0].endswith(": 1 plan on sale")
    assert main(["catalog", "export", str(path)]) == 1  # It is not overwritten.


def test_after_the_first_codes_only_their_number_is_told_and_nothing_like_them_looked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_sheet(listed("other"))
    for _ in range(12):
        make_plan(supplier=make_supplier(SUPPLIER))
    looked_for: list[str] = []

    def look(code: str, codes: Collection[str]) -> str:
        looked_for.append(code)
        return nearest_of(code, codes)

    monkeypatch.setattr(unlisted, "nearest_of", look)
    texts = [one.text for one in check_contents() if "price list" in one.text]
    assert (len(texts), len(looked_for)) == (11, 10)
    assert texts[-1] == "The price lists don't have 2 more codes of plans on sale."


def test_without_a_list_no_code_is_doubted(
    take_in: TakeIn, capsys: pytest.CaptureFixture[str]
) -> None:
    take_in(code="anything")
    assert "warning" not in capsys.readouterr().out
