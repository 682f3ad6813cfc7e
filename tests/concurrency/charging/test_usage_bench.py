"""The checks of the bench of use find nothing in what is right, and a planted bug."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from pytest_django.fixtures import Settings

from limosa.domain.charging.operations import take_usage_batch as taking
from limosa.domain.charging.operations.watch_open_bundles import watch_open_bundles
from limosa.domain.charging.queries import usage_drifts
from limosa.domain.charging.rounds import ask_what_is_due
from limosa.domain.connectivity.registry import adapter_for
from limosa_lab.benchmarks.usage.clock import START, FastClock
from limosa_lab.benchmarks.usage.data import make_rows
from limosa_lab.benchmarks.usage.findings import (
    Question,
    asked_twice,
    most_in_a_minute,
    percentile,
)
from limosa_lab.benchmarks.usage.suppliers import ADAPTERS, SUPPLIERS
from limosa_lab.benchmarks.usage.worker import set_suppliers
from tests.concurrency.together import run_together

pytestmark = pytest.mark.django_db(transaction=True)
ESIMS = 100


@pytest.fixture(autouse=True)
def suppliers(settings: Settings) -> Iterator[None]:
    """Put back what a run sets."""
    settings.SUPPLIER_ADAPTERS = dict(ADAPTERS)
    yield
    adapter_for.cache_clear()


def run() -> list[Question]:
    """Have two workers meet an hour's eSIMs, all of them due; return what the suppliers saw."""
    make_rows(esims=ESIMS)
    suppliers = set_suppliers(FastClock(time.monotonic(), 10))
    assert watch_open_bundles(now=START) == ESIMS
    late = START + timedelta(hours=1)

    def ask() -> int:
        return ask_what_is_due(clock=lambda: late, calls_at_a_time=4)

    run_together([ask, ask])
    return [question for one in suppliers for question in one.questions]


def test_all_are_asked_for_and_none_twice_at_once() -> None:
    questions = run()
    assert len({iccid for one in questions for iccid in one.iccids}) == ESIMS
    assert asked_twice(questions) == []
    most = most_in_a_minute(questions)
    assert all(most[one.code] <= one.capabilities.calls_per_minute for one in SUPPLIERS)
    assert usage_drifts() == []


def test_workers_that_take_nothing_for_themselves_are_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The planted bug: who takes an eSIM leaves it due, so that others take it too."""
    leaves_it_due = taking._TAKE.replace("next_at = %(until)s", "next_at = watch.next_at")
    assert leaves_it_due != taking._TAKE
    monkeypatch.setattr(taking, "_TAKE", leaves_it_due)
    assert asked_twice(run())


def test_questions_one_after_the_other_are_not_at_once() -> None:
    def question(begun: float, answered: float, *iccids: str) -> Question:
        return Question(supplier="a", iccids=iccids, begun=begun, answered=answered)

    one, after, beside = question(0, 2, "1", "2"), question(2, 3, "1"), question(1, 4, "2", "3")
    assert asked_twice([one, after]) == []
    assert asked_twice([after, beside, one]) == ["2"]


def test_the_fullest_minute_is_found_wherever_it_lies() -> None:
    times = [0, 50, 59, 61, 62, 200]
    calls = [Question(supplier="a", iccids=(), begun=at, answered=at) for at in times]
    assert most_in_a_minute(calls) == {"a": 4}


def test_a_percentile_is_one_of_the_lags() -> None:
    lags = [timedelta(seconds=second) for second in range(200)]
    assert percentile(lags, 99) == timedelta(seconds=198)
    assert percentile(lags[:1], 50) == timedelta(0)
