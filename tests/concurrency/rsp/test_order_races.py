"""Orders that come at once take different profiles; without the lock, they fight for one."""

from collections.abc import Callable
from threading import Barrier, Event
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Model, QuerySet

from limosa.domain.rows import insert_row_once
from limosa.domain.rsp.engine.order_calls import Caller
from limosa.domain.rsp.models import DownloadOrder, Profile
from limosa.domain.rsp.operations import order_profile as ordering
from limosa.domain.rsp.operations.order_profile import order_profile
from tests.concurrency.together import run_together
from tests.factories import MOMENT
from tests.factories.rsp import make_profile

pytestmark = pytest.mark.django_db(transaction=True)
TOGETHER = 6


def orders(call_id: str, *, iccid: str = "", profile_type: str = "") -> Callable[[], str]:
    def make() -> str:
        caller = Caller(requester="1.2.3", call_id=call_id)
        order = order_profile(caller=caller, iccid=iccid, profile_type=profile_type, now=MOMENT)
        return order.profile.iccid

    return make


def any_of_the_type() -> list[str]:
    for _ in range(TOGETHER):
        make_profile()
    return run_together([orders(f"TX-{number}", profile_type="demo") for number in range(TOGETHER)])


def test_without_the_lock_orders_fight_for_one_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    def unlocked(rows: QuerySet[Any], **_: Any) -> QuerySet[Any]:
        return rows.all()

    all_have_read = Barrier(TOGETHER, timeout=20)

    def wait_and_insert(row: Model) -> bool:
        all_have_read.wait()
        return insert_row_once(row)

    monkeypatch.setattr(QuerySet, "select_for_update", unlocked)
    monkeypatch.setattr(ordering, "insert_row_once", wait_and_insert)
    assert any_of_the_type().count("RspRefusal") == TOGETHER - 1


def test_orders_at_once_take_different_profiles() -> None:
    taken = any_of_the_type()
    assert set(taken) == set(Profile.objects.values_list("iccid", flat=True))
    assert DownloadOrder.objects.count() == TOGETHER


def test_the_same_call_many_times_at_once_takes_one_profile() -> None:
    for _ in range(TOGETHER):
        make_profile()
    taken = run_together([orders("TX-1", profile_type="demo")] * TOGETHER)
    assert len(set(taken)) == 1
    assert Profile.objects.filter(state="ordered").count() == 1


def test_the_same_call_many_times_at_once_takes_the_last_profile() -> None:
    for left in (1, 2):
        for _ in range(left):
            make_profile()
        taken = run_together([orders(f"TX-{left}", profile_type="demo")] * TOGETHER)
        assert len(set(taken)) == 1
        assert Profile.objects.filter(iccid=taken[0], state="ordered").exists()
        Profile.objects.filter(state="available").update(state="ordered")


def test_a_profile_that_another_order_lets_go_is_not_taken_for_given_out() -> None:
    iccid, is_held, is_refused = make_profile().iccid, Event(), Event()

    def hold_and_let_go() -> str:
        with transaction.atomic():
            held = Profile.objects.select_for_update().get(iccid=iccid)
            is_held.set()
            is_refused.wait(0.5)
        return str(held.iccid)

    def order() -> str:
        assert is_held.wait(20)
        try:
            return orders("TX-1", profile_type="demo")()
        finally:
            is_refused.set()

    assert run_together([hold_and_let_go, order]) == [iccid, iccid]


def test_one_profile_is_ordered_once() -> None:
    iccid = make_profile().iccid
    heard = run_together([orders("", iccid=iccid)] * TOGETHER)
    assert sorted(heard) == sorted([iccid, *["RspRefusal"] * (TOGETHER - 1)])
