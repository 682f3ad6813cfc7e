"""Staff see what a promotion means before they make it; each step is on record."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from limosa.domain.accounts.models import StaffRole
from limosa.domain.catalog.models import Price
from limosa.domain.promotions.models import Promotion, PromotionCode
from limosa.domain.promotions.queries import best_promotion
from limosa.domain.support.models import AuditEntry
from limosa.web.console.promotion_preview import ROWS_PER_PAGE, preview_of
from tests.factories import MOMENT
from tests.factories.accounts import make_operator, sign_in_staff
from tests.factories.catalog import make_carrier, make_plan
from tests.factories.ordering import make_order
from tests.factories.promotions import make_promotion

pytestmark = pytest.mark.django_db
MAKE = "console:make_promotion"
NAMES = {f"name_{code}": "Spring" for code in ("en", "zh-hans", "zh-hant", "es")}


def typed(**changes: Any) -> dict[str, Any]:
    """Return a form's fields: 20 % off from tomorrow on, for a week."""
    today = timezone.localdate()
    fields: dict[str, Any] = {
        "code": "spring",
        "kind": "percent",
        "value": "20",
        "currency": "USD",
        "plans": "",
        "first_day": (today + timedelta(days=2)).isoformat(),
        "last_day": (today + timedelta(days=8)).isoformat(),
        **NAMES,
    }
    return fields | changes


@pytest.fixture
def staff(client: Client) -> Client:
    sign_in_staff(client, make_operator())
    return client


def test_the_preview_stores_nothing_and_saving_stores_what_was_shown(staff: Client) -> None:
    make_plan(code="month")
    shown = staff.get(reverse(MAKE), typed(preview="yes"))
    assert shown.status_code == 200
    assert "$20.00" in shown.content.decode()
    assert not Promotion.objects.exists()
    assert staff.post(reverse(MAKE), typed()).status_code == 302
    promotion = Promotion.objects.get()
    assert (promotion.percent_off, promotion.name["es"]) == (20, "Spring")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject) == ("set_promotion", "spring")


def test_carriers_durations_and_an_amount_are_stored(staff: Client) -> None:
    make_plan(code="att-week", carrier=make_carrier("att"), validity_count=7, validity_unit="day")
    make_plan(code="month")
    fields = typed(kind="amount", value="4.50", carriers=["att"], durations=["7 days"])
    page = staff.get(reverse(MAKE), fields | {"preview": "yes"}).content.decode()
    assert "att-week" in page
    assert "$20.50" in page
    assert '<span class="code-text">month</span>' not in page
    staff.post(reverse(MAKE), fields)
    promotion = Promotion.objects.get()
    assert (promotion.amount_off_minor, promotion.amount_currency) == (450, "USD")
    assert (promotion.carrier_codes, promotion.durations) == (["att"], ["7 days"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"value": "95"},
        {"value": "10 GB"},
        {"kind": "bonus", "value": "10"},
        {"kind": "amount", "value": "5,00"},
        {"kind": "amount", "value": "0"},
        {"kind": "amount", "currency": "XXY"},
        {"plans": "gone"},
        {"carriers": ["gone"]},
        {"last_day": "2020-01-01"},
        {"first_day": "2020-01-01", "last_day": "2020-01-02"},
        {"code": "New Year"},
        {"name_es": ""},
    ],
)
def test_what_makes_no_sense_is_not_stored(staff: Client, wrong: dict[str, Any]) -> None:
    make_plan()
    assert staff.post(reverse(MAKE), typed(**wrong)).status_code == 422
    assert not Promotion.objects.exists()


def test_it_is_changed_ended_and_reopened_on_record(staff: Client) -> None:
    staff.post(reverse(MAKE), typed())
    change = reverse("console:change_promotion", args=["spring"])
    assert 'value="20"' in staff.get(change).content.decode()
    staff.post(change, typed(value="10", code="other"))
    assert Promotion.objects.get().percent_off == 10
    for step, is_ended in (("end", True), ("reopen", False)):
        staff.post(reverse(f"console:{step}_promotion", args=["spring"]))
        assert (Promotion.objects.get().ended_at is not None) is is_ended
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["set_promotion", "set_promotion", "end_promotion", "reopen_promotion"]


def test_one_that_has_begun_has_no_form(staff: Client) -> None:
    now = timezone.now()
    make_promotion(code="sale", starts_at=now, ends_at=now + timedelta(days=1))
    change = reverse("console:change_promotion", args=["sale"])
    assert staff.get(change).status_code == 404
    assert staff.post(change, typed()).status_code == 404


def test_others_than_admins_may_look_only(client: Client) -> None:
    sign_in_staff(client, make_operator(staff_role=StaffRole.FINANCE))
    make_promotion(code="sale")
    assert client.get(reverse("console:promotion", args=["sale"])).status_code == 200
    assert client.get(reverse(MAKE)).status_code == 403
    for step in ("end", "reopen"):
        answer = client.post(reverse(f"console:{step}_promotion", args=["sale"]))
        assert answer.status_code == 403


def test_the_preview_says_what_is_charged_at_each_moment() -> None:
    plan = make_plan()
    draft = Promotion(
        code="draft", percent_off=10, starts_at=MOMENT, ends_at=MOMENT + timedelta(days=9)
    )
    make_promotion(
        percent_off=30, starts_at=MOMENT + timedelta(days=2), ends_at=MOMENT + timedelta(days=3)
    )
    make_promotion(percent_off=5, ends_at=MOMENT + timedelta(days=20))
    (row,) = preview_of(draft, currency="USD", page=None, now=MOMENT).rows
    assert [one.total.amount_minor for one in row.stretches] == [2250, 1750, 2250]
    draft.name = {"en": "Draft"}
    draft.save()
    price = Price.objects.select_related("plan").get(plan=plan, currency="USD")
    for one in row.stretches:
        for at in (one.stretch.starts_at, one.stretch.ends_at - timedelta(seconds=1)):
            assert best_promotion(price=price, now=at) == one.promotion


def test_a_preview_has_pages() -> None:
    for _ in range(ROWS_PER_PAGE + 1):
        make_plan()
    draft = Promotion(code="d", percent_off=10, starts_at=MOMENT, ends_at=MOMENT + timedelta(1))
    first = preview_of(draft, currency="USD", page=None, now=MOMENT)
    second = preview_of(draft, currency="USD", page="2", now=MOMENT)
    assert (len(first.rows), len(second.rows), first.count) == (ROWS_PER_PAGE, 1, ROWS_PER_PAGE + 1)


def test_codes_are_made_ended_and_reopened_on_record(staff: Client) -> None:
    now = timezone.now()
    make_promotion(code="sale", needs_code=True, starts_at=now, ends_at=now + timedelta(days=1))
    add = reverse("console:add_promotion_code", args=["sale"])
    fields = {"text": "spring-26", "uses_max": "5", "uses_per_person": "1", "budget": "20.00"}
    assert staff.post(add, fields | {"budget_currency": "usd"}).status_code == 302
    code = PromotionCode.objects.get()
    assert (code.text, code.uses_max, code.budget_minor) == ("SPRING26", 5, 2000)
    assert "SPRING26" in staff.get(reverse("console:promotion", args=["sale"])).content.decode()
    again = staff.post(add, fields | {"budget_currency": "USD"})
    assert again.status_code == 422
    for do, is_ended in (("end", True), ("reopen", False)):
        staff.post(reverse("console:end_promotion_code", args=["sale", code.pk]), {"do": do})
        code.refresh_from_db()
        assert (code.ended_at is not None) is is_ended
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", "detail"))
    assert actions == [
        ("add_promotion_code", "SPRING26"),
        ("end_promotion_code", "SPRING26 ended"),
        ("end_promotion_code", "SPRING26 reopened"),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": "a b"},
        {"uses_max": "0"},
        {"uses_per_person": ""},
        {"budget": "5,00", "budget_currency": "USD"},
        {"budget": "5.00", "budget_currency": ""},
        {"budget": "0", "budget_currency": "USD"},
    ],
)
def test_a_code_that_makes_no_sense_is_not_made(staff: Client, wrong: dict[str, str]) -> None:
    make_promotion(code="sale", needs_code=True)
    fields = {"text": "SPRING26", "uses_per_person": "1"} | wrong
    answer = staff.post(reverse("console:add_promotion_code", args=["sale"]), fields)
    assert answer.status_code == 422
    assert not PromotionCode.objects.exists()


@pytest.mark.parametrize(("language", "name"), [("en", "Lunar New Year"), ("zh-hans", "新春")])
def test_a_holiday_fills_in_the_form(client: Client, language: str, name: str) -> None:
    operator = make_operator(language=language)
    sign_in_staff(client, operator)
    listed = client.get(reverse("console:promotions"))
    assert name in listed.content.decode()
    (found,) = [one for one, _ in listed.context["occasions"] if one.key == "lunar-new-year"]
    initial = client.get(reverse(MAKE), {"occasion": found.code}).context["form"].initial
    assert (initial["first_day"], initial["code"]) == (found.first_day.isoformat(), found.code)
    assert (initial["name_en"], initial["name_zh-hans"]) == ("Lunar New Year", "新春")
    assert client.get(reverse(MAKE), {"occasion": "gone"}).status_code == 200


def test_its_result_is_on_its_page_and_in_its_file(staff: Client) -> None:
    promotion = make_promotion(code="sale", percent_off=20)
    plan = make_plan(code="month")
    sold = {"promotion": promotion, "plan": plan, "list_minor": 2500, "discount_minor": 500}
    for state in ("paid", "paid", "refunded", "placed"):
        make_order(state=state, **sold)
    make_order(state="paid", plan=plan)
    page = staff.get(reverse("console:promotion", args=["sale"]))
    (result,) = page.context["results"]
    assert (result.margin.orders, result.discount.amount_minor) == (3, 1000)
    file = staff.get(reverse("console:promotion_file", args=["sale"]))
    lines = b"".join(file).decode().splitlines()
    assert lines[1].startswith("sale,month,own_network,USD,3,1000,")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject) == ("export", "promotion sale")


def test_the_largest_amounts_are_shown_and_stored(staff: Client) -> None:
    make_plan(prices={"USD": 10**12})
    for fields in (
        {"kind": "amount", "value": "999999999.99"},
        {"kind": "bonus", "value": "1000000 GB", "code": "more"},
    ):
        assert staff.get(reverse(MAKE), typed(preview="yes", **fields)).status_code == 200
        assert staff.post(reverse(MAKE), typed(**fields)).status_code == 302
    assert Promotion.objects.count() == 2
