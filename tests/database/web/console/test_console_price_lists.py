"""The console's pages about price lists: every difference is shown, and staff decide."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from limosa.domain.accounts.models import StaffRole
from limosa.domain.catalog.models import Plan, PlanSource, Price
from limosa.domain.support.models import AuditEntry
from limosa.domain.support.operations.reprice_plans import reprice_plans
from limosa.domain.wholesale.engine.sheet_life import SheetState
from limosa.domain.wholesale.models import (
    ListChange,
    ListedPlan,
    PriceEnding,
    PriceProposal,
    PriceSheet,
    PricingRule,
)
from limosa.foundation.volume import GB
from tests.factories import MOMENT
from tests.factories.accounts import make_operator, sign_in_staff
from tests.factories.catalog import make_carrier, make_plan, make_supplier
from tests.factories.wholesale import (
    SUPPLIER,
    listed,
    make_ending,
    make_price_proposal,
    make_rule,
    make_sheet,
)
from tests.fakes.supplier import FakeSupplier
from tests.fakes.wholesale import wholesale_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def supplier(client: Client, settings: Settings) -> Iterator[FakeSupplier]:
    sign_in_staff(client)
    with wholesale_in(settings) as fake:
        yield fake


def page(client: Client, name: str, *args: Any, query: str = "") -> str:
    answer = client.get(f"{reverse(f'console:{name}', args=args)}{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def post(client: Client, name: str, *args: Any, **fields: str) -> Any:
    return client.post(reverse(f"console:{name}", args=args), fields)


def record() -> list[tuple[str, str, str]]:
    rows = AuditEntry.objects.order_by("id")
    return [(line.action, line.subject, line.detail) for line in rows]


def test_a_supplier_without_a_list_yet_can_be_asked(client: Client) -> None:
    assert "Fetch now" in page(client, "price_lists")
    post(client, "fetch_price_list", SUPPLIER)
    sheet = PriceSheet.objects.get()
    assert (sheet.state, record()) == ("fetching", [("fetch_prices", SUPPLIER, "")])
    post(client, "fetch_price_list", SUPPLIER)
    assert PriceSheet.objects.count() == 1
    assert len(record()) == 1


def test_a_list_that_is_being_fetched_shows_how_far_it_is(client: Client) -> None:
    PriceSheet.objects.create(
        supplier=SUPPLIER, plans=500, total=2000, asked_at=MOMENT, touched_at=MOMENT
    )
    shown = page(client, "price_lists")
    assert 'value="25"' in shown
    assert "500 of 2,000" in shown
    assert 'hx-trigger="every 2s"' in shown
    part = page(client, "price_lists", query="?part=rows")
    assert "500 of 2,000" in part
    assert "<html" not in part


def test_a_list_that_failed_says_why_and_that_the_last_one_stays(client: Client) -> None:
    make_sheet(listed())
    PriceSheet.objects.create(
        supplier=SUPPLIER,
        state=SheetState.FAILED,
        failure="twice",
        failed_plan="us-5gb",
        asked_at=MOMENT,
        touched_at=MOMENT,
        done_at=MOMENT,
    )
    shown = page(client, "price_lists")
    assert "A code stands in the list twice" in shown
    assert "us-5gb" in shown
    assert "The last list stays in force." in shown


def test_fifty_planted_differences_are_all_shown(client: Client) -> None:
    before = [listed(f"plan-{number:03}", volume_bytes=number * GB) for number in range(1, 151)]
    after = list(before)
    planted: dict[str, str] = {}
    for number in range(0, 150, 3):
        plan = before[number]
        kind = ("Dearer", "Cheaper", "No longer listed", "Other rules only", "New")[number % 5]
        planted[plan.code] = kind
        after[number] = {
            "Dearer": lambda: listed(plan.code, cost=777, volume_bytes=plan.volume_bytes),  # noqa: B023
            "Cheaper": lambda: listed(plan.code, cost=444, volume_bytes=plan.volume_bytes),  # noqa: B023
            "Other rules only": lambda: listed(plan.code, volume_bytes=1),  # noqa: B023
        }.get(kind, lambda: plan)()  # noqa: B023
        if kind == "New":
            before[number] = listed(f"x-{number}")
            after.append(before[number])
    gone = {code for code, kind in planted.items() if kind == "No longer listed"}
    make_sheet(*before)
    sheet = make_sheet(*(plan for plan in after if plan.code not in gone))
    assert ListChange.objects.count() == len(planted) == 50
    shown = page(client, "price_sheet", sheet.pk)
    assert "page 1 of" not in shown  # They fit on one page.
    rows = shown.split("<tr>")[2:]
    assert {_code(row): _chip(row) for row in rows} == planted
    for kind, word in {"dearer": "Dearer", "gone": "No longer listed", "new": "New"}.items():
        rows = page(client, "price_sheet", sheet.pk, query=f"?show={kind}").split("<tr>")[2:]
        assert {_code(row) for row in rows} == {
            code for code, said in planted.items() if said == word
        }
    rows = page(client, "price_sheet", sheet.pk, query="?show=rules").split("<tr>")[2:]
    assert len(rows) == 10
    assert (
        client.get(reverse("console:price_sheet", args=[sheet.pk]) + "?show=x").status_code == 404
    )


def _code(row: str) -> str:
    return row.split('code-text">')[1].split("<", maxsplit=1)[0]


def _chip(row: str) -> str:
    return row.split('class="chip')[1].split(">")[1].split("<", maxsplit=1)[0]


def test_other_rules_are_shown_with_their_values(client: Client) -> None:
    make_sheet(listed())
    after = listed(days=31, countries=("US", "CA"), rules={"speed": "5G"}, is_renewable=True)
    shown = page(client, "price_sheet", make_sheet(after).pk)
    for said in ("Days: 30 → 31", "Countries: US → CA US", "speed: – → 5G", "renewed: – → yes"):
        assert said in shown


def test_more_changes_than_a_page_holds_are_paged_with_their_filter(client: Client) -> None:
    make_sheet(*(listed(f"plan-{number}") for number in range(120)))
    sheet = make_sheet(*(listed(f"plan-{number}", cost=501) for number in range(120)))
    shown = page(client, "price_sheet", sheet.pk, query="?show=dearer&page=3")
    assert len(shown.split("<tr>")[2:]) == 20
    assert "?show=dearer&amp;page=2" in shown or "?show=dearer&page=2" in shown


def test_a_list_is_searched_by_name_and_country(client: Client) -> None:
    make_sheet(listed("a"), listed("b", name="Nihon", countries=("JP",)))
    assert "2 plans" in page(client, "price_list", SUPPLIER)
    assert "1 plan" in page(client, "price_list", SUPPLIER, query="?q=niho")
    assert "1 plan" in page(client, "price_list", SUPPLIER, query="?country=jp")
    assert client.get(reverse("console:price_list", args=["nobody"])).status_code == 404


def open_proposal() -> tuple[Plan, PriceProposal]:
    row = make_price_proposal()
    return row.plan, row


def test_one_change_is_approved(client: Client) -> None:
    plan, row = open_proposal()
    shown = page(client, "price_proposals")
    assert "$25.00" in shown
    assert "$26.00" in shown
    post(client, "decide_prices", do=f"approve {row.pk}")
    assert Price.objects.get(plan=plan, currency="USD").amount_minor == 2600
    assert record() == [("decide_prices", plan.code, f"approved {plan.code}")]
    assert "Applied" in page(client, "price_proposals", query="?show=decided")


def test_all_that_the_page_knew_of_are_approved(client: Client) -> None:
    _, one = open_proposal()
    _, two = open_proposal()
    _, later = open_proposal()
    asked = post(client, "decide_prices", do="approve all", newest=str(two.pk))
    assert "Apply all 2 changes?" in asked.content.decode()
    assert not PriceProposal.objects.exclude(state="open").exists()
    post(client, "decide_prices", do="approve all", newest=str(two.pk), sure="2")
    states = dict(PriceProposal.objects.values_list("pk", "state"))
    assert states == {one.pk: "applied", two.pk: "applied", later.pk: "open"}
    assert record()[0][1] == "2"


def test_all_are_approved_only_by_who_has_seen_what_that_means(client: Client) -> None:
    make_price_proposal(steepest_basis_points=400)
    make_price_proposal(prices_after={"USD": 9900}, steepest_basis_points=29_600)
    make_price_proposal(prices_after={"USD": 1200}, steepest_basis_points=-5_200)
    make_price_proposal(kind="gone", prices_before={}, prices_after={})
    newest = str(PriceProposal.objects.order_by("-pk")[0].pk)
    shown = post(client, "decide_prices", do="approve all", newest=newest).content.decode()
    for said in ("Apply all 4 changes?", "+296%", "$99.00", "−52%", "$12.00", "<b>1</b>"):
        assert said in shown
    # What was decided meanwhile is no longer what was agreed to: it asks again.
    post(client, "decide_prices", do=f"reject {newest}")
    asked = post(client, "decide_prices", do="approve all", newest=newest, sure="4")
    assert "Apply all 3 changes?" in asked.content.decode()
    assert not PriceProposal.objects.filter(state="applied").exists()


def test_a_change_is_rejected(client: Client) -> None:
    plan, row = open_proposal()
    post(client, "decide_prices", do=f"reject {row.pk}")
    row.refresh_from_db()
    assert (row.state, Price.objects.get(plan=plan, currency="USD").amount_minor) == (
        "rejected",
        2500,
    )


@pytest.mark.parametrize("do", ["", "sell 1", "approve x", "approve 9" * 9])
def test_nonsense_is_not_found(client: Client, do: str) -> None:
    assert post(client, "decide_prices", do=do).status_code == 404


def test_support_may_look_and_not_decide(client: Client) -> None:
    sign_in_staff(client, make_operator(staff_role=StaffRole.SUPPORT))
    _, row = open_proposal()
    assert "Approve" not in page(client, "price_proposals")
    assert post(client, "decide_prices", do=f"approve {row.pk}").status_code == 403
    assert post(client, "fetch_price_list", SUPPLIER).status_code == 403


RULE = {
    "code": "europe",
    "position": "1",
    "supplier": SUPPLIER,
    "countries": "fr de",
    "least": "1 GB",
    "below": "5 GB",
    "margin": "42.5",
    "at_least": "1.50",
    "currency": "usd",
    "up": "5",
    "down": "",
}


def test_a_rule_is_added_changed_moved_and_removed(client: Client) -> None:
    make_rule("rest")
    post(client, "add_pricing_rule", **RULE)
    assert list(PricingRule.objects.order_by("position").values_list("code", flat=True)) == [
        "europe",
        "rest",
    ]
    rule = PricingRule.objects.get(code="europe")
    assert (rule.countries, rule.least_bytes, rule.margin_basis_points) == (
        ["DE", "FR"],
        GB,
        4250,
    )
    shown = page(client, "pricing_rule", "europe")
    assert 'value="42.5"' in shown
    post(client, "pricing_rule", "europe", **{**RULE, "position": "2", "margin": "50 %"})
    assert list(PricingRule.objects.order_by("position").values_list("code", flat=True)) == [
        "rest",
        "europe",
    ]
    post(client, "pricing_rule", "europe", do="remove")
    assert PricingRule.objects.get().code == "rest"
    assert [action for action, *_ in record()] == ["set_pricing"] * 3


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("code", "Europe!", "Use small letters"),
        ("countries", "FR XX", "XX is not a country"),
        ("least", "much", "Enter a volume"),
        ("below", "1 GB", "more than the volume"),
        ("margin", "lots", "Enter a percentage"),
        ("at_least", "1,5", "without commas"),
        ("currency", "EURO", "fewer than"),
        ("currency", "QQQ", "three letters"),
        ("up", "101", "Enter a percentage"),
        ("position", "0", "1"),
    ],
)
def test_a_wrong_rule_is_not_taken(client: Client, field: str, typed: str, told: str) -> None:
    answer = post(client, "add_pricing_rule", **{**RULE, field: typed})
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not PricingRule.objects.exists()


def test_how_prices_end_is_set_and_removed(client: Client) -> None:
    post(client, "price_ending", currency="usd", step="1.00", ending="0.99")
    ending = PriceEnding.objects.get()
    assert (ending.currency, ending.step_minor, ending.ending_minor) == ("USD", 100, 99)
    assert "0.99 in each 1.00" in page(client, "pricing")
    wrong = post(client, "price_ending", currency="JPY", step="100", ending="100")
    assert wrong.status_code == 422
    post(client, "price_ending", remove="USD")
    assert not PriceEnding.objects.exists()


NEW = {
    "code": "us-5",
    "carrier": "t-mobile",
    "valid_from": "purchase",
    "renewal_code": "us-5gb",
    "seen": "USD:799",
    "name_en": "USA",
    "name_zh-hans": "美国",
    "name_zh-hant": "美國",
    "name_es": "EE. UU.",
}


def listed_plan(**fields: Any) -> ListedPlan:
    make_carrier()
    make_rule()
    make_ending()
    return ListedPlan.objects.get(since=make_sheet(listed(**fields)))


def test_a_listed_plan_is_sold_at_the_price_of_the_rules(client: Client) -> None:
    plan = listed_plan()
    shown = page(client, "sell_listed_plan", plan.pk)
    for said in ("United States 5 GB, 30 days", "美国 5 GB", "$7.99", "wholesale-us-5gb"):
        assert said in shown
    post(client, "sell_listed_plan", plan.pk, **NEW)
    sold = Plan.objects.get(code="us-5")
    source = sold.sources.get()
    assert (sold.on_sale, sold.volume_bytes, sold.countries) == (True, 5 * GB, ["US"])
    assert (source.supplier_id, source.code, source.renewal_code, source.cost_minor) == (
        SUPPLIER,
        "us-5gb",
        "us-5gb",
        500,
    )
    assert Price.objects.get(plan=sold).amount_minor == 799
    assert record() == [("add_plan", "us-5", f"{SUPPLIER} us-5gb")]
    assert reprice_plans(now=MOMENT).proposed == 0
    again = post(client, "sell_listed_plan", plan.pk, **NEW)
    assert "There is a plan with this code already" in again.content.decode()


def test_a_code_that_is_the_address_of_another_page_is_refused(client: Client) -> None:
    plan = listed_plan()
    answer = post(client, "sell_listed_plan", plan.pk, **{**NEW, "code": "compare"})
    assert "the address of another page" in answer.content.decode()
    assert not Plan.objects.exists()


def test_a_price_that_the_page_did_not_show_is_shown_first(client: Client) -> None:
    plan = listed_plan()
    answer = post(client, "sell_listed_plan", plan.pk, **{**NEW, "seen": "USD:699"})
    assert answer.status_code == 422
    assert "The prices have changed" in answer.content.decode()
    assert 'value="USD:799"' in answer.content.decode()
    assert not Plan.objects.exists()


@pytest.mark.parametrize("fields", [{"volume_bytes": None}, {"days": None}, {"daily_bytes": GB}])
def test_what_the_catalogue_cannot_say_is_not_sold(client: Client, fields: dict[str, Any]) -> None:
    plan = listed_plan(**fields)
    assert "can't sell this plan" in page(client, "sell_listed_plan", plan.pk)
    post(client, "sell_listed_plan", plan.pk, **NEW)
    assert not Plan.objects.exists()


def test_a_plan_above_its_price_is_told_of_on_every_page_about_plans(client: Client) -> None:
    make_rule()
    make_ending()
    plan = make_plan(code="us", prices={"USD": 799}, supplier=make_supplier(SUPPLIER))
    PlanSource.objects.create(plan=plan, supplier=plan.supplier, position=0, code="us-5gb")
    reprice_plans(sheet=make_sheet(listed(cost=800)), now=MOMENT)
    assert "costs more than it sells for" in page(client, "today")
    assert "costs more than its price" in page(client, "plans")
    assert "cost more than their price" in page(client, "price_lists")


def test_a_plan_that_its_supplier_refuses_for_good_is_told_of_everywhere(client: Client) -> None:
    plan = make_plan(code="us", supplier=make_supplier(SUPPLIER), on_sale=False)
    assert "refuse" not in page(client, "today")
    make_price_proposal(
        plan=plan,
        kind="refused",
        state="applied",
        reason="not_sold",
        prices_before={},
        prices_after={},
        decided_at=MOMENT,
    )
    assert "1 plan is off sale since its only supplier refuses it" in page(client, "today")
    assert "off sale: its supplier refuses it" in page(client, "plans")
    name = plan.supplier.name
    told = f"{name} refused it (it doesn&#x27;t sell this)"
    assert told in page(client, "price_lists")
    assert "it doesn&#x27;t sell this" in page(client, "price_proposals", query="?show=decided")
    post(client, "sale", "us", on_sale="yes")
    assert "refuse" not in page(client, "today")
