"""Many presses at the same moment: by a link three orders that wait, signed in ten, and no more."""

from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db.models import QuerySet

from limosa.domain.accounts.models import Subscriber
from limosa.domain.esims.models import Bundle
from limosa.domain.ordering.models import Order, Quote, StartRule
from limosa.domain.ordering.operations import place_order as module
from limosa.domain.ordering.operations.make_quote import make_quote
from limosa.domain.ordering.operations.place_order import place_order
from tests.concurrency.together import run_together
from tests.factories import MOMENT
from tests.factories.catalog import make_plan, make_rates
from tests.factories.esims import make_bundle
from tests.factories.ordering import make_tax_rate

pytestmark = pytest.mark.django_db(transaction=True)

TOGETHER = 8
LINK = "0" * 64


def quotes_of(bundle: Bundle) -> list[Quote]:
    return [
        make_quote(
            subscriber=bundle.subscriber,
            esim=bundle.esim,
            plan_code=bundle.plan_id,
            start_rule=StartRule.AFTER_CURRENT,
            now=MOMENT,
        )
        for _ in range(TOGETHER)
    ]


def place(quote: Quote, *, link: str = LINK) -> str:
    return place_order(quote=quote, now=MOMENT, link=link).link


def press_together() -> list[str]:
    make_rates(MOMENT.date())
    make_tax_rate()
    quotes = quotes_of(make_bundle(plan=make_plan()))
    said = run_together([partial(place, quote) for quote in quotes])
    assert set(said) <= {LINK, "LinkHasOpenOrdersError"}
    return said


def test_without_the_lock_every_press_places_one(monkeypatch: pytest.MonkeyPatch) -> None:
    everybody_has_counted = Barrier(TOGETHER)
    check = module._check_few_are_open

    def check_when_all_are_here(*values: Any) -> None:
        check(*values)
        everybody_has_counted.wait(timeout=10)

    def unlocked(rows: QuerySet[Subscriber], **_: object) -> QuerySet[Subscriber]:
        return rows

    monkeypatch.setattr(QuerySet, "select_for_update", unlocked)
    monkeypatch.setattr(module, "_check_few_are_open", check_when_all_are_here)
    assert press_together() == [LINK] * TOGETHER


def test_with_the_lock_three_do() -> None:
    assert press_together().count(LINK) == 3
    assert Order.objects.filter(link=LINK).count() == 3


def test_with_the_lock_a_person_who_is_signed_in_has_ten() -> None:
    make_rates(MOMENT.date())
    make_tax_rate()
    bundle = make_bundle(plan=make_plan())
    quotes = [quote for _ in range(2) for quote in quotes_of(bundle)]
    said = [
        one
        for part in (quotes[:TOGETHER], quotes[TOGETHER:])
        for one in run_together([partial(place, quote, link="") for quote in part])
    ]
    assert said.count("") == 10
    assert said.count("PersonHasOpenOrdersError") == 6
    assert Order.objects.count() == 10
    assert place(Order.objects.all()[0].quote, link="") == ""  # Pressed again: the same order.
