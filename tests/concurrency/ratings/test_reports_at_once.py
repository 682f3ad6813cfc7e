"""One reader's reports at the same moment: three comments out of sight, and no more."""

from functools import partial
from threading import Barrier

import pytest

from limosa.domain.ratings.models import CommentState, Rating
from limosa.domain.ratings.operations import report_comment as module
from limosa.domain.ratings.operations.report_comment import report_comment
from limosa.domain.ratings.queries import check_may_report
from tests.concurrency.together import run_together
from tests.concurrency.unlocked import without_row_locks
from tests.factories import MOMENT
from tests.factories.ratings import make_rating, make_reader

pytestmark = pytest.mark.django_db(transaction=True)
TOGETHER = 6


def report_together() -> list[str]:
    ratings = [make_rating(comment="fine") for _ in range(TOGETHER)]
    report = partial(report_comment, reporter=make_reader(), reason="x", now=MOMENT)
    return run_together([partial(report, rating_id=rating.pk) for rating in ratings])


def test_without_the_lock_all_are_out_of_sight(monkeypatch: pytest.MonkeyPatch) -> None:
    all_have_counted = Barrier(TOGETHER)

    def check_when_all_are_here(*, reporter_id: int) -> None:
        check_may_report(reporter_id=reporter_id)
        all_have_counted.wait(timeout=10)

    monkeypatch.setattr(module, "check_may_report", check_when_all_are_here)
    with without_row_locks(monkeypatch):
        assert report_together() == ["True"] * TOGETHER


def test_with_the_lock_three_are() -> None:
    said = report_together()
    assert sorted(said) == ["TooManyReportsError"] * 3 + ["True"] * 3
    assert Rating.objects.filter(comment_state=CommentState.REPORTED).count() == 3
