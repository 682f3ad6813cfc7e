"""Pages claim what we know, and nothing else."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from limosa.domain.catalog.models import Supplier
from limosa.domain.esims.models import Bundle
from limosa.domain.ordering.models import Order
from limosa.domain.ordering.operations.cancel_order import cancel_order
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.payments.models import Dispute, Payment, Refund
from limosa.foundation.volume import GB
from tests.database.web.storefront.shop import ChannelInHand, Shop, press_pay
from tests.database.web.storefront.test_home_page import text_of
from tests.database.web.storefront.test_order_pages import order_by, page_of, paid_by_wallet
from tests.factories import MOMENT
from tests.factories.catalog import make_plan
from tests.factories.esims import make_bundle
from tests.factories.links import renew_path
from tests.factories.payments import make_dispute, make_payment

pytestmark = pytest.mark.django_db


def test_data_of_two_ends_is_shown_by_its_ends(shop: Shop) -> None:
    make_bundle(esim=shop.esim, created_at=MOMENT, ends_at=MOMENT + timedelta(days=60))
    for path in (reverse("home"), reverse("esim", args=[shop.esim.public_id])):
        page = text_of(shop.client.get(path))
        assert page.count('data-testid="lot"') == 2
        assert page.index("3.6 GB until") < page.index("20 GB until")
        assert ">until" not in page


@pytest.fixture
def unlimited(shop: Shop) -> Bundle:
    """Unlimited data that ends on Nov 30, beside the 3.6 GB until Nov 24."""
    plan = make_plan(code="unlimited-50", kind="unlimited", fair_use_bytes=50 * GB)
    ends_at = datetime.fromisoformat("2026-12-01T00:00:00-08:00")
    return make_bundle(
        esim=shop.esim, plan=plan, volume_bytes=None, used_bytes=10 * GB, ends_at=ends_at
    )


def test_unlimited_data_and_a_volume_are_shown_by_their_own_ends(
    shop: Shop, unlimited: Bundle
) -> None:
    make_bundle(
        esim=shop.esim, created_at=MOMENT, volume_bytes=20 * GB,
        ends_at=datetime.fromisoformat("2027-01-01T00:00:00-08:00"),
    )  # fmt: skip
    link = renew_path(esim_public_id=shop.esim.public_id)
    for path in (reverse("home"), reverse("esim", args=[shop.esim.public_id]), link):
        page = text_of(shop.client.get(path))
        ends = ("3.6 GB until Nov 24", "Unlimited until Nov 30", "20 GB until Dec 31")
        places = [page.index(end) for end in ends]
        assert places == sorted(places)
        assert ">until" not in page
        assert "63.6 GB" not in page
    assert "40 GB of 50 GB at full speed left" in text_of(shop.client.get(reverse("home")))
    assert "9 days left" in text_of(shop.client.get(reverse("home")))


def test_unlimited_data_alone_ends_when_it_ends(shop: Shop, unlimited: Bundle) -> None:
    shop.bundle.delete()
    page = text_of(shop.client.get(reverse("home")))
    assert "until Nov 30, 11:59 PM" in page
    assert 'data-testid="lot"' not in page
    page = text_of(shop.client.get(renew_path(esim_public_id=shop.esim.public_id)))
    assert "Unlimited data · until Nov 30" in page


def test_what_stands_beside_an_order_s_own_data_has_its_own_end(
    shop: Shop, unlimited: Bundle
) -> None:
    page = text_of(page_of(shop, paid_by_wallet(shop)))
    assert "Also 3.6 GB until Nov 24, 11:59 PM" in page
    assert "Also unlimited data until Nov 30, 11:59 PM" in page


@dataclass
class Disputed:
    """An order that was delivered, and the clients of its owner and of whoever paid by link."""

    order: Order
    bundle: Bundle
    owner: Client
    guest: Client

    def pages(self) -> list[str]:
        path = reverse("order", args=[self.order.number])
        return [text_of(client.get(path)) for client in (self.owner, self.guest)]

    def open(self) -> Dispute:
        """As apply_dispute_status leaves it."""
        payment = Payment.objects.get(order_number=self.order.number)
        Bundle.objects.filter(pk=self.bundle.pk).update(suspended_at=MOMENT)
        return make_dispute(payment=payment)


@pytest.fixture
def delivered(shop: Shop, channel: type[ChannelInHand]) -> Disputed:
    """A plan that somebody else has paid by the renewal link, and that began at once."""
    link = renew_path(esim_public_id=shop.esim.public_id)
    guest = Client()
    visit = replace(shop, client=guest)
    guest.post(link, press_pay(visit, link, start="now"))
    order = Order.objects.get()
    channel.is_paid = True
    guest.post(reverse("check_payment", args=[order.number]))
    order.refresh_from_db()
    bundle = Bundle.objects.get(order_number=order.number)
    return Disputed(order, bundle, owner=shop.client, guest=guest)


def test_disputed_data_is_on_hold_and_not_ready_to_whoever_looks(delivered: Disputed) -> None:
    for page in delivered.pages():
        assert "Ready to use" in page
        assert 'data-testid="disputed"' not in page
    delivered.open()
    for page in delivered.pages():
        assert "<h1>On hold</h1>" in page
        assert "This plan's data can't be used until the bank has decided." in page
        assert "Ready to use" not in page
        assert "Ready to use <b>" not in page
        assert "You asked" not in page  # Nobody knows who of the two it was.


def test_a_dispute_of_money_that_paid_nothing_holds_up_nothing(delivered: Disputed) -> None:
    double = make_payment(order=delivered.order, state="succeeded", pays_order=False)
    make_dispute(payment=double)
    for page in delivered.pages():
        assert "Ready to use" in page
        assert "data can't be used until" not in page


@pytest.mark.parametrize(("state", "said"), [("exhausted", "Used up"), ("expired", "Ended")])
def test_what_is_over_is_not_ready_nor_on_hold(delivered: Disputed, state: str, said: str) -> None:
    Bundle.objects.filter(pk=delivered.bundle.pk).update(state=state, ended_at=MOMENT)
    for page in delivered.pages():
        assert f"<h1>{said}</h1>" in page
        assert "Ready to use" not in page
        assert "No need to restart your phone" not in page
    delivered.open()
    for page in delivered.pages():
        assert f"<h1>{said}</h1>" in page
        assert "Nothing is delivered or refunded until the bank has decided." in page


def test_a_plan_that_is_over_by_the_clock_is_not_ready(
    delivered: Disputed, clock: time_machine.Traveller
) -> None:
    clock.move_to(delivered.bundle.ends_at or MOMENT)
    delivered.owner.force_login(delivered.order.subscriber)
    assert "<h1>Ended</h1>" in delivered.pages()[0]


def test_disputed_and_not_delivered_promises_no_data_and_no_money(
    shop: Shop, channel: type[ChannelInHand], clock: time_machine.Traveller
) -> None:
    Supplier.objects.update(is_paused=True)
    order = order_by(shop)
    channel.is_paid = True
    shop.client.post(reverse("check_payment", args=[order.number]))
    clock.shift(timedelta(seconds=61))
    assert "you get a full refund" in text_of(page_of(shop, order))
    make_dispute(payment=Payment.objects.get())
    page = text_of(page_of(shop, order))
    assert "<h1>On hold</h1>" in page
    assert "Nothing is delivered or refunded until the bank has decided." in page
    assert "you get a full refund" not in page
    assert "Your payment is safe" not in page


def test_home_and_the_esim_count_nothing_that_is_on_hold(delivered: Disputed) -> None:
    paths = [reverse("home"), reverse("esim", args=[delivered.bundle.esim.public_id])]
    for path in paths:
        assert "23.6" in text_of(delivered.owner.get(path))
    delivered.open()
    for path in paths:
        page = text_of(delivered.owner.get(path))
        assert "3.6<small> GB / 20 GB</small>" in page
        assert "1 month · 20 GB: payment disputed." in page
        assert f'href="{reverse("order", args=[delivered.order.number])}"' in page
    assert ">On hold</span>" in text_of(delivered.owner.get(paths[1]))  # Among its plans.
    Bundle.objects.exclude(pk=delivered.bundle.pk).delete()
    for path in paths:
        page = text_of(delivered.owner.get(path))
        assert "On hold</p>" in page
        assert "<small> GB" not in page
        assert "days left" not in page


def test_what_waits_and_is_on_hold_is_not_said_to_start_by_itself(shop: Shop) -> None:
    queued = make_bundle(
        esim=shop.esim, state="queued", starts_at=shop.bundle.ends_at,
        ends_at=MOMENT + timedelta(days=40),
    )  # fmt: skip
    for path in (reverse("home"), shop.renew_path):
        page = text_of(shop.client.get(path))
        assert "Then 20 GB" in page or "is queued" in page
    Bundle.objects.filter(pk=queued.pk).update(suspended_at=MOMENT)
    for path in (reverse("home"), shop.renew_path):
        page = text_of(shop.client.get(path))
        assert "Then 20 GB" not in page
        assert "is queued" not in page


def test_a_guest_is_not_told_of_a_wallet_of_theirs(delivered: Disputed) -> None:
    refund_order(order_number=delivered.order.number, reason="staff", now=MOMENT)
    amount = Refund.objects.get().amount_minor
    Refund.objects.update(
        state="settled", settled_minor=amount, wallet_minor=amount, finished_at=MOMENT
    )
    owner, guest = delivered.pages()
    assert "so it is in your wallet." in owner
    assert "so it is kept for the owner of the eSIM." in guest
    assert "your wallet." not in guest


def test_a_cancelled_order_says_what_happens_to_money_that_still_comes(shop: Shop) -> None:
    shop.client.post(shop.renew_path, press_pay(shop, shop.renew_path))
    order = Order.objects.get()
    cancel_order(order_number=order.number, now=MOMENT)
    page = text_of(shop.client.get(reverse("order", args=[order.number])))
    assert "This order is cancelled" in page
    assert "If one still arrives, it is refunded to you automatically." in page
    Payment.objects.update(
        state="succeeded",
        paid_at=MOMENT,
        applied_at=MOMENT,
        received_minor=100,
        received_currency="CNY",
        next_poll_at=None,
        problem="late",
    )
    page = text_of(shop.client.get(reverse("order", args=[order.number])))
    assert "We have not received a payment" not in page


def test_each_language_is_called_by_its_own_name(shop: Shop) -> None:
    page = text_of(shop.client.get("/settings/"))
    for name in ("简体中文", "繁體中文", "English", "Español"):
        assert f">{name}</option>" in page
