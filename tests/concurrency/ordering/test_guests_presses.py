"""One page, pressed many times at the same moment by browsers that have no session yet."""

import itertools
from collections.abc import Iterator
from functools import partial

import pytest
import time_machine
from pytest_django.fixtures import Settings

from limosa.domain.esims.links import digest_of_number
from limosa.domain.esims.queries import esim_view, open_bundles
from limosa.domain.ordering.models import Order
from limosa.domain.payments.registry import provider_for
from limosa.domain.payments.requests import Device
from limosa.web.storefront import submitting
from limosa.web.storefront.choices import Visit, renewal_checkout
from limosa.web.storefront.selection import selected
from limosa.web.storefront.submitting import CheckoutSubmission, sign_shown, submit_checkout
from tests.concurrency.together import run_together
from tests.factories import MOMENT
from tests.factories.catalog import make_plan, make_rates
from tests.factories.esims import make_bundle
from tests.factories.ordering import make_tax_rate
from tests.fakes.provider import FakeProvider

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _shop(settings: Settings) -> Iterator[None]:
    """A channel that takes all; what is signed at MOMENT is read at MOMENT."""
    name = f"{FakeProvider.__module__}.{FakeProvider.__qualname__}"
    settings.PAYMENT_PROVIDERS = {"wechatpay": name}
    provider_for.cache_clear()
    with time_machine.travel(MOMENT, tick=True):
        yield
    provider_for.cache_clear()


TOGETHER = 12


def press_together() -> list[str]:
    make_rates(MOMENT.date())
    make_tax_rate()
    esim = make_bundle(plan=make_plan()).esim
    view = esim_view(esim=esim, bundles=open_bundles(esim_ids=[esim.pk]), now=MOMENT)
    selection = selected(
        renewal_checkout(view, visit=Visit(Device.DESKTOP, MOMENT, is_guest=True)), {}
    )
    assert selection is not None
    submission = CheckoutSubmission(
        plan_code=selection.choice.plan.code,
        wanted_start=selection.start.value,
        start_rule=selection.start_rule,
        currency=selection.option.currency,
        shown=sign_shown(selection, now=MOMENT),
        known_orders=[],
        link=digest_of_number(esim.public_id),
    )
    press = partial(submit_checkout, esim.subscriber, esim, submission=submission, now=MOMENT)
    return run_together([press] * TOGETHER)


def test_without_the_pages_id_several_orders_are_placed(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = itertools.count()
    monkeypatch.setattr(submitting, "_id_of_page", lambda _: f"ANOTHER{next(numbers):05}")
    said = press_together()
    assert said.count("LinkHasOpenOrdersError") == TOGETHER - 3
    assert Order.objects.count() == 3


def test_with_it_one_order_is_placed_and_every_press_finds_it() -> None:
    said = set(press_together())
    assert said == {str(Order.objects.get())}
