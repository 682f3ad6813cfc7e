"""A code counts as often, for as many people and for as much money as it may, and no more."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from limosa.domain.accounts.models import Subscriber
from limosa.domain.accounts.refusals import TriedTooOftenError
from limosa.domain.ordering.models import Order, Quote, StartRule
from limosa.domain.ordering.operations.cancel_order import cancel_order
from limosa.domain.ordering.operations.make_quote import Asked, make_quote
from limosa.domain.ordering.operations.place_order import place_order
from limosa.domain.promotions.models import PromotionCode, PromotionCodeUse
from limosa.domain.promotions.operations.end_promotion_code import end_promotion_code
from limosa.domain.promotions.operations.enter_promotion_code import enter_promotion_code
from limosa.domain.promotions.operations.give_back_code_use import give_back_code_use
from limosa.domain.promotions.operations.make_promotion_code import CodeTerms
from limosa.domain.promotions.operations.make_promotion_code import (
    make_promotion_code as make_promotion_code_operation,
)
from limosa.domain.promotions.operations.take_code_use import take_code_use
from limosa.domain.promotions.refusals import (
    PromotionCodeEarlyError,
    PromotionCodeFirstOrderError,
    PromotionCodeOverError,
    PromotionCodeTermsError,
    PromotionCodeTextTakenError,
    PromotionCodeUsedByYouError,
    PromotionCodeUsedUpError,
    UnknownPromotionCodeError,
)
from limosa.foundation.errors import DomainRefusal
from limosa.foundation.money import Money
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber
from tests.factories.catalog import make_plan, make_rates
from tests.factories.ordering import make_order
from tests.factories.promotions import make_promotion, make_promotion_code

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def _shop() -> None:
    make_rates(MOMENT.date())
    make_plan(code="month")


def quote_with(code: PromotionCode | None, person: Subscriber, **more: Any) -> Quote:
    code = PromotionCode.objects.select_related("promotion").get(pk=code.pk) if code else None
    given: dict[str, Any] = {"plan_code": "month", "start_rule": StartRule.NOW, "now": MOMENT}
    return make_quote(subscriber=person, esim=None, asked=Asked(code=code), **given | more)


def order_with(code: PromotionCode, person: Subscriber) -> Order:
    return place_order(quote=quote_with(code, person), now=MOMENT)


def enter(text: str, person: Subscriber, **more: Any) -> PromotionCode:
    given: dict[str, Any] = {"address": "203.0.113.7", "has_ordered": False, "now": MOMENT}
    return enter_promotion_code(subscriber_id=person.pk, typed=text, **given | more)


@pytest.mark.usefixtures("_shop")
def test_an_order_takes_one_use_however_often_it_is_placed() -> None:
    code, person = make_promotion_code(uses_max=5, budget_minor=1200), make_subscriber()
    quote = quote_with(code, person)
    assert (quote.discount_minor, quote.total_minor, quote.promotion_code) == (500, 2000, code)
    assert PromotionCode.objects.get().uses == 0
    order = place_order(quote=quote, now=MOMENT)
    assert place_order(quote=quote, now=MOMENT) == order
    code.refresh_from_db()
    assert (code.uses, code.spent_minor) == (1, 500)
    use = PromotionCodeUse.objects.get()
    assert (use.order_number, use.subscriber, use.nth) == (order.number, person, 1)


@pytest.mark.usefixtures("_shop")
def test_a_cancelled_order_gives_its_use_back_once() -> None:
    code, person = make_promotion_code(uses_max=1, budget_minor=1000), make_subscriber()
    order = order_with(code, person)
    with pytest.raises(PromotionCodeUsedUpError):
        order_with(code, make_subscriber())
    assert cancel_order(order_number=order.number, now=MOMENT)
    assert not cancel_order(order_number=order.number, now=MOMENT)
    code.refresh_from_db()
    assert (code.uses, code.spent_minor) == (0, 0)
    assert order_with(code, person).number != order.number


@pytest.mark.usefixtures("_shop")
def test_a_refusal_leaves_no_order_and_no_use() -> None:
    code, person = make_promotion_code(), make_subscriber()
    order_with(code, person)
    with pytest.raises(PromotionCodeUsedByYouError):
        order_with(code, person)
    assert Order.objects.count() == PromotionCodeUse.objects.count() == 1
    assert PromotionCode.objects.get().uses == 1
    order_with(code, make_subscriber())


@pytest.mark.usefixtures("_shop")
def test_a_promotion_worth_as_much_leaves_the_code_unused() -> None:
    code, person = make_promotion_code(), make_subscriber()
    make_promotion(percent_off=20)
    order = order_with(code, person)
    assert order.quote.promotion_code is None
    assert not PromotionCodeUse.objects.exists()


@pytest.mark.usefixtures("_shop")
def test_a_budget_counts_in_its_own_currency_and_never_runs_below_zero() -> None:
    euros = make_promotion_code(budget_minor=10_000, budget_currency="EUR")
    assert quote_with(euros, make_subscriber()).promotion_code is None
    little = make_promotion_code(budget_minor=499)
    assert quote_with(little, make_subscriber()).total_minor == 2500


@pytest.mark.usefixtures("_shop")
def test_a_code_for_first_orders_is_for_those() -> None:
    code, other = (make_promotion_code(first_order_only=True) for _ in range(2))
    person, buyer = make_subscriber(), make_subscriber()
    order_with(code, person)
    with pytest.raises(PromotionCodeFirstOrderError):
        order_with(other, person)
    make_order(subscriber=buyer, plan=make_plan(), state="paid")
    with pytest.raises(PromotionCodeFirstOrderError):
        order_with(code, buyer)
    with pytest.raises(PromotionCodeFirstOrderError):
        enter(other.text, buyer, has_ordered=True)


@pytest.mark.usefixtures("_shop")
def test_what_ended_between_the_quote_and_the_order_is_refused() -> None:
    code, person = make_promotion_code(), make_subscriber()
    quote = quote_with(code, person)
    assert end_promotion_code(code_id=code.pk, is_ended=True, now=MOMENT)
    with pytest.raises(PromotionCodeOverError):
        place_order(quote=quote, now=MOMENT)
    assert not Order.objects.exists()
    assert end_promotion_code(code_id=code.pk, is_ended=False, now=MOMENT)
    assert not end_promotion_code(code_id=code.pk, is_ended=False, now=MOMENT)
    assert place_order(quote=quote, now=MOMENT).quote == quote


@pytest.mark.parametrize(
    ("fields", "at", "refusal"),
    [
        ({}, MOMENT - 2 * DAY, PromotionCodeEarlyError),
        ({}, MOMENT + DAY, PromotionCodeOverError),
        ({"ended_at": MOMENT}, MOMENT, PromotionCodeOverError),
        ({"uses_max": 2, "uses": 2}, MOMENT, PromotionCodeUsedUpError),
        ({"budget_minor": 9, "spent_minor": 9}, MOMENT, PromotionCodeUsedUpError),
    ],
)
def test_entering_says_why_a_code_does_not_count(
    fields: dict[str, Any], at: Any, refusal: type[DomainRefusal]
) -> None:
    code = make_promotion_code(**fields)
    with pytest.raises(refusal):
        enter(code.text, make_subscriber(), now=at)


def test_guesses_are_limited_and_codes_that_exist_are_not_guesses() -> None:
    code, person = make_promotion_code(text="SPRING26"), make_subscriber()
    for _ in range(15):
        assert enter("spring-26", person) == code
    for number in range(10):
        with pytest.raises(UnknownPromotionCodeError):
            enter(f"GUESS{number}", person)
    with pytest.raises(TriedTooOftenError):
        enter("SPRING26", person)
    assert enter("SPRING26", make_subscriber()) == code


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": "abc"},
        {"text": "春节"},
        {"uses_max": 0},
        {"uses_per_person": 0},
        {"budget": Money(0, "USD")},
    ],
)
def test_terms_that_make_no_sense_make_no_code(wrong: dict[str, Any]) -> None:
    promotion = make_promotion(needs_code=True)
    terms = CodeTerms(**{"text": "SPRING"} | wrong)
    with pytest.raises(PromotionCodeTermsError):
        make_promotion_code_of(promotion.code, terms)


def make_promotion_code_of(promotion: str, terms: CodeTerms) -> PromotionCode:
    return make_promotion_code_operation(promotion_code=promotion, terms=terms, now=MOMENT)


def test_a_code_is_made_once_and_only_where_one_is_needed() -> None:
    with pytest.raises(PromotionCodeTermsError):
        make_promotion_code_of(make_promotion().code, CodeTerms(text="SPRING"))
    promotion = make_promotion(needs_code=True)
    assert make_promotion_code_of(promotion.code, CodeTerms(text="spring")).text == "SPRING"
    with pytest.raises(PromotionCodeTextTakenError):
        make_promotion_code_of(promotion.code, CodeTerms(text="Spring"))


@pytest.mark.parametrize(
    "cheat", [{"uses": 6}, {"spent_minor": 1001}, {"spent_minor": -1}, {"uses_per_person": 0}]
)
def test_the_database_refuses_more_than_a_code_may(cheat: dict[str, int]) -> None:
    code = make_promotion_code(uses_max=5, budget_minor=1000)
    with pytest.raises(IntegrityError), transaction.atomic():
        PromotionCode.objects.filter(pk=code.pk).update(**cheat)


class AnyOrders(TestCase):
    """Whoever orders and cancels, in whatever order."""

    @settings(deadline=None, max_examples=25)
    @given(
        st.integers(1, 4),
        st.integers(1, 3),
        st.integers(1, 400),
        st.lists(st.tuples(st.integers(0, 2), st.integers(0, 200)), max_size=12),
    )
    def test_uses_and_money_are_what_was_taken_and_never_too_much(
        self, most: int, each: int, budget: int, steps: list[tuple[int, int]]
    ) -> None:
        code = make_promotion_code(uses_max=most, uses_per_person=each, budget_minor=budget)
        people = [make_subscriber() for _ in range(3)]
        for number, (who, discount) in enumerate(steps):
            try:
                take_code_use(
                    code_id=code.pk,
                    order_number=f"L-{code.pk}-{number}",
                    subscriber_id=people[who].pk,
                    discount=Money(discount, "USD"),
                    has_ordered=False,
                    now=MOMENT,
                )
            except (PromotionCodeUsedUpError, PromotionCodeUsedByYouError):
                if number % 2:
                    number_back = f"L-{code.pk}-{number - 1}"
                    give_back_code_use(order_number=number_back, now=MOMENT)
            code.refresh_from_db()
            counted = PromotionCodeUse.objects.filter(code=code, given_back_at=None)
            assert code.uses == counted.count() <= most
            spent = counted.aggregate(sum=Sum("discount_minor"))["sum"] or 0
            assert code.spent_minor == spent <= budget
            assert all(counted.filter(subscriber=one).count() <= each for one in people)
