"""Renewing by a signed link: without sign-in, and without seeing anything else."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from limosa.domain.esims.models import EsimState
from limosa.domain.ordering.models import Order, OrderState
from tests.database.web.storefront.shop import ChannelInHand, Shop, press_pay
from tests.database.web.storefront.test_home_page import text_of
from tests.factories.links import renew_path

pytestmark = pytest.mark.django_db


@pytest.fixture
def guest(shop: Shop) -> Shop:
    """The same shop, seen by somebody who has only the link."""
    shop.client = Client()
    return shop


def link_to(shop: Shop) -> str:
    return renew_path(esim_public_id=shop.esim.public_id)


def test_the_link_shows_what_is_left_and_who_it_is_for_and_no_more(guest: Shop) -> None:
    guest.fill_wallet(9999)
    page = text_of(guest.client.get(link_to(guest)))
    assert "Renew Phone" in page
    assert "3.6 GB left" in page
    assert "Pay ¥178.62" in page
    for secret in (guest.esim.iccid, guest.esim.activation_code, guest.person.email, "$99.99"):
        assert secret not in page


def test_a_guest_pays_and_follows_that_order(guest: Shop, channel: type[ChannelInHand]) -> None:
    answer = guest.client.post(link_to(guest), press_pay(guest, link_to(guest)))
    order = Order.objects.get()
    assert answer["Location"].startswith(reverse("pay", args=[order.number]))
    assert order.subscriber == guest.person
    channel.is_paid = True
    answer = guest.client.post(reverse("check_payment", args=[order.number]), follow=True)
    page = text_of(answer)
    assert "Paid" in page
    assert "Receipt" not in page
    assert guest.person.email not in page


def test_a_link_renews_for_an_owner_who_never_confirmed_their_address(
    guest: Shop, channel: type[ChannelInHand]
) -> None:
    EmailAddress.objects.filter(user=guest.person).update(verified=False)
    guest.client.post(link_to(guest), press_pay(guest, link_to(guest)))
    number = Order.objects.get().number
    channel.is_paid = True
    page = text_of(guest.client.post(reverse("check_payment", args=[number]), follow=True))
    assert "Paid" in page
    assert Order.objects.get().state in {OrderState.PAID, OrderState.FULFILLED}


def test_a_guest_may_not_spend_the_owner_s_wallet(guest: Shop) -> None:
    guest.fill_wallet(9999)
    fields = press_pay(guest, link_to(guest), method="wallet")
    assert guest.client.post(link_to(guest), fields).status_code == 409
    assert not Order.objects.exists()
    guest.client.post(link_to(guest), press_pay(guest, link_to(guest)))
    number = Order.objects.get().number
    guest.client.post(reverse("pay", args=[number]), {"method": "wallet"})
    assert Order.objects.get().state == OrderState.PLACED


def test_a_guest_sees_no_other_order_of_the_owner(guest: Shop) -> None:
    owner = Client()
    owner.force_login(guest.person)
    fields = press_pay(replace(guest, client=owner), guest.renew_path)
    owner.post(guest.renew_path, fields)
    number = Order.objects.get().number
    guest.client.get(link_to(guest))
    for name in ("order", "pay", "order_timeline", "pay_status"):
        assert guest.client.get(reverse(name, args=[number])).status_code == 404
    for name in ("check_payment", "help"):
        assert guest.client.post(reverse(name, args=[number])).status_code == 404


def test_a_guest_s_press_does_not_find_the_owner_s_order(guest: Shop) -> None:
    fields = press_pay(guest, link_to(guest))
    owner = Client()
    owner.force_login(guest.person)
    owner.post(guest.renew_path, fields)
    guest.client.post(link_to(guest), fields)
    assert Order.objects.count() == 2


def test_an_old_link_says_what_to_do(guest: Shop, clock: time_machine.Traveller) -> None:
    link = link_to(guest)
    clock.shift(timedelta(days=15))
    answer = guest.client.get(link)
    assert answer.status_code == 410
    assert "Renewal links work for 14 days" in text_of(answer)


def test_a_broken_link_says_what_to_do(guest: Shop) -> None:
    answer = guest.client.get(link_to(guest)[:-4] + "/")
    assert answer.status_code == 404
    assert "Open it again from the message" in text_of(answer)


def test_the_link_of_a_deleted_esim_is_closed(guest: Shop) -> None:
    link = link_to(guest)
    guest.esim.state = EsimState.DELETED
    guest.esim.save()
    assert guest.client.get(link).status_code == 410


def test_the_owner_s_language_is_used_and_kept(guest: Shop) -> None:
    guest.person.language = "zh-hans"
    guest.person.save()
    answer = guest.client.get(link_to(guest))
    assert 'lang="zh-Hans"' in text_of(answer)
    assert answer.cookies["django_language"].value == "zh-hans"


def press_anew(shop: Shop, path: str) -> int:
    """Press as somebody who has not been here before; return the answer's status."""
    stranger = replace(shop, client=Client())
    return stranger.client.post(path, press_pay(stranger, path)).status_code


def test_a_link_places_three_orders_that_wait_and_says_so_to_the_fourth(guest: Shop) -> None:
    path = link_to(guest)
    assert [press_anew(guest, path) for _ in range(4)] == [302, 302, 302, 409]
    page = text_of(guest.client.post(path, press_pay(guest, path)))
    assert "Three orders for this eSIM were placed this way" in page
    assert Order.objects.count() == 3


def test_the_owner_and_another_link_are_not_held_to_it(
    guest: Shop, clock: time_machine.Traveller
) -> None:
    path = link_to(guest)
    for _ in range(4):
        press_anew(guest, path)
    owner = Client()
    owner.force_login(guest.person)
    fields = press_pay(replace(guest, client=owner), guest.renew_path)
    assert owner.post(guest.renew_path, fields).status_code == 302
    clock.shift(timedelta(seconds=2))
    other = link_to(guest)
    assert other != path
    assert press_anew(guest, other) == 302


@pytest.mark.parametrize("what", ["paid", "cancelled", "time is over"])
def test_an_order_that_waits_no_more_makes_room(
    guest: Shop, clock: time_machine.Traveller, what: str
) -> None:
    path = link_to(guest)
    for _ in range(4):
        press_anew(guest, path)
    if what == "time is over":
        clock.shift(timedelta(minutes=31))
    else:
        order = Order.objects.order_by("id")[0]
        times = {"paid_at" if what == "paid" else "closed_at": order.placed_at}
        Order.objects.filter(pk=order.pk).update(state=what, **times)
    assert press_anew(guest, path) == 302
