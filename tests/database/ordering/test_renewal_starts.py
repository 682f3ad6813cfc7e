"""A renewal begins as its eSIM's supplier does it: quoted so, and booked so at its delivery."""

from dataclasses import replace
from datetime import timedelta

import pytest

from limosa.domain.catalog.models import Plan
from limosa.domain.connectivity.capabilities import Capabilities, RenewalStart
from limosa.domain.esims.models import OPEN_STATES, Bundle, BundleState, Esim
from limosa.domain.esims.queries import esim_view
from limosa.domain.ledger.queries import balance_of
from limosa.domain.ordering.models import Order, StartRule
from limosa.domain.ordering.operations.recognize_revenue import recognize_revenue
from limosa.domain.ordering.operations.supply_next_order import supply_next_order
from limosa.domain.renewals.queries import offers_for
from tests.database.ordering.shop import Shop
from tests.factories import MOMENT
from tests.factories.catalog import make_plan, make_supplier
from tests.fakes.supplier import EVERYTHING, FakeSupplier

pytestmark = pytest.mark.django_db
NET_MINOR = 2500 - 169
LATER = MOMENT + timedelta(minutes=1)
EVERY_START = list(RenewalStart)


def at(start: RenewalStart) -> Capabilities:
    return replace(EVERYTHING, renewal_start=start)


def sold_there(shop: Shop) -> Plan:
    """Have the shop's eSIM come from the supplier that has to be called; return its plan."""
    Esim.objects.filter(pk=shop.running.esim_id).update(supplier=make_supplier("wholesale"))
    shop.running.esim.refresh_from_db()
    return make_plan(supplier=make_supplier("wholesale"))


def delivered(order: Order) -> Bundle:
    while supply_next_order(clock=lambda: LATER):
        pass
    return Bundle.objects.get(order_number=order.number)


@pytest.mark.parametrize("wanted", StartRule)
@pytest.mark.parametrize("start", EVERY_START)
def test_what_is_promised_is_what_the_supplier_does(
    shop: Shop, supplier: FakeSupplier, start: RenewalStart, wanted: StartRule
) -> None:
    supplier.capabilities = at(start)
    quote = shop.place(sold_there(shop), rule=wanted).quote
    runs_until = shop.running.ends_at
    is_free = start is RenewalStart.AS_CHOSEN
    begins = {StartRule.NOW: MOMENT, StartRule.AFTER_CURRENT: runs_until}
    expected = {
        RenewalStart.AFTER_CURRENT: (StartRule.AFTER_CURRENT, runs_until),
        RenewalStart.NOW_ADDED: (StartRule.NOW, MOMENT),
        RenewalStart.NOW_LOST: (StartRule.NOW, MOMENT),
        RenewalStart.AS_CHOSEN: (wanted, begins[wanted]),
        RenewalStart.UNKNOWN: (StartRule.AFTER_CURRENT, None),
    }
    assert (quote.start_rule, quote.starts_at) == expected[start]
    assert (quote.ends_at is None) == (start is RenewalStart.UNKNOWN)
    assert is_free or quote.way != "as_chosen"


@pytest.mark.parametrize("start", EVERY_START)
def test_the_running_bundle_ends_only_where_what_is_left_is_lost(
    shop: Shop, supplier: FakeSupplier, start: RenewalStart
) -> None:
    supplier.capabilities = at(start)
    order = shop.place(sold_there(shop))
    shop.pay(order)
    shop.running.refresh_from_db()
    assert shop.running.state in OPEN_STATES, "ended before the supplier delivered"
    bundle = delivered(order)
    shop.running.refresh_from_db()
    is_lost = start is RenewalStart.NOW_LOST
    assert (shop.running.state == BundleState.EXPIRED) == is_lost
    assert (shop.running.ends_at == LATER) == is_lost
    is_now = start in {RenewalStart.NOW_ADDED, RenewalStart.NOW_LOST}
    assert bundle.starts_at == (LATER if is_now else shop.running.ends_at)
    assert (bundle.state == BundleState.ACTIVE) == is_now
    shop.check_books()


def test_the_revenue_of_what_is_lost_is_recognized_within_a_day(
    shop: Shop, supplier: FakeSupplier
) -> None:
    plan = sold_there(shop)
    supplier.capabilities = at(RenewalStart.NOW_LOST)
    first = shop.place(plan)
    shop.pay(first)
    delivered(first)
    second = shop.place(plan)
    shop.pay(second)
    assert delivered(second).state == BundleState.ACTIVE
    assert Bundle.objects.get(order_number=first.number).state == BundleState.EXPIRED
    day = MOMENT + timedelta(days=1, hours=1)
    while recognize_revenue(now=day) == 500:
        pass
    first.refresh_from_db()
    assert (first.recognized_minor, first.next_recognition_at) == (NET_MINOR, None)
    second.refresh_from_db()
    assert 0 < second.recognized_minor < NET_MINOR
    assert balance_of(code="revenue:USD") == -(NET_MINOR + second.recognized_minor)
    shop.check_books()


def test_another_order_that_was_quoted_alone_replaces_it_all_the_same(
    shop: Shop, supplier: FakeSupplier
) -> None:
    supplier.capabilities = at(RenewalStart.NOW_LOST)
    plan = sold_there(shop)
    Bundle.objects.filter(pk=shop.running.pk).update(state=BundleState.EXPIRED, ended_at=MOMENT)
    first, second = shop.place(plan), shop.place(plan)
    assert {first.quote.way, second.quote.way} == {"at_once"}
    for order in (first, second):
        shop.pay(order)
        delivered(order)
    opened = Bundle.objects.filter(esim=shop.running.esim, state__in=OPEN_STATES)
    assert [bundle.order_number for bundle in opened] == [second.number]


def test_a_suspended_bundle_and_one_that_waits_are_lost_too(
    shop: Shop, supplier: FakeSupplier
) -> None:
    plan = sold_there(shop)
    supplier.capabilities = at(RenewalStart.AFTER_CURRENT)
    queued = shop.place(plan)
    shop.pay(queued)
    waiting = delivered(queued)
    Bundle.objects.filter(pk=shop.running.pk).update(suspended_at=MOMENT)
    supplier.capabilities = at(RenewalStart.NOW_LOST)
    order = shop.place(plan)
    shop.pay(order)
    delivered(order)
    states = dict(Bundle.objects.values_list("pk", "state"))
    assert {states[shop.running.pk], states[waiting.pk]} == {BundleState.EXPIRED}
    kept = Bundle.objects.get(pk=waiting.pk)
    assert (kept.starts_at, kept.ends_at) == (waiting.starts_at, waiting.ends_at)


@pytest.mark.parametrize("is_begun", [True, False])
@pytest.mark.parametrize("start", EVERY_START)
def test_a_plan_from_first_use_gets_the_time_that_was_said_before_it_was_paid(
    shop: Shop, supplier: FakeSupplier, start: RenewalStart, *, is_begun: bool
) -> None:
    supplier.capabilities = at(start)
    plan = sold_there(shop)
    Plan.objects.filter(pk=plan.pk).update(valid_from="first_use", first_use_within_days=180)
    waits_until = MOMENT + timedelta(days=100)
    if not is_begun:
        Bundle.objects.filter(pk=shop.running.pk).update(
            state=BundleState.QUEUED, starts_at=None, ends_at=None, first_use_before=waits_until
        )
    before = Bundle.objects.get(pk=shop.running.pk)
    plan.refresh_from_db()
    order = shop.place(plan)
    view = esim_view(esim=shop.running.esim, bundles=[before], now=MOMENT)
    offers = offers_for(view=view, subscriber=order.subscriber, now=MOMENT)
    said = next(offer for offer in offers if offer.price.plan_id == plan.pk).period(StartRule.NOW)
    shop.pay(order)
    while supply_next_order(clock=lambda: MOMENT):
        pass
    bundle = Bundle.objects.get(order_number=order.number)
    period = (bundle.starts_at, bundle.ends_at, bundle.first_use_before)
    assert (said.starts_at, said.ends_at, said.first_use_before) == period
    half_a_year = MOMENT + timedelta(days=180)
    assert before.validity is not None
    follows = before.ends_at or before.validity.end_of(waits_until, time_zone="America/Los_Angeles")
    assert bundle.first_use_before == {
        RenewalStart.NOW_ADDED: None if is_begun else waits_until,
        RenewalStart.AFTER_CURRENT: follows + timedelta(days=180),
        RenewalStart.AS_CHOSEN: follows + timedelta(days=180),
    }.get(start, half_a_year)
    if start is RenewalStart.NOW_ADDED and is_begun:
        assert (bundle.state, bundle.starts_at) == ("active", MOMENT)
