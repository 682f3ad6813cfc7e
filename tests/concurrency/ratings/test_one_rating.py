"""Two presses at the same moment give one rating and one reward; without the lock one fails."""

from collections.abc import Callable
from threading import Barrier
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from limosa.domain.esims.models import Bundle
from limosa.domain.ledger.queries import wallet_balance
from limosa.domain.ratings.engine.questions import Question
from limosa.domain.ratings.engine.standing import Ruling
from limosa.domain.ratings.models import Rating
from limosa.domain.ratings.operations import give_rating as giving
from limosa.domain.ratings.operations.give_rating import Said, give_rating
from limosa.domain.ratings.operations.publish_due_places import publish_due_places
from limosa.domain.ratings.operations.rule_on_rating import Decision, rule_on_rating
from limosa.domain.ratings.places import make_due
from limosa.foundation.money import Money
from tests.concurrency.together import run_together
from tests.concurrency.unlocked import without_row_locks
from tests.factories import MOMENT
from tests.factories.ratings import make_asked_bundle, make_rating

pytestmark = pytest.mark.django_db(transaction=True)


def press(bundle: Bundle, answer: int) -> Callable[[], object]:
    said = Said(
        country="US", answers={Question.SPEED: answer}, comment="", language="en", address=""
    )

    def work() -> object:
        give_rating(
            person=bundle.subscriber, order_number=bundle.order_number, said=said, now=MOMENT
        )
        return "given"

    return work


def test_two_presses_give_one_rating_and_one_reward(settings: Settings) -> None:
    settings.RATING_REWARDS = {"USD": 100}
    bundle = make_asked_bundle()
    assert run_together([press(bundle, 4), press(bundle, 5)]) == ["given", "given"]
    assert Rating.objects.count() == 1
    assert wallet_balance(subscriber_id=bundle.subscriber_id) == [Money(100, "USD")]


def test_the_control_without_the_lock_one_of_two_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = make_asked_bundle()
    both_have_looked = Barrier(2)

    def late(**given: Any) -> None:
        both_have_looked.wait(timeout=10)
        make_due(**given)

    monkeypatch.setattr(giving, "make_due", late)
    with without_row_locks(monkeypatch):
        said = run_together([press(bundle, 4), press(bundle, 5)])
    assert sorted(said) == ["IntegrityError", "given"]
    assert Rating.objects.count() == 1


def test_publishing_and_deciding_at_once_never_wait_for_each_other_in_a_circle() -> None:
    ratings = [make_rating(comment="fine") for _ in range(4)]
    for turn in range(5):
        ruled = Decision(
            is_comment_shown=True,
            ruling=Ruling.EXCLUDED if turn % 2 else Ruling.NONE,
            public_reason="because",
            comment_version=ratings[0].comment_version,
        )

        def decide(rating: Rating, decision: Decision = ruled) -> Callable[[], object]:
            return lambda: rule_on_rating(rating_id=rating.pk, decision=decision, now=MOMENT).number

        works = [decide(one) for one in ratings]
        said = run_together([*works, lambda: publish_due_places(now=MOMENT)])
        assert said[:4] == [one.number for one in ratings], said
