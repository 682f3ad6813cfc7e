"""Whole downloads: what a device hears, what the card reads, and what is left in the rows."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from limosa.domain.rsp.engine.order_calls import code_digest
from limosa.domain.rsp.models import (
    DownloadOrder,
    DownloadSession,
    ProgressReport,
    ReceivedNotification,
)
from limosa.domain.rsp.operations.apply_notifications import apply_notifications
from limosa.domain.rsp.operations.forget_downloads import forget_downloads
from limosa.domain.rsp.operations.get_bound_profile_package import get_bound_profile_package
from limosa.domain.rsp.operations.handle_notification import handle_notification
from limosa.protocols.sgp22 import notification
from limosa.protocols.sgp22.refusal import RspRefusal
from tests.database.rsp.downloading import now_of, ordered, results
from tests.factories.rsp import OTHER_EID, make_download_order, make_profile, make_profile_type
from tests.factories.sgp22 import EID, NOW, World, an_smdp
from tests.fakes.device import Device, another_card, heard
from tests.fakes.tiny_card import TinyCard, answered, one, split

pytestmark = pytest.mark.django_db


@pytest.fixture
def device(world: World) -> Device:
    return Device(an_smdp(world), TinyCard(world))


def told(order: DownloadOrder) -> list[tuple[int, int, str]]:
    rows = ProgressReport.objects.filter(order=order).order_by("id")
    return list(rows.values_list("point", "download", "failure"))


def segments_of(answer: bytes) -> list[bytes]:
    whole = answered(answer)["boundProfilePackage"]
    return [raw for _, _, raw in split(one(whole, "BF36"))[1:]]


def test_a_card_reads_the_profile_and_its_report_ends_the_order(device: Device) -> None:
    order = ordered(device, requester="1.2.3")
    assert device.download() == order.profile.package
    bound = now_of(order)
    assert (bound.state, bound.bound_eid, bound.downloads) == ("downloaded", EID, 1)
    assert told(order) == [(3, 1, "")]
    device.reported()
    done = now_of(order)
    assert (done.state, done.installed_at, done.binding) == ("installed", NOW, None)
    assert told(order) == [(3, 1, ""), (4, 1, "")]
    assert results() == ["applied"]
    assert not DownloadSession.objects.exists()
    assert ReceivedNotification.objects.get().content is None


def test_a_card_of_the_other_curve_reads_it_too(brainpool: World, world: World) -> None:
    device = Device(an_smdp(world, brainpool), TinyCard(brainpool))
    order = ordered(device)
    assert device.download() == order.profile.package


def test_what_a_device_shows_is_the_type_s(device: Device) -> None:
    kind = make_profile_type(
        "shown", name="Demo 10 GB", service_provider="续航", owner_plmn="310260", is_kept=True
    )
    ordered(device, profile=make_profile(state="ordered", profile_type=kind))
    device.begin()
    shown = {tag: value for tag, value, _ in split(one(device.card.metadata, "BF25"))}
    assert (shown["91"].decode(), shown["92"].decode()) == ("续航", "Demo 10 GB")
    assert "B7" in shown
    assert shown["99"] == bytes.fromhex("0520")
    assert b"smdp.example.com" in shown["B6"]


def test_a_call_costs_few_statements(
    device: Device, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ordered(device)
    with django_assert_num_queries(1):
        device.initiate()
    with django_assert_num_queries(3):
        device.authenticate()
    device.prepare()
    with django_assert_num_queries(5):  # Two are the savepoint of the test.
        device.package()
    with django_assert_num_queries(1):
        device.report()
    with django_assert_num_queries(5):  # Two are the savepoint of the test.
        apply_notifications(smdp=device.smdp, now=NOW, most=1)


def test_only_what_a_phone_can_not_repeat_waits_for_the_disk(device: Device) -> None:
    def awaited(call: Callable[[], object]) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = on")
            call()
            cursor.execute("SHOW synchronous_commit")
            return bool(cursor.fetchone() == ("on",))

    ordered(device)
    calls = (device.initiate, device.authenticate, device.prepare, device.package, device.report)
    assert [awaited(call) for call in calls] == [False, False, True, True, True]
    assert not awaited(lambda: apply_notifications(smdp=device.smdp, now=NOW))


@pytest.mark.parametrize(("requester", "named"), [("1.2.3", ["1.2.3"]), ("", [])])
def test_a_call_names_the_requester_who_is_to_be_told_of_something_new(
    device: Device, requester: str, named: list[str]
) -> None:
    ordered(device, requester=requester)
    heard_of: list[str] = []
    device.begin()
    for _ in range(2):
        get_bound_profile_package(
            smdp=device.smdp, body=device.preparing, now=NOW, tell=heard_of.append
        )
    assert heard_of == named
    device.card.install(device.package())
    for event in (0, 1):
        device.report(device.event(event) if event else None)
    apply_notifications(smdp=device.smdp, now=NOW, tell=heard_of.append)
    assert heard_of == named * 3


# Repetitions


def test_the_same_request_again_is_answered_with_the_same_bytes(device: Device) -> None:
    order = ordered(device)
    device.initiate()
    assert device.authenticate() == device.authenticate()
    device.prepare()
    package = device.package()
    assert device.package() == package
    assert device.authenticate() == device.offer
    assert now_of(order).downloads == 1
    assert told(order) == [(3, 1, "")]


def test_another_proof_in_the_same_session_is_refused(device: Device) -> None:
    ordered(device)
    opened = device.initiate()
    device.authenticate()
    device.authenticating = device.card.authenticate_body(opened, matching_id=device.matching_id)
    assert heard(device.authenticate) == "8.10.1/3.9"


def test_another_one_time_key_in_the_same_session_gets_no_second_package(device: Device) -> None:
    ordered(device)
    device.begin()
    device.package()
    device.prepare(keeps_key=False)
    assert heard(device.package) == "8.2/3.7"


def test_a_retry_in_a_new_session_gets_the_same_segments_and_counts_once(device: Device) -> None:
    order = ordered(device)
    device.begin()
    first = device.package()
    key = device.card.one_time_point
    device.begin()
    again = device.package()
    assert device.card.one_time_point == key
    assert segments_of(again) == segments_of(first)
    assert device.card.install(again) == order.profile.package
    device.reported()
    assert (now_of(order).state, now_of(order).downloads) == ("installed", 1)
    assert told(order) == [(3, 1, ""), (4, 1, "")]


def with_another_key(device: Device) -> None:
    """Come as far as to ask for the package, with another key than the card was offered."""
    device.initiate()
    device.authenticate()
    device.prepare(keeps_key=False)


def test_a_card_that_lost_its_key_gets_a_package_for_its_new_one_which_counts(
    device: Device,
) -> None:
    order = ordered(device, requester="1.2.3", downloads_max=2)
    device.begin()
    device.package()
    with_another_key(device)
    assert device.card.install(device.package()) == order.profile.package
    assert now_of(order).downloads == 2
    assert told(order) == [(3, 1, ""), (3, 2, "")]


def test_other_keys_get_no_more_packages_than_the_order_has_downloads(device: Device) -> None:
    order = ordered(device, downloads_max=2)
    device.begin()
    device.package()
    with_another_key(device)
    device.package()
    for _ in range(2):
        with_another_key(device)
        assert heard(device.package) == "8.2/3.7"
    assert now_of(order).downloads == 2


def test_the_key_that_was_used_gets_the_same_package_when_all_are_used_up(device: Device) -> None:
    order = ordered(device, downloads_max=1)
    device.begin()
    first = device.package()
    for _ in range(3):
        device.begin()
        assert segments_of(device.package()) == segments_of(first)
    assert (now_of(order).state, now_of(order).downloads) == ("downloaded", 1)


def test_another_key_after_the_order_s_time_gets_nothing(device: Device) -> None:
    order = ordered(device, downloads_max=2, expires_at=NOW + timedelta(minutes=1))
    device.begin()
    device.package()
    device.now = NOW + timedelta(minutes=2)
    with_another_key(device)
    assert heard(device.package) == "8.8.5/4.10"
    assert now_of(order).downloads == 1


# Who may


def test_a_second_card_does_not_get_what_the_first_has(device: Device, world: World) -> None:
    order = ordered(device)
    other = Device(device.smdp, another_card(world, OTHER_EID), device.matching_id)
    other.begin()
    device.download()
    assert heard(other.package) == "8.2/3.7"
    assert heard(other.begin) == "8.1.1/3.8"
    assert now_of(order).bound_eid == EID


AT_THE_DOOR = {
    "no such matching id": ({}, "NO-SUCH-ID", "8.2.6/3.8"),
    "none": ({}, None, "8.2.6/3.8"),
    "not released": ({"state": "confirmed"}, "", "8.2/1.2"),
    "for another eUICC": ({"eid": OTHER_EID}, "", "8.1.1/3.8"),
    "for this one": ({"eid": EID}, "", "ok"),
    "cancelled": ({"state": "cancelled"}, "", "8.2.6/3.8"),
    "in error": ({"state": "error"}, "", "8.2.6/3.8"),
    "expired": ({"expires_at": NOW}, "", "8.8.5/4.10"),
    "not expired": ({"expires_at": NOW + timedelta(seconds=1)}, "", "ok"),
    "too often": ({"downloads": 2, "downloads_max": 2}, "", "8.8.5/6.4"),
    "installed": ({"state": "installed"}, "", "8.2.6/3.8"),
    "installed, and may be again": ({"state": "installed", "redownload": "same_euicc",
                                     "needs_delete": False}, "", "ok"),
    "installed and not deleted": ({"state": "installed", "redownload": "same_euicc"}, "",
                                  "8.2.6/3.8"),
}  # fmt: skip


@pytest.mark.parametrize(("fields", "asked", "answer"), AT_THE_DOOR.values(), ids=AT_THE_DOOR)
def test_an_order_is_offered_or_refused_so(
    device: Device, fields: dict[str, Any], asked: str | None, answer: str
) -> None:
    order = ordered(device, **fields)
    before = DownloadOrder.objects.values().get()
    device.matching_id = order.matching_id if asked == "" else asked
    device.initiate()
    assert heard(device.authenticate) == answer
    assert DownloadOrder.objects.values().get() == before


def test_a_device_without_a_matching_id_gets_the_order_for_its_eid(device: Device) -> None:
    make_download_order(eid=EID, state="installed")
    order = make_download_order(eid=EID, matching_id=None)
    make_download_order(eid=OTHER_EID, matching_id=None)
    for asked in (None, ""):
        device.matching_id = asked
        device.begin()
    device.package()
    assert now_of(order).state == "downloaded"


def test_a_card_without_the_memory_is_told(device: Device) -> None:
    ordered(device)
    device.card.free_bytes = 5_000
    device.initiate()
    assert heard(device.authenticate) == "8.1/4.8"


def test_an_order_that_is_cancelled_meanwhile_is_not_given(device: Device) -> None:
    order = ordered(device)
    device.begin()
    DownloadOrder.objects.filter(pk=order.pk).update(state="cancelled")
    assert heard(device.package) == "8.2/3.7"


# Sessions


def test_a_session_that_nobody_knows_or_that_is_over_is_refused(device: Device) -> None:
    order = ordered(device)
    device.initiate()
    device.now = NOW + timedelta(minutes=11)
    assert heard(device.authenticate) == "8.10.1/3.9"
    device.now = NOW
    device.authenticate()
    device.prepare()
    device.now = NOW + timedelta(hours=2)
    assert heard(device.package) == "8.10.1/3.9"
    assert heard(device.cancel) == "8.10.1/3.9"
    assert now_of(order).state == "released"


def test_a_package_before_the_offer_is_refused(device: Device, world: World) -> None:
    order = ordered(device)
    device.begin()
    other = Device(device.smdp, TinyCard(world), order.matching_id)
    other.initiate()
    transaction = answered(other.initiate())["transactionId"]
    body = device.preparing.decode().replace(device.card.transaction_id.hex(), transaction)
    device.preparing = body.encode()
    assert heard(device.package) == "8.10.1/3.9"


# SGP.22 names them in 5.7.14; `protocols/sgp22/cancel.py` says what each means for an order.
REASONS = [0, 1, 2, 3, 4, 5, 127]


@pytest.mark.parametrize("reason", REASONS)
def test_a_phone_that_gives_up_leaves_the_order_good(device: Device, reason: int) -> None:
    order = ordered(device)
    device.begin()
    device.cancel(reason)
    assert not DownloadSession.objects.exists()
    assert heard(device.package) == "8.10.1/3.9"
    assert heard(device.cancel) == "8.10.1/3.9"
    assert now_of(order).state == "released"
    assert device.download() == order.profile.package


def test_a_phone_that_gives_up_after_the_package_may_still_report(device: Device) -> None:
    order = ordered(device)
    device.download()
    device.cancel()
    assert heard(device.package) == "8.10.1/3.9"
    device.reported()
    assert now_of(order).state == "installed"


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("has_package", [False, True])
def test_only_rules_that_its_card_refuses_end_an_order_for_that_card(
    device: Device,
    reason: int,
    has_package: bool,  # noqa: FBT001 -- pytest gives it by name
) -> None:
    order = ordered(device, eid=EID, requester="1.2.3")
    device.begin()
    if has_package:
        device.package()
    before = (now_of(order).state, told(order))
    device.cancel(reason)
    is_final = reason == 3
    assert (now_of(order).state == "error") == is_final
    if is_final:
        point = 4 if has_package else 1
        assert told(order)[-1] == (point, int(has_package), "NO_ELIGIBLE_PROFILE")
        assert (now_of(order).binding, now_of(order).bound_eid) == (None, "")
        assert not DownloadSession.objects.exists()
        device.initiate()
        assert heard(device.authenticate) == "8.2.6/3.8"
    else:
        assert (now_of(order).state, told(order)) == before
        assert device.download() == order.profile.package


def test_sessions_that_are_over_are_forgotten(device: Device) -> None:
    ordered(device)
    device.initiate()
    device.begin()
    assert forget_downloads(now=NOW + timedelta(minutes=9)) == 0
    assert forget_downloads(now=NOW + timedelta(minutes=11)) == 1
    device.package()
    assert forget_downloads(now=NOW + timedelta(days=29)) == 0
    assert forget_downloads(now=NOW + timedelta(days=31)) == 1


# Confirmation codes


def with_code(device: Device, code: str, **fields: Any) -> DownloadOrder:
    return ordered(device, code_digest=code_digest(code), **fields)


def test_the_right_code_opens_and_a_wrong_one_is_counted(device: Device) -> None:
    order = with_code(device, "4711")
    device.initiate()
    device.authenticate()
    heards = []
    for code in ("", "4712", "4711"):
        device.code = code
        device.prepare()
        heards.append((heard(device.package), now_of(order).wrong_codes))
    assert heards == [("8.2.7/2.2", 0), ("8.2.7/3.8", 1), ("ok", 0)]
    assert device.card.is_code_required


def test_after_ten_wrong_codes_the_right_one_opens_nothing(device: Device) -> None:
    order = with_code(device, "4711", requester="1.2.3")
    heards = []
    for number in range(10):
        device.code = f"{number:04}"
        device.begin()
        heards.append(heard(device.package))
        assert len(told(order)) == (number == 9)
    device.code = "4711"
    device.begin()
    heards += [heard(device.package), heard(device.package)]
    assert heards == ["8.2.7/3.8"] * 10 + ["8.2.7/6.4"] * 2
    assert now_of(order).state == "released"
    assert told(order) == [(2, 0, "CODE_TRIES_EXCEEDED")]
    device.initiate()
    assert heard(device.authenticate) == "8.8.5/6.4"


def test_a_code_that_was_typed_is_worth_nothing_in_another_session(device: Device) -> None:
    with_code(device, "4711")
    device.code = "4711"
    device.begin()
    old = device.preparing
    device.begin()
    first, second = (answered_id(body) for body in (old, device.preparing))
    device.preparing = old.replace(first, second)
    assert heard(device.package) == "8.10.1/3.9"


def answered_id(body: bytes) -> bytes:
    return body.split(b'"transactionId": "')[1][:32]


# What cards report


def test_the_same_report_again_changes_nothing(device: Device) -> None:
    order = ordered(device)
    device.download()
    result = device.card.installation_result()
    assert device.report(result)
    assert not device.report(result)
    device.reported(result)
    assert not device.report(result)
    assert told(order) == [(3, 1, ""), (4, 1, "")]
    assert results() == ["applied"]


def test_a_report_that_is_not_the_card_s_is_refused(device: Device, world: World) -> None:
    order = ordered(device)
    device.download()
    other = another_card(world, OTHER_EID)
    other.transaction_id, other.metadata = device.card.transaction_id, device.card.metadata
    other.server_oid = device.card.server_oid
    device.reported(other.installation_result())
    assert results() == ["refused"]
    assert now_of(order).state == "downloaded"
    device.reported()
    assert now_of(order).state == "installed"


def test_a_report_of_a_session_that_nobody_knows_changes_nothing(device: Device) -> None:
    order = ordered(device)
    device.begin()
    device.reported()  # Nothing was bound yet.
    assert (results(), now_of(order).state) == (["unknown"], "released")


def test_a_body_without_the_bytes_of_a_notification_is_not_kept(device: Device) -> None:
    for body in (b"", b"{}", b'{"pendingNotification":"?"}'):
        with pytest.raises(RspRefusal):
            handle_notification(body=body, now=NOW)
    assert not ReceivedNotification.objects.exists()


def test_what_can_not_be_read_is_set_aside_up_to_a_limit(
    device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("limosa.domain.rsp.operations.handle_notification.UNREADABLE_MAX", 2)
    order = ordered(device)
    device.download()
    contents = [b"\x30\x00", b"\x30\x00", b"no TLV", b"\x31\x00"]
    assert [device.report(one) for one in contents] == [True, False, True, False]
    device.reported()
    assert results() == ["fault", "fault", "applied"]
    kept = ReceivedNotification.objects.filter(result="fault").order_by("id")
    assert [row.content for row in kept] == [b"\x30\x00", b"no TLV"]
    assert now_of(order).state == "installed"


def test_a_notification_that_makes_us_fault_holds_up_none_behind_it(
    device: Device, world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    order = ordered(device)
    device.download()
    device.report()
    other = Device(device.smdp, another_card(world, OTHER_EID))
    good = ordered(other)
    other.download()
    other.report()
    verify = notification.verify_installation

    def fault_once(**reported: Any) -> None:
        monkeypatch.setattr(notification, "verify_installation", verify)
        raise ZeroDivisionError

    monkeypatch.setattr(notification, "verify_installation", fault_once)
    apply_notifications(smdp=device.smdp, now=NOW)
    assert results() == ["fault", "applied"]
    assert (now_of(order).state, now_of(good).state) == ("downloaded", "installed")
    assert "is set aside" in caplog.text
    assert "ZeroDivisionError" in caplog.text
    kept = ReceivedNotification.objects.get(result="fault")
    assert kept.content
    ReceivedNotification.objects.filter(pk=kept.pk).update(result="waiting")  # Once it is mended.
    apply_notifications(smdp=device.smdp, now=NOW)
    assert now_of(order).state == "installed"


def test_a_notification_under_a_key_that_is_gone_is_set_aside(device: Device) -> None:
    ordered(device)
    device.download()
    device.report()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE rsp_receivednotification SET content = 'enc1.gone.AAAA'")
    assert apply_notifications(smdp=device.smdp, now=NOW, most=1) == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT result FROM rsp_receivednotification")
        assert cursor.fetchall() == [("fault",)]


FAILURES = {
    "too little memory": (10, "released", ""),
    "interrupted": (11, "downloaded", EID),
    "segments in disorder": (8, "released", ""),
    "it is there already": (9, "downloaded", EID),
    "a profile element": (12, "error", ""),
    "a rule": (15, "error", ""),
}


@pytest.mark.parametrize(("reason", "state", "bound"), FAILURES.values(), ids=FAILURES)
def test_a_failed_installation_leads_here(
    device: Device, reason: int, state: str, bound: str
) -> None:
    order = ordered(device)
    device.download()
    device.reported(device.card.installation_result(error=(5, reason)))
    assert (now_of(order).state, now_of(order).bound_eid) == (state, bound)
    has_moved = state != "downloaded"
    assert told(order)[1:] == ([(4, 1, f"5/{reason}")] if has_moved else [])
    assert results() == ["applied" if has_moved else "nothing"]
    assert (now_of(order).binding is None) == has_moved


def test_a_late_report_of_a_failure_leaves_a_repeated_download_alone(device: Device) -> None:
    order = ordered(device)
    device.download()
    late = device.card.installation_result(error=(5, 8))
    device.download()
    device.reported(late)
    assert (now_of(order).state, now_of(order).bound_eid) == ("downloaded", EID)
    assert results() == ["nothing"]


def test_after_a_failure_another_device_may_try(device: Device, world: World) -> None:
    order = ordered(device)
    device.download()
    device.reported(device.card.installation_result(error=(5, 10)))
    other = Device(device.smdp, another_card(world, OTHER_EID), device.matching_id)
    assert other.download() == order.profile.package
    assert (now_of(order).bound_eid, now_of(order).downloads) == (OTHER_EID, 2)
    assert told(order) == [(3, 1, ""), (4, 1, "5/10"), (3, 2, "")]


def test_it_is_enabled_disabled_and_deleted(device: Device) -> None:
    order = ordered(device)
    device.download()
    device.reported()
    seen = []
    for event in (1, 2, 1, 3):
        device.reported(device.event(event))
        row = now_of(order)
        seen.append((row.enabled_at is not None, row.deleted_at is not None))
    assert seen == [(True, False), (False, False), (True, False), (False, True)]
    assert results() == ["applied"] * 5


def test_an_event_without_the_report_before_it_shows_that_it_was_installed(
    device: Device,
) -> None:
    order = ordered(device)
    device.download()
    device.reported(device.event(1))
    assert (now_of(order).state, now_of(order).enabled_at) == ("installed", NOW)
    assert told(order) == [(3, 1, ""), (4, 1, "")]
    device.reported()
    assert results() == ["applied", "nothing"]


def test_a_card_does_not_report_for_another(device: Device, world: World) -> None:
    order = ordered(device)
    device.download()
    device.reported()
    other = Device(device.smdp, another_card(world, OTHER_EID))
    other.card.metadata = device.card.metadata
    other.reported(other.event(3))
    assert now_of(order).deleted_at is None
    assert results() == ["applied", "unknown"]


def test_what_was_deleted_is_downloaded_again_within_its_terms(
    device: Device, world: World
) -> None:
    order = ordered(device, redownload="any_euicc", downloads_max=2)
    device.download()
    device.reported()
    other = Device(device.smdp, another_card(world, OTHER_EID), device.matching_id)
    other.initiate()
    assert heard(other.authenticate) == "8.2.6/3.8"
    device.reported(device.event(3))
    assert other.download() == order.profile.package
    other.reported()
    row = now_of(order)
    assert (row.state, row.bound_eid, row.downloads) == ("installed", OTHER_EID, 2)
    assert row.deleted_at is None
    other.reported(other.event(3))
    device.initiate()
    assert heard(device.authenticate) == "8.8.5/6.4"


def test_old_notifications_are_forgotten_and_waiting_ones_are_not(device: Device) -> None:
    ordered(device)
    device.download()
    device.report()
    later = NOW + timedelta(days=91)
    DownloadSession.objects.all().delete()
    assert forget_downloads(now=later) == 0
    assert apply_notifications(smdp=device.smdp, now=NOW) == 1
    assert forget_downloads(now=later) == 1
