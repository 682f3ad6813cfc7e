"""Pages claim nothing of an eSIM whose supplier tells nothing of devices, and counts use late."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from limosa.domain.catalog.models import PlanSource
from limosa.domain.charging.models import UsageWatch
from limosa.domain.connectivity.capabilities import Cancel, RenewalStart
from limosa.domain.esims.models import Bundle, BundleState, Esim, EsimState
from tests.database.web.storefront.shop import Shop
from tests.database.web.storefront.test_home_page import text_of
from tests.factories import MOMENT
from tests.factories.catalog import make_supplier
from tests.factories.charging import make_watch
from tests.factories.esims import make_bundle
from tests.factories.links import renew_path
from tests.factories.ordering import make_order, make_quote
from tests.fakes.supplier import FakeSupplier
from tests.fakes.wholesale import wholesale_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def supplier(settings: Settings) -> Iterator[FakeSupplier]:
    with wholesale_in(settings) as fake:
        yield fake


@pytest.fixture
def waiting(shop: Shop, supplier: FakeSupplier) -> Shop:
    """The shop's eSIM as one that a supplier has delivered, and of which it has counted nothing."""
    del supplier
    there = make_supplier("wholesale")
    Esim.objects.update(supplier=there, state=EsimState.READY, installed_at=None)
    Bundle.objects.update(
        state=BundleState.QUEUED, starts_at=None, ends_at=None, used_bytes=0,
        valid_from="first_use", first_use_before=MOMENT + timedelta(days=180),
    )  # fmt: skip
    make_watch(esim=Esim.objects.get(), next_at=MOMENT + timedelta(minutes=15))
    return shop


def path_of(shop: Shop) -> str:
    return f"/esims/{shop.esim.public_id}/"


def test_it_is_not_said_to_be_unused_or_not_installed(waiting: Shop) -> None:
    UsageWatch.objects.update(asked_at=MOMENT - timedelta(minutes=10))
    for page in (path_of(waiting), "/"):
        text = text_of(waiting.client.get(page))
        assert "No use counted yet" in text
        assert "not counted anything yet. We last asked it at 9:50 AM" in text
        for claim in ("Not installed yet", "No plan in use", "Queued", "Ready"):
            assert claim not in text
    assert "We don't hear from your device" in text_of(waiting.client.get(path_of(waiting)))


def test_its_person_may_have_the_carrier_asked(waiting: Shop) -> None:
    assert "We ask it at 10:15 AM" in text_of(waiting.client.get(path_of(waiting)))
    assert 'data-testid="look"' in text_of(waiting.client.get(path_of(waiting)))
    answer = waiting.client.post(path_of(waiting), {"look": "1"}, follow=True)
    assert "We are asking the carrier." in text_of(answer)
    assert UsageWatch.objects.get().next_at == MOMENT
    assert 'data-testid="look"' not in text_of(answer)


def test_our_own_network_says_that_an_esim_is_not_installed(shop: Shop) -> None:
    Esim.objects.update(state=EsimState.READY, installed_at=None)
    assert "Not installed yet" in text_of(shop.client.get(path_of(shop)))


def test_what_is_added_to_what_waits_does_not_follow_it(
    waiting: Shop, supplier: FakeSupplier
) -> None:
    make_bundle(
        esim=waiting.esim, plan=waiting.plan, state=BundleState.QUEUED,
        valid_from="first_use", first_use_before=MOMENT + timedelta(days=180),
    )  # fmt: skip
    for start, follows in ((RenewalStart.NOW_ADDED, 0), (RenewalStart.AFTER_CURRENT, 1)):
        supplier.capabilities = replace(supplier.capabilities, renewal_start=start)
        assert text_of(waiting.client.get(path_of(waiting))).count("Then 20 GB") == follows


def test_a_renewal_of_an_esim_that_may_be_installed_does_not_say_to_install_it(
    waiting: Shop,
) -> None:
    quote = make_quote(subscriber=waiting.person, esim=waiting.esim, plan=waiting.plan)
    number = waiting.bundle.order_number
    make_order(
        number=number, quote=quote, esim=waiting.esim, subscriber=waiting.person,
        state="fulfilled", paid_at=MOMENT, fulfilled_at=MOMENT,
    )  # fmt: skip
    page = text_of(waiting.client.get(f"/orders/{number}/"))
    assert "If the eSIM isn't on your device yet, install it first." in page
    assert "Ready to install" not in page


def test_an_esim_without_a_name_is_called_by_its_plan(waiting: Shop) -> None:
    Esim.objects.update(label="")
    for path in (path_of(waiting), "/", waiting.renew_path):
        text = text_of(waiting.client.get(path))
        assert f"{waiting.plan.name_in('en')}</h" in text, path
    for part in ("devices/", "install/"):
        text = text_of(waiting.client.get(path_of(waiting) + part))
        assert f"{waiting.plan.name_in('en')}</a>" in text, part
    link = renew_path(esim_public_id=waiting.esim.public_id)
    named = f"Renew {waiting.plan.name_in('en')}</h1>"
    assert named in text_of(Client().get(link))
    Esim.objects.update(label="Trip")
    assert "Trip</h1>" in text_of(waiting.client.get(path_of(waiting)))
    assert "Renew Trip</h1>" in text_of(Client().get(link))


def test_whether_a_plan_can_be_returned_depends_on_who_delivers_it(
    shop: Shop, supplier: FakeSupplier
) -> None:
    for position, code in enumerate([shop.plan.supplier_id, make_supplier("wholesale").code]):
        PlanSource.objects.create(
            plan=shop.plan, supplier_id=code, position=position, code=code, renewal_code="more"
        )
    said = "Whether you can return it after that depends on the carrier that delivers it"
    path = f"/plans/{shop.plan.code}/buy/"
    supplier.capabilities = replace(supplier.capabilities, cancel=Cancel.NONE)
    assert said in text_of(shop.client.get(path))
    PlanSource.objects.filter(supplier="wholesale").delete()
    page = text_of(shop.client.get(path))
    assert said not in page
    assert "Full refund while no data has been used." in page
