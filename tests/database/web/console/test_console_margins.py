"""The page of margins and its file: the same rows, for whoever may see them."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from limosa.domain.accounts.models import StaffRole
from limosa.domain.catalog.models import Plan
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.ordering.operations.book_supply_cost import book_supply_cost
from limosa.domain.support.models import AuditEntry
from tests.factories.accounts import make_operator, sign_in_staff
from tests.factories.catalog import make_plan, make_rates, make_supplier
from tests.factories.connectivity import make_supply
from tests.factories.esims import make_esim
from tests.factories.ordering import make_order

pytestmark = pytest.mark.django_db
AT = datetime(2026, 10, 14, 12, tzinfo=UTC)


def sold(plan: Plan, *, cost: int, currency: str = "USD", at: datetime = AT) -> Order:
    """A delivered order for 25 dollars of which 1.69 are tax, and what its supplier charged."""
    esim = make_esim(supplier=plan.supplier)
    order = make_order(plan=plan, esim=esim, state=OrderState.FULFILLED, placed_at=at)
    supply = make_supply(
        order_number=order.number,
        supplier=plan.supplier,
        state="delivered",
        cost_minor=cost,
        cost_currency=currency,
    )
    book_supply_cost(supply=supply, now=at)
    return order


@pytest.fixture
def plan(client: Client) -> Plan:
    sign_in_staff(client)
    return make_plan(code="japan", supplier=make_supplier("wholesale", name="Wholesale & Co"))


def read(client: Client, **asked: str) -> str:
    answer = client.get(reverse("console:margins"), {"month": "2026-10", **asked})
    assert answer.status_code == 200
    return answer.content.decode()


def file(client: Client, **asked: str) -> list[dict[str, str]]:
    answer: Any = client.get(reverse("console:margins_file"), {"month": "2026-10", **asked})
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode())))


def test_a_month_shows_what_is_left_of_its_orders(client: Client, plan: Plan) -> None:
    sold(plan, cost=810)
    sold(plan, cost=910, at=AT + timedelta(days=1))
    sold(plan, cost=1, at=AT + timedelta(days=40))
    page = read(client)
    for said in ("$46.62", "$17.20", "$29.42", "63.1%", "Wholesale &amp; Co"):
        assert said in page
    assert f"show=orders&amp;first=2026-10-01&amp;last=2026-10-31&amp;plan={plan.code}" in page
    [row] = file(client)
    assert row["month"] == "2026-10"
    figures = ("orders", "sold_minor", "fees_minor", "cost_minor", "margin_minor")
    assert [row[name] for name in figures] == ["2", "4662", "0", "1720", "2942"]
    assert row["margin_basis_points"] == "6311"
    assert "Nothing was sold" in read(client, month="2026-09")
    assert [entry.subject for entry in AuditEntry.objects.all()] == ["margins"]


def test_an_order_of_the_last_evening_is_of_the_month_where_we_are(
    client: Client, plan: Plan
) -> None:
    """Los Angeles is seven hours behind: it is still October there."""
    sold(plan, cost=810, at=datetime(2026, 11, 1, 6, 59, tzinfo=UTC))
    sold(plan, cost=810, at=datetime(2026, 11, 1, 7, 1, tzinfo=UTC))
    assert file(client)[0]["orders"] == "1"


def test_another_currency_is_shown_with_its_rate_or_without_one(client: Client, plan: Plan) -> None:
    sold(plan, cost=810, currency="EUR")
    assert "no rate" in read(client)
    [row] = file(client)
    assert (row["cost_minor"], row["margin_minor"], row["cost_booked"]) == (
        "",
        "",
        "EUR 810 without a rate",
    )
    make_rates(datetime(2026, 10, 30, tzinfo=UTC).date(), USD="1.1605")
    make_rates(datetime(2026, 11, 2, tzinfo=UTC).date(), USD="9.9")
    page = read(client)
    for said in ("€8.10 at 1.1605", "Oct 30", "$9.40", "$13.91"):
        assert said in page
    assert file(client)[0]["cost_booked"] == "EUR 810 at 1.1605 of 2026-10-30"


def test_one_supplier_and_the_lowest_first(client: Client, plan: Plan) -> None:
    other = make_plan(code="korea", supplier=make_supplier("other"))
    sold(plan, cost=810)
    sold(other, cost=2400)
    assert [row["plan"] for row in file(client)] == ["korea", "japan"]
    assert [row["margin_minor"] for row in file(client, supplier="other")] == ["-69"]
    assert "japan" not in read(client, supplier="other")


def test_many_rows_come_in_pages(client: Client, plan: Plan) -> None:
    for number in range(51):
        sold(make_plan(code=f"p-{number:02}", supplier=plan.supplier), cost=number + 1)
    first, second = read(client), read(client, page="2")
    assert "p-50" in first
    assert "p-00" not in first
    assert "p-00" in second
    assert len(file(client)) == 51


def test_a_formula_in_a_code_is_text(client: Client, plan: Plan) -> None:
    sold(make_plan(code="-1+1", supplier=plan.supplier), cost=810)
    assert file(client)[0]["plan"] == "'-1+1"


@pytest.mark.parametrize("asked", [{"month": "2026-13"}, {"month": "x"}, {"supplier": "nobody"}])
def test_what_is_no_month_and_no_supplier_is_not_found(
    client: Client, plan: Plan, asked: dict[str, str]
) -> None:
    assert client.get(reverse("console:margins"), asked).status_code == 404


def test_support_reads_and_does_not_export(client: Client) -> None:
    sign_in_staff(client, make_operator(staff_role=StaffRole.SUPPORT))
    assert "CSV" not in read(client)
    assert client.get(reverse("console:margins_file")).status_code == 403


def test_the_orders_of_a_plan_are_listed(client: Client, plan: Plan) -> None:
    mine, other = sold(plan, cost=810), sold(make_plan(supplier=plan.supplier), cost=810)
    asked = {"show": "orders", "first": "2026-10-01", "last": "2026-10-31", "plan": plan.code}
    page = client.get(reverse("console:payments"), asked).content.decode()
    assert mine.number in page
    assert other.number not in page
