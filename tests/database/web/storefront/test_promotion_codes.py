"""A code is entered where one pays, or comes by a link; the price that it makes is the one paid."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from limosa.domain.esims.links import make_renew_token
from limosa.domain.ordering.models import Order
from limosa.domain.ordering.operations.cancel_order import cancel_order
from limosa.domain.payments.models import Payment
from limosa.domain.promotions.models import Promotion, PromotionCode
from tests.database.web.storefront.shop import Shop, press_pay
from tests.database.web.storefront.test_home_page import text_of
from tests.factories import MOMENT
from tests.factories.catalog import make_plan
from tests.factories.promotions import make_promotion, make_promotion_code

pytestmark = pytest.mark.django_db


def enter(shop: Shop, typed: str) -> int:
    fields = press_pay(shop, shop.renew_path) | {"apply": "1", "code": typed}
    return shop.client.post(shop.renew_path, fields).status_code


def test_a_code_lowers_what_is_shown_and_what_is_paid(shop: Shop) -> None:
    code = make_promotion_code(text="SPRING26", uses_max=1)
    assert enter(shop, "spring 26") == 302
    assert not Order.objects.exists()
    page = text_of(shop.client.get(shop.renew_path))
    assert "$20.00, tax included." in page
    assert "SPRING26: $5.00 off" in page
    assert shop.client.post(shop.renew_path, press_pay(shop, shop.renew_path)).status_code == 302
    order = Order.objects.get()
    assert (order.quote.total_minor, order.quote.promotion_code) == (2000, code)
    assert Payment.objects.get().amount_minor == 14289
    code.refresh_from_db()
    assert code.uses == 1
    assert "$25.00, tax included." in text_of(shop.client.get(shop.renew_path))


def test_pressing_twice_uses_it_once_and_finds_the_same_order(shop: Shop) -> None:
    make_promotion_code(text="SPRING26")
    enter(shop, "SPRING26")
    fields = press_pay(shop, shop.renew_path)
    answers = [shop.client.post(shop.renew_path, fields)["Location"] for _ in range(2)]
    assert answers[0] == answers[1]
    assert Order.objects.count() == PromotionCode.objects.get().uses == 1


def test_a_cancelled_order_lets_the_code_be_used_again(shop: Shop) -> None:
    make_promotion_code(text="SPRING26")
    for _ in range(2):
        assert enter(shop, "SPRING26") == 302
        shop.client.post(shop.renew_path, press_pay(shop, shop.renew_path))
        order = Order.objects.latest("pk")
        assert order.quote.total_minor == 2000
        cancel_order(order_number=order.number, now=MOMENT)


def test_what_is_no_code_is_said_and_changes_nothing(shop: Shop) -> None:
    assert enter(shop, "NOSUCHCODE") == 409
    fields = press_pay(shop, shop.renew_path) | {"apply": "1", "code": "NOSUCHCODE"}
    page = text_of(shop.client.post(shop.renew_path, fields))
    assert "There is no such code." in page
    assert "$25.00, tax included." in page
    assert not Order.objects.exists()


def test_guesses_are_stopped_and_an_order_without_a_code_is_not(shop: Shop) -> None:
    for number in range(10):
        enter(shop, f"GUESS{number}")
    fields = press_pay(shop, shop.renew_path) | {"apply": "1", "code": "GUESS11"}
    assert "Too many attempts" in text_of(shop.client.post(shop.renew_path, fields))
    assert shop.client.post(shop.renew_path, press_pay(shop, shop.renew_path)).status_code == 302


def test_a_code_that_ends_meanwhile_is_said_before_the_other_price_is_paid(shop: Shop) -> None:
    make_promotion_code(text="SPRING26")
    enter(shop, "SPRING26")
    fields = press_pay(shop, shop.renew_path)
    Promotion.objects.update(ended_at=MOMENT)
    answer = shop.client.post(shop.renew_path, fields)
    assert answer.status_code == 409
    assert "This code has ended." in text_of(answer)
    assert not Order.objects.exists()
    again = press_pay(shop, shop.renew_path)
    assert shop.client.post(shop.renew_path, again).status_code == 302
    assert Order.objects.get().quote.total_minor == 2500


def test_a_code_for_other_plans_is_not_used(shop: Shop) -> None:
    plan = make_plan(code="other", countries=shop.plan.countries)
    promotion = make_promotion(percent_off=20, needs_code=True, plan_codes=[plan.code])
    make_promotion_code(text="OTHER26", promotion=promotion)
    enter(shop, "OTHER26")
    page = text_of(shop.client.get(shop.renew_path))
    assert "OTHER26 gives nothing more on this plan" in page
    shop.client.post(shop.renew_path, press_pay(shop, shop.renew_path))
    assert Order.objects.get().quote.promotion_code is None


def test_it_can_be_taken_out(shop: Shop) -> None:
    make_promotion_code(text="SPRING26")
    enter(shop, "SPRING26")
    shop.client.post(shop.renew_path, press_pay(shop, shop.renew_path) | {"forget": "1"})
    assert "$25.00, tax included." in text_of(shop.client.get(shop.renew_path))


def test_a_link_brings_the_code_to_the_next_checkout(shop: Shop) -> None:
    make_promotion_code(text="SPRING26")
    answer = shop.client.get(reverse("promotion_link", args=["spring-26"]))
    assert answer["Location"] == reverse("plans")
    assert "SPRING26: $5.00 off" in text_of(shop.client.get(shop.renew_path))


def test_a_guest_is_not_asked_for_a_code(shop: Shop) -> None:
    client = Client()
    client.get(reverse("promotion_link", args=["SPRING26"]))
    make_promotion_code(text="SPRING26")
    token = make_renew_token(esim_public_id=shop.esim.public_id)
    page = text_of(client.get(reverse("renew_by_link", args=[token])))
    assert "Promotion code" not in page
    assert "$25.00" in page


def test_bonus_data_by_a_code_comes_with_the_plan(shop: Shop) -> None:
    promotion = make_promotion(
        bonus_bytes=5_000_000_000, needs_code=True, ends_at=MOMENT + timedelta(days=1)
    )
    make_promotion_code(text="MORE5", promotion=promotion)
    enter(shop, "MORE5")
    assert "MORE5: 5 GB more" in text_of(shop.client.get(shop.renew_path)).replace("\xa0", " ")
    shop.client.post(shop.renew_path, press_pay(shop, shop.renew_path))
    assert Order.objects.get().quote.volume_bytes == 25_000_000_000
