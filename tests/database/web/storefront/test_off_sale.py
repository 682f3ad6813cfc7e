"""A plan that goes off sale is sold by no page, not even by one that was open before, and whatever
a process keeps."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from limosa.domain.catalog.models import Plan
from limosa.domain.ordering.models import Order
from limosa.domain.search.operations.rebuild_index import rebuild_index
from tests.database.web.storefront.shop import Shop, press_pay
from tests.database.web.storefront.test_home_page import text_of
from tests.factories.catalog import make_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def gone(shop: Shop) -> Plan:
    """A plan for Japan that every page has shown, and that is off sale since."""
    plan = make_plan(code="japan", name={"en": "Japan 7 days"}, countries=["JP"])
    rebuild_index(now=timezone.now())
    for path in ("/plans/", "/plans/?country=JP", "/plans/japan/", "/search/?q=japan"):
        assert "Japan 7 days" in text_of(Client().get(path)), path
    Plan.objects.filter(pk="japan").update(on_sale=False)
    return plan


@pytest.mark.usefixtures("gone")
def test_no_page_shows_it(shop: Shop) -> None:
    for path in (
        "/plans/",
        "/plans/?country=JP",
        f"/plans/compare/?plans=japan,{shop.plan.code}",
        "/search/?q=japan",
        "/search/suggestions/?q=japan",
        f"{shop.renew_path}?all=1",
        f"{reverse('arrival', args=[shop.esim.public_id])}?country=JP",
    ):
        assert "Japan 7 days" not in text_of(shop.client.get(path)), path
    for path in ("/plans/japan/", "/plans/japan/buy/"):
        assert shop.client.get(path).status_code == 404, path


@pytest.mark.usefixtures("gone")
def test_a_country_that_is_still_offered_to_choose_leads_to_an_honest_answer() -> None:
    page = text_of(Client().get("/plans/?country=JP"))
    assert "No plan has all of this." in page


@pytest.mark.parametrize("where", ["buy", "renew"])
def test_pressing_pay_on_a_page_that_was_open_sells_nothing(shop: Shop, where: str) -> None:
    plan = make_plan(code="japan", countries=["JP"])
    path = reverse("buy", args=[plan.code]) if where == "buy" else shop.renew_path
    fields = press_pay(shop, path, plan=plan.code)
    Plan.objects.filter(pk=plan.pk).update(on_sale=False)
    answer = shop.client.post(path, fields)
    assert answer.status_code in {404, 409}
    assert not Order.objects.exists()
