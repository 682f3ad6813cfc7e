"""The page says before paying what a renewal is at the eSIM's supplier, and sells nothing else."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from limosa.domain.catalog.models import Plan, PlanSource
from limosa.domain.connectivity.capabilities import Cancel, Renewal, RenewalStart
from limosa.domain.esims.links import make_number_token
from limosa.domain.esims.models import Bundle, BundleState, Esim
from limosa.domain.ordering.models import Order, Quote, StartRule
from limosa.domain.ordering.operations.make_quote import make_quote as quoted
from limosa.foundation.volume import GB
from tests.database.web.storefront.shop import Shop, press_pay
from tests.database.web.storefront.test_home_page import text_of
from tests.factories import MOMENT
from tests.factories.catalog import make_plan, make_supplier
from tests.factories.connectivity import make_supply
from tests.factories.esims import make_bundle
from tests.factories.links import renew_path
from tests.factories.ordering import make_order, make_quote
from tests.factories.payments import make_payment
from tests.fakes.supplier import EVERYTHING, FakeSupplier
from tests.fakes.wholesale import wholesale_in

pytestmark = pytest.mark.django_db
FOR_THE_OWNER = "Only the owner of this eSIM can choose its next plan."
LEFT = "I know that the 3.6 GB left on the current plan are lost."


@pytest.fixture
def wholesale(shop: Shop, settings: Settings) -> Iterator[FakeSupplier]:
    """The shop's eSIM and plans are a supplier's that has to be called."""
    make_supplier("wholesale")
    Esim.objects.update(supplier="wholesale")
    Plan.objects.update(supplier="wholesale")
    with wholesale_in(settings) as fake:
        yield fake


def begins(fake: FakeSupplier, start: RenewalStart) -> None:
    fake.capabilities = replace(EVERYTHING, renewal_start=start)


def page_of(shop: Shop, **chosen: str) -> str:
    return text_of(shop.client.get(shop.renew_path, chosen))


SAID = {
    RenewalStart.AFTER_CURRENT: "Starts when the current plan ends",
    RenewalStart.NOW_ADDED: "Added at once to what is left",
    RenewalStart.NOW_LOST: "Starts now in place of the current plan",
    RenewalStart.UNKNOWN: "which is up to the carrier: at the latest when the current plan ends",
}


@pytest.mark.parametrize("start", RenewalStart)
def test_the_page_says_when_it_starts_and_offers_no_other_start(
    shop: Shop, wholesale: FakeSupplier, start: RenewalStart
) -> None:
    begins(wholesale, start)
    page = page_of(shop)
    assert {one for one, said in SAID.items() if said in page} == {start} & set(SAID)
    is_free = start is RenewalStart.AS_CHOSEN
    assert ('type="radio" name="start"' in page) == is_free
    assert (LEFT in page) == (start is RenewalStart.NOW_LOST)


SAID_OF_FIRST_USE = {
    RenewalStart.NOW_ADDED: "Added at once to what is left, valid at least until",
    RenewalStart.NOW_LOST: "It takes the place of the current plan at once.",
    RenewalStart.UNKNOWN: "Whether it begins before the current plan ends is up to the carrier.",
}


@pytest.mark.parametrize("start", SAID_OF_FIRST_USE)
def test_the_same_of_a_plan_that_is_valid_from_its_first_use(
    shop: Shop, wholesale: FakeSupplier, start: RenewalStart
) -> None:
    begins(wholesale, start)
    Plan.objects.update(valid_from="first_use", first_use_within_days=180)
    page = page_of(shop)
    assert {one for one, said in SAID_OF_FIRST_USE.items() if said in page} == {start}
    assert ("from first use" in page) == (start is not RenewalStart.NOW_ADDED)


def test_a_plan_for_other_countries_is_not_offered_for_an_esim_of_a_supplier(
    shop: Shop, wholesale: FakeSupplier
) -> None:
    begins(wholesale, RenewalStart.AFTER_CURRENT)
    shop.plan.refresh_from_db()
    fields: dict[str, Any] = {"supplier": shop.plan.supplier, "carrier": shop.plan.carrier}
    wider = make_plan(code="wider", **fields, countries=["CA", *shop.plan.countries])
    make_plan(code="far", **fields, countries=["JP"])
    checkout = shop.client.get(shop.renew_path).context["checkout"]
    assert wider.code in [one.plan.code for one in checkout.on_new_esim]
    assert {"wider", "far"}.isdisjoint(one.plan.code for one in checkout.renewing)
    assert "far" not in [one.plan.code for one in checkout.choices]


def test_a_start_that_the_supplier_cannot_do_is_not_bought(
    shop: Shop, wholesale: FakeSupplier
) -> None:
    begins(wholesale, RenewalStart.AFTER_CURRENT)
    fields = press_pay(shop, shop.renew_path, method="wechatpay")
    answer = shop.client.post(shop.renew_path, fields | {"start": "now"})
    assert answer.status_code == 409
    assert not Quote.objects.exists()
    assert shop.client.post(shop.renew_path, fields).status_code == 302
    assert Quote.objects.get().start_rule == "after_current"


def numbered_path(shop: Shop) -> str:
    token = make_number_token(esim_public_id=shop.esim.public_id)
    return reverse("renew_numbered", args=[token])


def test_what_is_left_is_only_lost_with_a_tick(shop: Shop, wholesale: FakeSupplier) -> None:
    begins(wholesale, RenewalStart.NOW_LOST)
    fields = press_pay(shop, shop.renew_path, method="wechatpay")
    refused = shop.client.post(shop.renew_path, fields)
    assert refused.status_code == 409
    assert "tick the box above the button" in text_of(refused)
    assert not Quote.objects.exists()
    assert shop.client.post(shop.renew_path, fields | {"lose": "1"}).status_code == 302
    assert Quote.objects.get().way == "replaces"


def test_who_comes_by_number_is_told_neither_what_would_be_lost_nor_what_waits(
    shop: Shop, wholesale: FakeSupplier
) -> None:
    """The control: a renewal link tells both."""
    begins(wholesale, RenewalStart.NOW_LOST)
    ways = {
        "number": numbered_path(shop),
        "link": renew_path(esim_public_id=shop.esim.public_id),
    }
    pages = {way: text_of(Client().get(path)) for way, path in ways.items()}
    assert {way for way, page in pages.items() if LEFT in page} == {"link"}
    begins(wholesale, RenewalStart.AFTER_CURRENT)
    make_bundle(esim=shop.esim, state="queued", starts_at=shop.bundle.ends_at)
    pages = {way: text_of(Client().get(path)) for way, path in ways.items()}
    assert {way for way, page in pages.items() if 'data-testid="waiting"' in page} == {"link"}


def test_who_comes_by_number_takes_nothing_from_the_owner(
    shop: Shop, wholesale: FakeSupplier
) -> None:
    """The control: once nothing is left, they renew it."""
    begins(wholesale, RenewalStart.NOW_LOST)
    path = numbered_path(shop)
    assert FOR_THE_OWNER in text_of(Client().get(path))
    Bundle.objects.update(used_bytes=20 * GB)
    guest = replace(shop, client=Client())
    fields = press_pay(guest, path)
    Bundle.objects.update(used_bytes=0)
    assert FOR_THE_OWNER in text_of(guest.client.post(path, fields | {"lose": "1"}))
    assert not Quote.objects.exists()
    Bundle.objects.update(used_bytes=20 * GB)
    assert guest.client.post(path, fields).status_code == 302
    assert Quote.objects.get().way == "replaces"


def test_nothing_is_asked_where_nothing_is_left(shop: Shop, wholesale: FakeSupplier) -> None:
    begins(wholesale, RenewalStart.NOW_LOST)
    Bundle.objects.update(used_bytes=20 * GB)
    assert 'name="lose"' not in page_of(shop)


def test_a_page_from_before_the_supplier_changed_buys_nothing(
    shop: Shop, wholesale: FakeSupplier
) -> None:
    begins(wholesale, RenewalStart.AS_CHOSEN)
    fields = press_pay(shop, shop.renew_path, method="wechatpay", start="now")
    begins(wholesale, RenewalStart.NOW_ADDED)
    assert shop.client.post(shop.renew_path, fields).status_code == 409
    assert not Order.objects.exists()


def test_what_cannot_be_renewed_stands_apart_and_last_as_a_new_esim(
    shop: Shop, wholesale: FakeSupplier
) -> None:
    begins(wholesale, RenewalStart.AFTER_CURRENT)
    apart = make_plan(code="elsewhere", supplier=make_supplier(), position=0)
    make_plan(code="far", supplier=make_supplier(), position=0, countries=["JP"])
    make_plan(code="more-there", kind="top_up", supplier=make_supplier())
    checkout = shop.client.get(shop.renew_path).context["checkout"]
    assert [one.plan.code for one in checkout.on_new_esim] == [apart.code]
    assert checkout.choices[-1].plan == apart
    page = page_of(shop, plan="elsewhere")
    assert "1 plan only on a new eSIM" in page
    assert "Install it before the old one ends on Nov 24, 11:59 PM (Los Angeles)" in page
    fields = press_pay(shop, shop.renew_path, method="wechatpay", plan="elsewhere")
    assert shop.client.post(shop.renew_path, fields).status_code == 302
    quote = Quote.objects.get()
    assert (quote.esim, quote.way) == (None, "new_esim")


def test_an_esim_that_is_never_renewed_offers_the_same_plan_on_a_new_one(
    shop: Shop, wholesale: FakeSupplier
) -> None:
    wholesale.capabilities = replace(EVERYTHING, renewal=Renewal.NEW_ESIM)
    answer = shop.client.get(shop.renew_path)
    assert "can't be renewed: you get a new one" in text_of(answer)
    assert answer.context["selection"].choice.plan == shop.plan
    assert not answer.context["checkout"].renewing


def test_a_guest_is_not_sold_an_esim_that_the_owner_has_to_install(
    shop: Shop, wholesale: FakeSupplier
) -> None:
    wholesale.capabilities = replace(EVERYTHING, renewal=Renewal.NEW_ESIM)
    page = text_of(shop.client.get(renew_path(esim_public_id=shop.esim.public_id)))
    assert FOR_THE_OWNER in page
    assert 'data-testid="pay"' not in page


def test_where_a_day_begins_and_where_traffic_leaves_stands_on_every_page(
    shop: Shop, wholesale: FakeSupplier
) -> None:
    fields: dict[str, Any] = {"day_zone": "Asia/Shanghai", "exit_country": "HK"}
    for position, code in enumerate(["wholesale", make_supplier("other").code]):
        PlanSource.objects.create(
            plan=shop.plan,
            supplier_id=code,
            position=position,
            code=code,
            renewal_code="more",
            **fields,
        )
        fields["exit_country"] = "SG"
    for path in (shop.renew_path, f"/esims/{shop.esim.public_id}/"):
        page = text_of(shop.client.get(path))
        assert "At midnight, Beijing time" in page
        assert "Hong Kong" in page
        assert "our pages don't open once the plan has ended" in page
    bought = text_of(shop.client.get(f"/plans/{shop.plan.code}/buy/"))
    assert "At midnight, Beijing time" in bought
    assert "Hong Kong" not in bought, "the other supplier may deliver it, in Singapore"


@pytest.mark.parametrize(
    ("other_zone", "zone", "city"),
    [
        ("Asia/Shanghai", "Asia/Shanghai", "(Beijing)"),
        ("", "America/Los_Angeles", "(Los Angeles)"),
    ],
)
def test_the_days_of_a_new_esim_end_where_the_plans_do_if_its_sources_agree(
    shop: Shop, wholesale: FakeSupplier, other_zone: str, zone: str, city: str
) -> None:
    wholesale.capabilities = replace(EVERYTHING, renewal=Renewal.NEW_ESIM)
    zones = ["Asia/Shanghai", other_zone]
    for position, code in enumerate(["wholesale", make_supplier("other").code]):
        PlanSource.objects.create(
            plan=shop.plan,
            supplier_id=code,
            position=position,
            code=code,
            day_zone=zones[position],
        )
    for esim, path in ((None, f"/plans/{shop.plan.code}/buy/"), (shop.esim, shop.renew_path)):
        quote = make_quote_of(shop, esim)
        assert quote.time_zone == zone
        said = shop.client.get(path, {"plan": shop.plan.code})
        assert city in text_of(said)
        assert said.context["selection"].period.ends_at == quote.ends_at


def make_quote_of(shop: Shop, esim: Esim | None) -> Quote:
    return quoted(
        subscriber=shop.person,
        esim=esim,
        plan_code=shop.plan.code,
        start_rule=StartRule.NOW,
        now=MOMENT,
    )


def test_our_own_network_leads_to_the_renewal(shop: Shop) -> None:
    assert "don't open once the plan has ended" not in page_of(shop)


@pytest.mark.parametrize(
    ("state", "cancel", "is_free"),
    [
        ("ready", Cancel.AT_ONCE, True),
        ("ready", Cancel.REVIEWED, True),
        ("ready", Cancel.NONE, False),
        ("installed", Cancel.AT_ONCE, False),
    ],
)
def test_a_wrong_plan_can_be_chosen_again_while_nothing_is_installed(
    shop: Shop, wholesale: FakeSupplier, *, state: str, cancel: Cancel, is_free: bool
) -> None:
    wholesale.capabilities = replace(EVERYTHING, cancel=cancel)
    installed_at = MOMENT if state == "installed" else None
    Esim.objects.update(state=state, installed_at=installed_at)
    Bundle.objects.update(used_bytes=0)
    quote = make_quote(subscriber=shop.person, plan=shop.plan, esim=None)
    order = make_order(
        quote=quote,
        number=shop.bundle.order_number,
        state="fulfilled",
        esim_id=shop.esim.pk,
    )
    make_payment(order=order, state="succeeded")
    make_supply(
        order_number=order.number,
        supplier=Esim.objects.get(pk=shop.esim.pk).supplier,
        state="delivered",
        asked_at=MOMENT,
        ended_at=MOMENT,
        iccid=shop.esim.iccid,
        activation_code=shop.esim.activation_code,
    )
    page = text_of(shop.client.get(f"/orders/{order.number}/"))
    assert ("Bought the wrong plan?" in page) == is_free
    assert ("Return this plan" in page) == is_free
    question = text_of(shop.client.get(f"/orders/{order.number}/refund/", follow=True))
    assert ("We ask the carrier to cancel it" in question) == is_free
    assert ("which can take days" in question) == (cancel is Cancel.REVIEWED)
    assert ("t return this plan yourself" in question) == (not is_free)


def test_an_order_says_that_its_start_is_up_to_the_carrier(shop: Shop) -> None:
    assert shop.bundle.ends_at is not None
    queued = make_bundle(
        esim=shop.esim,
        plan=shop.plan,
        state=BundleState.QUEUED,
        starts_at=shop.bundle.ends_at,
        ends_at=shop.bundle.ends_at + timedelta(days=30),
    )
    order = make_order(
        quote=make_quote(esim=shop.esim, plan=shop.plan, way="not_said"),
        number=queued.order_number,
        state="fulfilled",
        esim_id=shop.esim.pk,
    )
    page = text_of(shop.client.get(f"/orders/{order.number}/"))
    assert "which is up to the carrier; until Dec 24, 11:59 PM (Los Angeles) at the latest" in page
    assert "Up to the carrier; at the latest when the current plan ends" in page
    assert "starts Nov 25" not in page


@pytest.mark.parametrize("start", [RenewalStart.AFTER_CURRENT, RenewalStart.UNKNOWN])
def test_the_esims_page_says_where_the_start_of_what_waits_is_open(
    shop: Shop, wholesale: FakeSupplier, start: RenewalStart
) -> None:
    assert shop.bundle.ends_at is not None
    begins(wholesale, start)
    make_bundle(
        esim=shop.esim,
        plan=shop.plan,
        state=BundleState.QUEUED,
        starts_at=shop.bundle.ends_at,
        ends_at=shop.bundle.ends_at + timedelta(days=30),
    )
    page = text_of(shop.client.get(f"/esims/{shop.esim.public_id}/"))
    assert ("When that starts is up to the carrier" in page) == (start is RenewalStart.UNKNOWN)
    assert ("until Dec 24, 11:59 PM at the latest" in page) == (start is RenewalStart.UNKNOWN)
    assert ("Nov 25 – Dec 24, 11:59 PM" in page) == (start is RenewalStart.AFTER_CURRENT)
    ends = "It ends on Dec 24, 11:59 PM (Los Angeles)"
    renewing = page_of(shop)
    assert ends in renewing
    assert (f"{ends} at the latest" in renewing) == (start is RenewalStart.UNKNOWN)
