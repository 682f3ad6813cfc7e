"""Of unsigned callbacks that come all at once no more are kept than of those that come in turn."""

from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from threading import Barrier, BrokenBarrierError, local

import pytest
from pytest_django.fixtures import Settings

from limosa.domain.connectivity.answers import Pending, SupplierCallback, SupplyNews
from limosa.domain.connectivity.capabilities import CallbackAuth
from limosa.domain.connectivity.kept_callbacks import ReceivedCallback
from limosa.domain.connectivity.models import KeptCallback, SupplierMessage
from limosa.domain.connectivity.operations import keep_unsigned_callback
from limosa.domain.ordering.operations.apply_supplier_callback import apply_supplier_callback
from tests.concurrency.together import run_together
from tests.concurrency.unlocked import without_row_locks
from tests.factories import MOMENT
from tests.factories.connectivity import make_supply
from tests.fakes.wholesale import wholesale_in

pytestmark = pytest.mark.django_db(transaction=True)
TOGETHER = 50
KEPT = 20


@pytest.fixture(autouse=True)
def _unsigned(settings: Settings) -> Iterator[None]:
    with wholesale_in(settings) as fake:
        fake.capabilities = replace(fake.capabilities, callback_auth=CallbackAuth.UNSIGNED)
        yield


def send_together(monkeypatch: pytest.MonkeyPatch, *, seconds: float) -> list[str]:
    """Apply callbacks about an order in threads that have all seen that none was kept; return
    whether each was recorded. `seconds`: for how long each waits to count together with all once
    more."""
    number = make_supply(state="delivered").order_number
    first, second, seen = Barrier(TOGETHER), Barrier(TOGETHER), keep_unsigned_callback._full
    turns = local()

    def full_when_all_are_here(code: str, keys: Collection[str], now: datetime) -> set[str]:
        full = seen(code, keys, now)
        if not hasattr(turns, "has_counted"):
            turns.has_counted = True
            first.wait(timeout=60)
        else:
            with suppress(BrokenBarrierError):  # With the lock they can't all be here.
                second.wait(timeout=seconds)
        return full

    monkeypatch.setattr(keep_unsigned_callback, "_full", full_when_all_are_here)

    def send(turn: int) -> bool:
        news = SupplyNews(number=number, reference="", answer=Pending(reference=""))
        return apply_supplier_callback(
            supplier_code="wholesale",
            callback=SupplierCallback(message_id=f"message-{turn}", news=(news,)),
            now=MOMENT,
            received=ReceivedCallback({}, b"%d" % turn),
        ).is_recorded

    return run_together([partial(send, turn) for turn in range(TOGETHER)])


def test_without_the_lock_all_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    with without_row_locks(monkeypatch):
        assert send_together(monkeypatch, seconds=60) == ["True"] * TOGETHER
    assert KeptCallback.objects.count() == SupplierMessage.objects.count() == TOGETHER


def test_with_it_twenty_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = send_together(monkeypatch, seconds=1)
    assert sorted(recorded) == ["False"] * (TOGETHER - KEPT) + ["True"] * KEPT
    assert KeptCallback.objects.count() == SupplierMessage.objects.count() == KEPT
