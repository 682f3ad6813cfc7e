"""However many order with a code at the same moment, it counts no more often than it may."""

from functools import partial
from threading import Barrier

import pytest
from django.db.models import Q

from limosa.domain.accounts.models import Subscriber
from limosa.domain.ordering.models import Order, Quote, StartRule
from limosa.domain.ordering.operations.make_quote import Asked, make_quote
from limosa.domain.ordering.operations.place_order import place_order
from limosa.domain.promotions.models import PromotionCode, PromotionCodeUse
from limosa.domain.promotions.operations import take_code_use as taking
from limosa.foundation.money import Money
from tests.concurrency.together import run_together
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber
from tests.factories.catalog import make_plan, make_rates
from tests.factories.promotions import make_promotion_code

pytestmark = pytest.mark.django_db(transaction=True)
TOGETHER = 12
USED_UP = "PromotionCodeUsedUpError"


def orders_at_once(code: PromotionCode, people: list[Subscriber]) -> list[str]:
    """Have each of them place an order with the code; return what each was told."""
    make_rates(MOMENT.date())
    plan = make_plan()
    quotes = [
        make_quote(
            subscriber=person,
            esim=None,
            plan_code=plan.code,
            start_rule=StartRule.NOW,
            now=MOMENT,
            asked=Asked(code=code),
        )
        for person in people
    ]
    return run_together([partial(_place, quote) for quote in quotes])


def _place(quote: Quote) -> str:
    place_order(quote=quote, now=MOMENT)
    return "placed"


def _check(code: PromotionCode, placed: int) -> None:
    code.refresh_from_db()
    assert code.uses == PromotionCodeUse.objects.count() == Order.objects.count() == placed


def test_of_many_people_as_many_as_may_use_it() -> None:
    code = make_promotion_code(uses_max=5)
    said = orders_at_once(code, [make_subscriber() for _ in range(TOGETHER)])
    assert sorted(said) == [USED_UP] * (TOGETHER - 5) + ["placed"] * 5
    _check(code, 5)


def test_no_more_money_is_given_than_the_budget_has() -> None:
    code = make_promotion_code(budget_minor=1700)
    said = orders_at_once(code, [make_subscriber() for _ in range(TOGETHER)])
    assert said.count("placed") == 3
    _check(code, 3)
    assert code.spent_minor == 1500


def test_one_person_on_many_devices_uses_it_once() -> None:
    code, person = make_promotion_code(), make_subscriber()
    said = orders_at_once(code, [person] * 8)
    assert sorted(said) == ["PromotionCodeUsedByYouError"] * 7 + ["placed"]
    _check(code, 1)


def test_the_control_a_look_before_the_leap_takes_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the condition in the statement everybody passes who has looked; only the constraint
    of the database then stops them."""
    code = make_promotion_code(uses_max=5)
    everybody_has_looked = Barrier(TOGETHER)

    def look_first(_discount: Money) -> Q:
        assert PromotionCode.objects.get().uses < 5
        everybody_has_looked.wait(timeout=10)
        return Q()

    monkeypatch.setattr(taking, "_has_left", look_first)
    said = orders_at_once(code, [make_subscriber() for _ in range(TOGETHER)])
    assert sorted(said) == ["IntegrityError"] * (TOGETHER - 5) + ["placed"] * 5
    _check(code, 5)
