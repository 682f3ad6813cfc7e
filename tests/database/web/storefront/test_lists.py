"""Orders, messages and the page of one eSIM."""

import pytest
from django.urls import reverse

from limosa.domain.notifications.models import Notification
from tests.database.web.storefront.shop import Shop
from tests.database.web.storefront.test_home_page import text_of
from tests.factories.accounts import make_subscriber
from tests.factories.charging import make_daily_usage
from tests.factories.notifications import make_notification
from tests.factories.ordering import make_order

pytestmark = pytest.mark.django_db


def test_orders_are_paged_without_gap_or_repeat(shop: Shop) -> None:
    numbers = [make_order(subscriber=shop.person, plan=shop.plan).number for _ in range(45)]
    seen: list[str] = []
    path = reverse("orders")
    while path:
        page = shop.client.get(path).context["page"]
        seen += [order.number for order in page.rows]
        path = f"{reverse('orders')}?before={page.older}" if page.older else ""
    assert seen == numbers[::-1]


@pytest.mark.parametrize("before", ["", "x", "-1", "9" * 30, "0", "١٢"])
def test_a_page_mark_that_makes_no_sense_does_no_harm(shop: Shop, before: str) -> None:
    for name in ("orders", "notifications"):
        assert shop.client.get(reverse(name), {"before": before}).status_code == 200


def test_messages_are_new_once(shop: Shop) -> None:
    make_notification(subscriber=shop.person)
    make_notification()
    first = text_of(shop.client.get(reverse("notifications")))
    assert first.count(">New<") == 1
    assert ">New<" not in text_of(shop.client.get(reverse("notifications")))
    assert Notification.objects.filter(read_at=None).count() == 1


def test_an_esim_is_shown_with_its_use(shop: Shop) -> None:
    make_daily_usage(esim=shop.esim, used_bytes=1_900_000_000)
    page = text_of(shop.client.get(reverse("esim", args=[shop.esim.public_id])))
    assert f'href="{reverse("esim_devices", args=[shop.esim.public_id])}"' in page
    assert '<th scope="row">Nov 22</th><td class="end">1.9 GB</td>' in page


def test_an_esim_takes_a_name(shop: Shop) -> None:
    path = reverse("esim", args=[shop.esim.public_id])
    shop.client.post(path, {"label": "  旧金山 · 手机 "})
    shop.esim.refresh_from_db()
    assert shop.esim.label == "旧金山 · 手机"
    answer = shop.client.post(path, {"label": "x" * 41})
    assert answer.status_code == 400
    assert "at most 40 characters" in text_of(answer)


def test_another_person_s_esim_has_no_page(shop: Shop) -> None:
    path = reverse("esim", args=[shop.esim.public_id])
    shop.client.force_login(make_subscriber())
    assert shop.client.get(path).status_code == 404
    assert shop.client.post(path, {"label": "mine"}).status_code == 404
