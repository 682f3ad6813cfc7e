"""Operators are told how their orders' downloads go: at least once, in order, and nobody else."""

import json
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from pytest_django.fixtures import Settings

from limosa.domain.rsp.engine.requesters import requester_of
from limosa.domain.rsp.engine.telling import (
    GIVEN_UP_AFTER,
    LEASE,
    UNADDRESSED_GIVEN_UP_AFTER,
    pause_after,
)
from limosa.domain.rsp.models import DownloadOrder, ProgressReport
from limosa.domain.rsp.operations.take_progress_report import take_progress_report
from limosa.domain.rsp.telling import tell_progress
from limosa.protocols.sgp22.es2plus import Progress
from limosa.simulators.virtual_phone.command import main as run_phone
from tests.factories import MOMENT
from tests.factories.rsp import EID, make_download_order
from tests.fakes.receiver import Receiver, receiving

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]
SECOND = timedelta(seconds=1)


@pytest.fixture
def operator(settings: Settings) -> Iterator[Receiver]:
    with receiving() as receiver:
        settings.SMDP_PROGRESS_URLS = {"1.2.3": receiver.url}
        settings.SMDP_OID = "2.999.10"
        yield receiver


def make_order(identifier: str = "1.2.3", holder: str = "h") -> DownloadOrder:
    requester = requester_of(identifier, holder=holder)
    return make_download_order(state="installed", requester=requester)


def make_report(order: DownloadOrder, point: int = 3, **fields: Any) -> ProgressReport:
    fields = {"eid": EID, "download": 1, "happened_at": MOMENT, "next_at": MOMENT} | fields
    return ProgressReport.objects.create(order=order, point=point, **fields)


def tell(now: datetime = MOMENT) -> int:
    return tell_progress(until=now + SECOND, clock=lambda: now)


def points(receiver: Receiver) -> list[int]:
    return [int(message["notificationPointId"]) for _, message in receiver.heard]


def test_a_download_and_its_installation_are_told_in_the_words_of_the_standard(
    operator: Receiver,
) -> None:
    order = make_order()
    report, _ = make_report(order), make_report(order, 4)
    assert tell() == 2
    path, message = operator.heard[0]
    assert path == "/gsma/rsp2/es2plus/handleDownloadProgressInfo"
    assert message == {
        "header": {
            "functionRequesterIdentifier": "2.999.10",
            "functionCallIdentifier": f"progress-{report.pk}",
        },
        "eid": EID,
        "iccid": order.profile.iccid,
        "profileType": "demo",
        "timestamp": MOMENT.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "notificationPointId": 3,
        "notificationPointStatus": {"status": "Executed-Success"},
    }
    assert points(operator) == [3, 4]
    assert tell(MOMENT + timedelta(days=1)) == 0


def test_a_failed_installation_is_told_with_what_the_card_said(operator: Receiver) -> None:
    make_report(make_order(), 4, failure="5/10")
    assert tell() == 1
    status = operator.heard[0][1]["notificationPointStatus"]
    assert (status["status"], status["statusCodeData"]["subjectCode"]) == ("Failed", "8.1")
    assert "5/10" in status["statusCodeData"]["message"]


@pytest.mark.parametrize(
    ("point", "failure", "codes"),
    [(1, "NO_ELIGIBLE_PROFILE", "8.2.5/4.3"), (2, "CODE_TRIES_EXCEEDED", "8.2.7/6.4")],
)
def test_what_fails_before_the_download_has_its_point_and_its_status(
    operator: Receiver, point: int, failure: str, codes: str
) -> None:
    make_report(make_order(), point, failure=failure)
    assert tell() == 1
    message = operator.heard[0][1]
    data = message["notificationPointStatus"]["statusCodeData"]
    assert message["notificationPointId"] == point
    assert f"{data['subjectCode']}/{data['reasonCode']}" == codes


def test_what_was_in_vain_is_told_again_later_and_later_under_the_same_name(
    operator: Receiver,
) -> None:
    make_report(make_order())
    operator.answers = [500, 404, 302]
    now = MOMENT
    for attempt in (1, 2, 3):
        assert tell(now) == 0
        assert tell(now + pause_after(attempt) - SECOND) == 0
        now += pause_after(attempt)
    assert tell(now) == 1
    assert len(operator.heard) == 4
    assert len({message["header"]["functionCallIdentifier"] for _, message in operator.heard}) == 1


def test_a_later_report_waits_for_an_earlier_one_of_its_order_alone(operator: Receiver) -> None:
    first, second = make_order(), make_order(holder="i")
    make_report(first, next_at=MOMENT + timedelta(minutes=1))
    make_report(first, 4)
    make_report(second, 4)
    assert tell() == 1
    assert operator.heard[0][1]["iccid"] == second.profile.iccid
    assert tell(MOMENT + timedelta(minutes=1)) == 2
    assert points(operator) == [4, 3, 4]


def test_an_operator_that_is_away_holds_nobody_up(operator: Receiver, settings: Settings) -> None:
    settings.SMDP_PROGRESS_URLS |= {"4.5.6": "http://127.0.0.1:1"}
    for _ in range(5):
        make_report(make_order("4.5.6"))
    make_report(make_order())
    assert tell() == 1
    assert ProgressReport.objects.filter(attempts=0).count() == 4
    assert not ProgressReport.objects.filter(told_at=None, next_at=None).exists()


def test_a_worker_that_dies_while_it_tells_leaves_the_report_to_another(
    operator: Receiver,
) -> None:
    make_report(make_order())
    assert take_progress_report(known=None, without=(), now=MOMENT) is not None
    assert tell(MOMENT + LEASE - SECOND) == 0
    assert tell(MOMENT + LEASE) == 1


def test_it_is_given_up_after_a_week(operator: Receiver) -> None:
    report = make_report(make_order())
    operator.answers = [503]
    assert tell(MOMENT + GIVEN_UP_AFTER) == 0
    report.refresh_from_db()
    assert (report.next_at, report.told_at) == (None, None)


def test_others_reports_are_left_alone(operator: Receiver) -> None:
    own = make_report(make_download_order(state="installed", requester="own_network"))
    assert tell() == 0
    assert operator.heard == []
    own.refresh_from_db()
    assert (own.next_at, own.attempts) == (MOMENT, 0)


def test_a_worker_without_addresses_leaves_all_to_one_that_has_them(
    operator: Receiver, settings: Settings
) -> None:
    report = make_report(make_order())
    known, settings.SMDP_PROGRESS_URLS = settings.SMDP_PROGRESS_URLS, {}
    assert tell() == 0
    report.refresh_from_db()
    assert (report.next_at, report.attempts) == (MOMENT, 0)
    settings.SMDP_PROGRESS_URLS = known
    assert tell() == 1


def test_what_has_no_address_waits_for_one_for_a_week_and_is_then_a_line_in_the_log(
    operator: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "limosa.domain.rsp.telling")
    reports = [make_report(make_order("7.8.9")) for _ in range(2)]
    make_report(make_order())
    assert tell() == 1
    for report in reports:
        report.refresh_from_db()
        assert (report.next_at, report.told_at, report.attempts) == (MOMENT, None, 0)
    assert caplog.messages == []
    assert tell(MOMENT + UNADDRESSED_GIVEN_UP_AFTER - SECOND) == 0
    assert ProgressReport.objects.filter(next_at__isnull=False).count() == 2
    assert tell(MOMENT + UNADDRESSED_GIVEN_UP_AFTER) == 0
    assert not ProgressReport.objects.filter(next_at__isnull=False).exists()
    [line] = caplog.messages
    assert "2 given up" in line


def test_an_address_that_is_set_later_gets_what_waited(
    operator: Receiver, settings: Settings
) -> None:
    make_report(make_order("7.8.9"))
    assert tell() == 0
    settings.SMDP_PROGRESS_URLS |= {"7.8.9": operator.url}
    assert tell() == 1


def test_two_workers_with_addresses_of_their_own_tell_each_its_own_at_once(
    operator: Receiver, settings: Settings
) -> None:
    here, there = {"1.2.3": operator.url}, {"4.5.6": operator.url}
    reports = [make_report(make_order(name)) for name in ("1.2.3", "4.5.6", "4.5.6 7", "14.5.6")]
    for urls, own in ((here, reports[0]), (there, reports[1])):
        settings.SMDP_PROGRESS_URLS = urls
        assert tell() == 1
        own.refresh_from_db()
        assert (own.told_at, own.attempts) == (MOMENT, 1)
    for report in reports[2:]:
        report.refresh_from_db()
        assert (report.next_at, report.attempts) == (MOMENT, 0)


def test_who_tells_is_named_as_in_its_certificate(
    operator: Receiver, settings: Settings, tmp_path: Path
) -> None:
    run_phone(["pki", "--pki", str(tmp_path), "--fqdn", "smdp.example"])
    settings.SMDP_OID = ""
    files = [tmp_path / curve / "dp_auth.pem" for curve in ("P-256", "brainpoolP256r1")]
    settings.SMDP_AUTHENTICATION_CERTIFICATES = ",".join(map(str, files))
    make_report(make_order())
    assert tell() == 1
    certificate = x509.load_pem_x509_certificate(files[0].read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    [oid] = names.get_values_for_type(x509.RegisteredID)
    header = operator.heard[0][1]["header"]
    assert header["functionRequesterIdentifier"] == oid.dotted_string


def test_a_url_with_a_path_and_a_user_is_taken_as_it_is(
    operator: Receiver, settings: Settings
) -> None:
    url = operator.url.replace("http://", "http://es2plus:s%2Fecret@")
    settings.SMDP_PROGRESS_URLS = {"": f"{url}/suppliers/es2plus/callback"}
    make_report(make_order("anybody"))
    assert tell() == 1
    assert operator.heard[0][0] == "/suppliers/es2plus/callback"
    assert operator.users == ["es2plus:s/ecret"]


def test_our_own_operators_side_reads_what_is_told(operator: Receiver) -> None:
    order = make_order()
    make_report(order, 4)
    tell()

    read = Progress.read(json.dumps(operator.heard[0][1]).encode())
    assert (read.iccid, read.at, read.execution.is_done) == (order.profile.iccid, MOMENT, True)
