"""What devices do at the same moment: one binds, one code is counted after the other."""

from collections.abc import Callable
from functools import partial
from threading import Barrier
from typing import Any

import pytest

from limosa.domain.rsp.engine.order_calls import code_digest
from limosa.domain.rsp.loading import LOCK_DOWNLOAD_ORDER, lock_download_order
from limosa.domain.rsp.models import (
    DownloadOrder,
    ProgressReport,
    ReceivedNotification,
)
from limosa.domain.rsp.operations import (
    apply_notifications,
    check_confirmation_code,
    get_bound_profile_package,
)
from limosa.domain.rsp.operations.apply_installation import apply_installation
from limosa.domain.rsp.operations.apply_notifications import apply_notifications as apply
from limosa.protocols.sgp22 import download
from limosa.protocols.sgp22.download import check_code
from tests.concurrency.together import run_together
from tests.factories.rsp import OTHER_EID, make_download_order
from tests.factories.sgp22 import EID, NOW, World, an_smdp
from tests.fakes.device import Device, another_card, heard
from tests.fakes.tiny_card import TinyCard

pytestmark = pytest.mark.django_db(transaction=True)
TOGETHER = 6
TRIES = 14
PHONES = 20
SESSIONS = 12


def two_devices(world: World) -> list[Device]:
    """Return two that were offered the same order, and ask for the package next."""
    order = make_download_order(requester="1.2.3")
    smdp = an_smdp(world)
    devices = [
        Device(smdp, TinyCard(world), order.matching_id),
        Device(smdp, another_card(world, OTHER_EID), order.matching_id),
    ]
    for device in devices:
        device.begin()
    return devices


def test_without_the_lock_only_the_database_keeps_two_devices_apart(
    monkeypatch: pytest.MonkeyPatch, world: World
) -> None:
    both_have_read = Barrier(2, timeout=10)

    def read_only(order_id: int) -> DownloadOrder:
        order = DownloadOrder.objects.get(pk=order_id)
        both_have_read.wait()
        return order

    monkeypatch.setattr(get_bound_profile_package, "lock_download_order", read_only)
    devices = two_devices(world)
    heards = run_together([device.package for device in devices])
    assert heards.count("IntegrityError") == 1


def test_two_downloads_at_once_bind_one_euicc(world: World) -> None:
    devices = two_devices(world)
    heards = run_together([partial(heard, device.package) for device in devices])
    assert sorted(heards) == ["8.2/3.7", "ok"]
    order = DownloadOrder.objects.get()
    assert order.bound_eid == [EID, OTHER_EID][heards.index("ok")]
    assert order.downloads == ProgressReport.objects.count() == 1


def phones(world: World, count: int) -> list[Device]:
    """Return so many phones that were offered one order, and ask for its package next."""
    smdp, order = an_smdp(world), make_download_order(requester="1.2.3", downloads_max=1)
    made = []
    for number in range(count):
        card = another_card(world, f"89049032{number:024}")
        device = Device(smdp, card, order.matching_id)
        device.begin()
        made.append(device)
    return made


def test_without_the_lock_only_the_database_keeps_twenty_phones_apart(
    monkeypatch: pytest.MonkeyPatch, world: World
) -> None:
    all_have_read = Barrier(PHONES, timeout=60)

    def read_only(order_id: int) -> DownloadOrder:
        order = DownloadOrder.objects.get(pk=order_id)
        all_have_read.wait()
        return order

    monkeypatch.setattr(get_bound_profile_package, "lock_download_order", read_only)
    heards = run_together([device.package for device in phones(world, PHONES)])
    assert heards.count("IntegrityError") == PHONES - 1


def test_of_twenty_phones_with_one_code_one_gets_the_profile(world: World) -> None:
    devices = phones(world, PHONES)
    heards = run_together([partial(heard, device.package) for device in devices])
    assert sorted(heards) == ["8.2/3.7"] * (PHONES - 1) + ["ok"]
    winner = devices[heards.index("ok")]
    order = DownloadOrder.objects.get()
    assert (order.bound_eid, order.downloads) == (winner.card.eid, 1)
    assert ProgressReport.objects.count() == 1
    assert heard(winner.package) == "ok"  # The same package again.


def test_the_same_request_many_times_at_once_gets_one_package(world: World) -> None:
    device = Device(an_smdp(world), TinyCard(world), make_download_order().matching_id)
    device.initiate()
    device.now = NOW
    offers = run_together([device.authenticate] * TOGETHER)
    assert len(set(offers)) == 1
    device.prepare()
    assert len(set(run_together([device.package] * TOGETHER))) == 1
    assert DownloadOrder.objects.get().downloads == 1


def other_keys(world: World, downloads_max: int) -> list[Device]:
    """Return sessions of one card that has its package and asks for another in each, with a key of
    its own for each."""
    smdp, order = an_smdp(world), make_download_order(downloads_max=downloads_max)
    first = Device(smdp, TinyCard(world), order.matching_id)
    first.begin()
    first.package()
    made = []
    for _ in range(SESSIONS):
        device = Device(smdp, TinyCard(world), order.matching_id)
        device.initiate()
        device.authenticate()
        device.prepare(keeps_key=False)
        made.append(device)
    return made


def test_without_the_lock_packages_for_other_keys_are_not_counted(
    monkeypatch: pytest.MonkeyPatch, world: World
) -> None:
    devices = other_keys(world, downloads_max=SESSIONS + 1)
    all_have_read = Barrier(SESSIONS, timeout=60)

    def read_only(order_id: int) -> DownloadOrder:
        found = DownloadOrder.objects.get(pk=order_id)
        all_have_read.wait()
        return found

    monkeypatch.setattr(get_bound_profile_package, "lock_download_order", read_only)
    heards = run_together([partial(heard, device.package) for device in devices])
    assert heards == ["ok"] * SESSIONS
    assert DownloadOrder.objects.get().downloads < 1 + SESSIONS


@pytest.mark.parametrize("downloads_max", [1, 4])
def test_of_many_sessions_with_other_keys_as_many_get_a_package_as_are_left(
    world: World, downloads_max: int
) -> None:
    devices = other_keys(world, downloads_max=downloads_max)
    heards = run_together([partial(heard, device.package) for device in devices])
    left = downloads_max - 1
    assert sorted(heards) == ["8.2/3.7"] * (SESSIONS - left) + ["ok"] * left
    assert DownloadOrder.objects.get().downloads == downloads_max


def guesses(world: World) -> list[Callable[[], str]]:
    """Return wrong codes, each typed into a phone of its own."""
    order = make_download_order(code_digest=code_digest("4711"))
    smdp = an_smdp(world)
    made: list[Callable[[], str]] = []
    for number in range(TRIES):
        device = Device(smdp, TinyCard(world), order.matching_id, code=f"{number:04}")
        device.begin()
        made.append(partial(heard, device.package))
    return made


def test_without_the_lock_more_than_ten_codes_are_compared(
    monkeypatch: pytest.MonkeyPatch, world: World
) -> None:
    all_have_read = Barrier(TRIES, timeout=20)

    def compare(**compared: Any) -> None:
        all_have_read.wait()
        check_code(**compared)

    unlocked = check_confirmation_code.LOCK_CODE.replace("FOR UPDATE", "")
    monkeypatch.setattr(check_confirmation_code, "LOCK_CODE", unlocked)
    monkeypatch.setattr(download, "check_code", compare)
    assert run_together(guesses(world)).count("8.2.7/3.8") == TRIES


def test_ten_wrong_codes_at_once_are_all_that_is_compared(world: World) -> None:
    heards = run_together(guesses(world))
    assert (heards.count("8.2.7/3.8"), heards.count("8.2.7/6.4")) == (10, TRIES - 10)
    assert DownloadOrder.objects.get().wrong_codes == 11
    assert ProgressReport.objects.filter(point=2).count() == 1


def test_one_report_is_applied_once_by_many_servers(world: World) -> None:
    device = Device(an_smdp(world), TinyCard(world), make_download_order().matching_id)
    device.download()
    device.report()
    applied = run_together([lambda: apply(smdp=device.smdp, now=NOW)] * TOGETHER)
    assert sorted(applied) == ["0"] * (TOGETHER - 1) + ["1"]
    assert ReceivedNotification.objects.get().result == "applied"
    assert ProgressReport.objects.filter(point=4).count() == 1


def test_without_skipping_what_others_hold_a_report_is_applied_twice(
    monkeypatch: pytest.MonkeyPatch, world: World
) -> None:
    both_have_read = Barrier(2, timeout=10)

    def wait_and_apply(**reported: Any) -> object:
        both_have_read.wait()
        return apply_installation(**reported)

    statement = apply_notifications.NEXT.replace("FOR UPDATE SKIP LOCKED", "")
    monkeypatch.setattr(apply_notifications, "NEXT", statement)
    monkeypatch.setattr(apply_notifications, "apply_installation", wait_and_apply)
    device = Device(an_smdp(world), TinyCard(world), make_download_order().matching_id)
    device.download()
    device.report()
    assert run_together([lambda: apply(smdp=device.smdp, now=NOW)] * 2) == ["1", "1"]


def test_the_statement_that_locks_an_order_does_so() -> None:
    assert LOCK_DOWNLOAD_ORDER.endswith("FOR UPDATE")
    assert lock_download_order(make_download_order().pk).state == "released"
