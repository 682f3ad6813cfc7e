"""Two members of the staff answer a case at the same moment: one answer goes out, and stands."""

from collections.abc import Callable
from threading import Barrier
from typing import Any

import pytest
from django.db.models import QuerySet

from limosa.domain.notifications.models import Notification
from limosa.domain.support.case_news import tell_person
from limosa.domain.support.models import AuditEntry, Case
from limosa.domain.support.operations.answer_case import answer_case
from tests.concurrency.together import run_together
from tests.factories import MOMENT
from tests.factories.accounts import make_operator
from tests.factories.support import make_case

pytestmark = pytest.mark.django_db(transaction=True)


def answers(case: Case) -> list[Callable[[], object]]:
    def answer_as(number: int) -> Callable[[], object]:
        actor = make_operator()
        return lambda: answer_case(
            case_number=case.number, answer=f"Answer {number}", actor=actor, now=MOMENT
        )

    return [answer_as(number) for number in (1, 2)]


def test_without_the_lock_both_believe_that_they_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: each has seen that there is no answer before the other one writes."""
    both = Barrier(2)

    def tell_when_both_are_here(case: Case, **news: Any) -> None:
        both.wait(timeout=10)
        tell_person(case, **news)

    case = make_case()
    works = answers(case)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_: rows)
    monkeypatch.setattr(Case, "save", lambda *_, **__: None)  # Its row lock would hold one back.
    monkeypatch.setattr(
        "limosa.domain.support.operations.answer_case.tell_person", tell_when_both_are_here
    )
    assert run_together(works) == ["True", "True"]
    assert AuditEntry.objects.count() == 2


def test_with_the_lock_one_answer_goes_out_and_stands() -> None:
    case = make_case()
    assert sorted(run_together(answers(case))) == ["False", "True"]
    case.refresh_from_db()
    assert Notification.objects.get(kind="case_answered").parameters["words"] == case.answer
    assert AuditEntry.objects.count() == 1
