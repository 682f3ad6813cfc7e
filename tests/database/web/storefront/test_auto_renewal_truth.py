"""What auto-renew says is so: what can be undone, what stays as it was, what a card is for."""

import pytest
from django.utils import timezone

from limosa.domain.autorenewal import news
from limosa.domain.autorenewal.models import AutoRenewal, Consent, Cycle
from limosa.domain.autorenewal.news import tell_renewed
from limosa.domain.notifications.models import Notification
from limosa.domain.notifications.wording import texts_for
from limosa.domain.ordering.engine.returning import ReturnWay
from limosa.domain.ordering.returns import Returning
from limosa.domain.payments.models import SavedMethod
from tests.database.web.storefront.shop import Shop
from tests.database.web.storefront.test_auto_renewal_pages import (
    agree,
    path,
    running,
    switched_on,
    words_of,
)
from tests.factories.autorenewal import make_attempt, make_cycle
from tests.factories.ordering import make_order

__all__ = ["running"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("running")]


def test_what_only_people_can_take_back_is_not_offered_to_be_undone(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def by_staff(*_: object, **__: object) -> Returning:
        return Returning(way=ReturnWay.BY_STAFF)

    monkeypatch.setattr(news, "returning_of", by_staff)
    cycle = make_cycle(auto_renewal=switched_on(shop), state="renewed", closed_at=timezone.now())
    order = make_order(esim=shop.esim, plan=shop.plan)
    Cycle.objects.update(order_number=order.number)
    assert "Undo the last renewal" not in words_of(shop.client.get(path(shop)))
    attempt = make_attempt(cycle=cycle, order_number=order.number)
    tell_renewed(cycle, attempt, now=timezone.now())
    mail = texts_for(Notification.objects.get(kind="auto_renewal_done"))[1]
    assert "its carrier has to be asked" in mail
    assert "undo" not in mail


def test_the_same_agreed_to_again_changes_nothing_and_other_terms_do(shop: Shop) -> None:
    agree(shop)
    agree(shop)
    assert Consent.objects.count() == AutoRenewal.objects.count() == 1
    assert Notification.objects.filter(kind="auto_renewal_on").count() == 1
    agree(shop, cap="31")
    assert AutoRenewal.objects.count() == 2
    assert AutoRenewal.objects.get(ended_at=None).consent.cap_minor == 3100


def test_who_removes_a_card_sees_what_renews_with_it(shop: Shop) -> None:
    SavedMethod.objects.create(
        public_id="CARD42",
        subscriber=shop.person,
        provider="wechatpay",
        reference="token",
        label="Visa •••• 4242",
        consented_at=timezone.now(),
    )
    assert "auto-renew pays" not in words_of(shop.client.get("/settings/"))
    agree(shop, method="saved-CARD42")
    assert "auto-renew pays with it" in words_of(shop.client.get("/settings/"))
