"""Workers that meet at a watch, a supplier's last call, or two readings of one eSIM."""

import time
from collections.abc import Iterator
from datetime import datetime
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from limosa.domain.charging.engine.allowance import after_call, call_pace
from limosa.domain.charging.engine.reading import Judgement, Reading, judge
from limosa.domain.charging.models import CallAllowance
from limosa.domain.charging.operations import apply_usage_reading as applying
from limosa.domain.charging.operations import take_usage_batch as taking
from limosa.domain.charging.operations.apply_usage_reading import apply_usage_reading
from limosa.domain.charging.operations.ask_usage import ask_usage
from limosa.domain.charging.operations.take_call import take_call
from limosa.domain.charging.operations.take_usage_batch import take_usage_batch
from limosa.domain.charging.queries import usage_drifts
from limosa.domain.connectivity.capabilities import Capabilities, UsageUnit
from limosa.domain.esims.models import Bundle
from limosa.foundation.volume import GB
from tests.concurrency.together import run_together
from tests.concurrency.unlocked import without_row_locks
from tests.factories import MOMENT
from tests.factories.catalog import make_supplier
from tests.factories.charging import make_watch
from tests.factories.esims import make_bundle, make_esim
from tests.fakes.supplier import FakeSupplier
from tests.fakes.wholesale import wholesale_in

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 6
CAN = Capabilities(usage_unit=UsageUnit.BYTE, usage_batch=10)


@pytest.fixture
def supplier(settings: Settings) -> Iterator[FakeSupplier]:
    with wholesale_in(settings) as fake:
        yield fake


def watched(count: int) -> list[Bundle]:
    mine = make_supplier("wholesale")
    bundles = [make_bundle(esim=make_esim(supplier=mine)) for _ in range(count)]
    for bundle in bundles:
        make_watch(esim=bundle.esim)
    return bundles


def take() -> int:
    return len(take_usage_batch(supplier_code="wholesale", can=CAN, now=MOMENT))


def test_of_workers_that_meet_at_an_esim_one_takes_it() -> None:
    watched(1)
    assert sorted(run_together([take] * WORKERS)) == ["0"] * (WORKERS - 1) + ["1"]


def test_workers_share_what_is_due_and_take_none_twice() -> None:
    watched(35)
    assert sum(int(number) for number in run_together([take] * WORKERS)) == 35


def test_without_the_lock_two_workers_take_one_esim(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the second has seen that the eSIM is due before the first has taken it."""

    def take_slowly(**_: Any) -> bool:
        time.sleep(0.7)
        return True

    watched(1)
    monkeypatch.setattr(taking, "_TAKE", taking._TAKE.replace("FOR UPDATE SKIP LOCKED", ""))
    monkeypatch.setattr(taking, "take_call", take_slowly)
    assert run_together([take] * 2) == ["1", "1"]


def call() -> bool:
    return take_call(supplier_code="wholesale", calls_per_minute=60, now=MOMENT)


def test_no_more_calls_are_taken_than_there_are() -> None:
    make_supplier("wholesale")
    said = [answer for _ in range(4) for answer in run_together([call] * WORKERS)]
    assert said.count("True") == 11


def test_a_bucket_that_is_read_and_then_written_is_over_drawn() -> None:
    """The control: both have read that one call is left before either takes it."""
    make_supplier("wholesale")
    both_have_read = Barrier(2)

    def take_after_reading() -> bool:
        free_at = CallAllowance.objects.values_list("free_at", flat=True).first()
        taken: datetime | None = after_call(free_at, pace=call_pace(1), now=MOMENT)
        both_have_read.wait(timeout=10)
        if taken is None:
            return False
        CallAllowance.objects.update_or_create(supplier_id="wholesale", defaults={"free_at": taken})
        return True

    def take_at_once() -> bool:
        return take_call(supplier_code="wholesale", calls_per_minute=1, now=MOMENT)

    assert run_together([take_after_reading] * 2) == ["True", "True"]
    CallAllowance.objects.all().delete()
    assert sorted(run_together([take_at_once] * 2)) == ["False", "True"]


def test_no_transaction_is_open_during_a_call_and_one_worker_asks(
    supplier: FakeSupplier, monkeypatch: pytest.MonkeyPatch
) -> None:
    [bundle] = watched(1)
    seen: list[str] = []
    held: list[bool] = []

    def look(esims: Any) -> list[Any]:
        seen.extend(esim.iccid for esim in esims)
        held.append(connection.in_atomic_block)
        return []

    monkeypatch.setattr(supplier, "usage", look)

    def ask() -> bool:
        return ask_usage(supplier_code="wholesale", now=MOMENT)

    assert sorted(run_together([ask] * WORKERS)) == ["False"] * (WORKERS - 1) + ["True"]
    assert (seen, held) == ([bundle.esim.iccid], [False])


def reads(bundle: Bundle, used_gb: int) -> Any:
    reading = Reading(as_of=MOMENT, used_bytes=used_gb * GB, total_bytes=20 * GB)
    return lambda: apply_usage_reading(esim_id=bundle.esim_id, reading=reading, now=MOMENT)


@pytest.mark.usefixtures("supplier")
def test_the_same_reading_many_times_at_once_counts_once() -> None:
    [bundle] = watched(1)
    said = run_together([reads(bundle, 5)] * WORKERS)
    assert sorted(said) == ["applied"] + ["unchanged"] * (WORKERS - 1)
    assert Bundle.objects.get().used_bytes == 5 * GB
    assert usage_drifts() == []


@pytest.mark.usefixtures("supplier")
def test_different_readings_at_once_end_at_the_greatest() -> None:
    [bundle] = watched(1)
    run_together([reads(bundle, used) for used in (3, 9, 5, 7)])
    assert Bundle.objects.get().used_bytes == 9 * GB
    assert usage_drifts() == []


@pytest.mark.usefixtures("supplier")
def test_without_the_lock_both_readings_are_deducted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: both have read the bundle before either writes it."""
    [bundle] = watched(1)
    both_have_read = Barrier(2)

    def judge_together(*given: Any, **how: Any) -> Judgement:
        both_have_read.wait(timeout=10)
        return judge(*given, **how)

    monkeypatch.setattr(applying, "judge", judge_together)
    with without_row_locks(monkeypatch):
        said = run_together([reads(bundle, 5), reads(bundle, 7)])
    assert said == ["applied", "applied"]
    assert len(usage_drifts()) == 1
