"""A process that dies at any step of an order and its download: a retry ends installed, once.

A step is a boundary of the work: before each SQL statement, before and after each commit, and
before each answer. They are counted, not listed. tests/scenario/smdp/test_kills.py does it to
processes. Bugs that are planted here show that each assertion can fail.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from limosa.domain.rsp.engine.order_calls import Caller, Confirmation
from limosa.domain.rsp.engine.redownload import Download
from limosa.domain.rsp.loading import load_session
from limosa.domain.rsp.models import (
    DownloadOrder,
    DownloadSession,
    Profile,
    ProgressReport,
    ReceivedNotification,
)
from limosa.domain.rsp.operations import (
    authenticate_client,
    get_bound_profile_package,
    order_profile,
)
from limosa.domain.rsp.operations.apply_notifications import apply_notifications
from limosa.domain.rsp.operations.confirm_download_order import confirm_download_order
from tests.factories.rsp import make_profile
from tests.factories.sgp22 import NOW, World, an_smdp
from tests.fakes.device import Device, heard
from tests.fakes.tiny_card import TinyCard, answered, one, split

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
ORDERING = Caller(requester="1.2.3", call_id="TX-1")
CONFIRMING = Caller(requester="1.2.3", call_id="TX-2")
STEPS_MIN, STEPS_MAX = 25, 60
ATTEMPTS_MAX = 4


class Death(BaseException):
    """The process is gone: nobody catches this."""


class Steps:
    """Counts the boundaries, and dies at the one that is named; 0: at none."""

    def __init__(self, dies_at: int = 0) -> None:
        self.count = 0
        self._dies_at = dies_at

    def boundary(self) -> None:
        self.count += 1
        if self.count == self._dies_at:
            raise Death

    def answered(self, call: Callable[[], Any]) -> Any:
        """Return what a call answers, unless the process dies before that."""
        answer = call()
        self.boundary()
        return answer

    def statement(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        self.boundary()
        return execute(*arguments)

    @contextmanager
    def watch(self) -> Iterator[None]:
        commit = connection.commit

        def watched_commit() -> None:
            self.boundary()
            commit()
            self.boundary()

        vars(connection)["commit"] = watched_commit
        try:
            with connection.execute_wrapper(self.statement):
                yield
        finally:
            del vars(connection)["commit"]


@dataclass
class Course:
    """An operator orders, and a phone downloads; both do again what was not answered. What was
    answered is remembered, as they do."""

    device: Device
    steps: Steps
    is_ordered: bool = False
    is_installed: bool = False
    is_reported: bool = False
    report: bytes = b""
    packages: list[bytes] = field(default_factory=list)

    def run(self) -> None:
        """Go on until all is done, whatever dies."""
        for _ in range(ATTEMPTS_MAX):
            try:
                with self.steps.watch():
                    self._go_on()
            except Death:
                connection.close()  # The server rolls back what was open.
            else:
                return
        raise AssertionError("not done after a few attempts")

    def _go_on(self) -> None:
        if not self.is_ordered:
            self.steps.answered(self._order)
            self.is_ordered = True
        while not self.is_installed:
            self._download()
        if not self.is_reported:
            self.steps.answered(lambda: self.device.report(self.report))
            self.is_reported = True
        while ReceivedNotification.objects.filter(result="waiting").exists():
            apply_notifications(smdp=self.device.smdp, now=NOW)

    def _order(self) -> None:
        order = order_profile.order_profile(caller=ORDERING, profile_type="demo", now=NOW)
        confirmation = Confirmation(matching_id="COURSE-0001")
        confirm_download_order(
            caller=CONFIRMING, iccid=order.profile.iccid, confirmation=confirmation, now=NOW
        )
        self.device.matching_id = "COURSE-0001"

    def _download(self) -> None:
        """Download; the first package breaks off between two segments."""
        self.steps.answered(self.device.initiate)
        self.steps.answered(self.device.authenticate)
        self.device.prepare()
        self.packages.append(self.steps.answered(self.device.package))
        if len(self.packages) == 1:
            return
        assert self.device.card.install(self.packages[-1])
        self.is_installed = True
        self.report = self.device.card.installation_result()


def a_course(world: World, dies_at: int = 0) -> Course:
    """Return a course that begins with two profiles in stock."""
    for model in (ProgressReport, DownloadSession, ReceivedNotification, DownloadOrder, Profile):
        model.objects.all().delete()
    for _ in range(2):
        make_profile()
    return Course(Device(an_smdp(world), TinyCard(world)), Steps(dies_at))


def check(course: Course) -> None:
    """Nothing was lost, burnt, counted or given twice."""
    order = DownloadOrder.objects.get()
    assert (order.state, order.downloads, order.binding) == ("installed", 1, None)
    told = ProgressReport.objects.order_by("point").values_list("point", "download", "failure")
    assert list(told) == [(3, 1, ""), (4, 1, "")]
    assert len({segments_of(package) for package in course.packages}) == 1
    assert ReceivedNotification.objects.get().result == "applied"
    assert not DownloadSession.objects.filter(order=order).exists()
    check_next_order(order)


def check_next_order(order: DownloadOrder) -> None:
    """The profile is not given to whoever comes next."""
    other = order_profile.order_profile(caller=Caller(), profile_type="demo", now=NOW)
    assert other.profile_id != order.profile_id
    assert not Profile.objects.filter(state="available").exists()


def segments_of(answer: bytes) -> bytes:
    whole = answered(answer)["boundProfilePackage"]
    return b"".join(raw for _, _, raw in split(one(whole, "BF36"))[1:])


def test_a_process_may_die_at_any_step(world: World) -> None:
    course = a_course(world)
    course.run()
    check(course)
    count = course.steps.count
    assert STEPS_MIN <= count <= STEPS_MAX
    for step in range(1, count + 1):
        course = a_course(world, dies_at=step)
        course.run()
        check(course)


# Bugs that show it


def forget_binding(patch: pytest.MonkeyPatch) -> None:
    stored = [name for name in get_bound_profile_package._STORED if name != "binding"]
    patch.setattr(get_bound_profile_package, "_STORED", tuple(stored))


def count_repetitions(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(get_bound_profile_package, "judge", lambda *_, **__: Download.AGAIN)


def leave_profile_in_stock(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Profile, "save", lambda *_, **__: None)


def forget_who_called(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(order_profile, "call_key", lambda *_: "")


def answer_before_it_is_stored(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(get_bound_profile_package, "_keep", lambda *_, **__: True)


BUGS = [
    forget_binding,
    count_repetitions,
    leave_profile_in_stock,
    forget_who_called,
    answer_before_it_is_stored,
]


@pytest.mark.parametrize("plant", BUGS)
def test_a_planted_bug_is_seen(
    world: World, monkeypatch: pytest.MonkeyPatch, plant: Callable[[pytest.MonkeyPatch], None]
) -> None:
    plant(monkeypatch)
    assert any(shows(world, dies_at=step) for step in range(STEPS_MIN + 1))


def shows(world: World, *, dies_at: int) -> bool:
    """Whether a course goes wrong: what it ends with, or that something is refused on the way."""
    try:
        course = a_course(world, dies_at=dies_at)
        course.run()
        check(course)
    except Exception:  # noqa: BLE001 -- see above.
        connection.close()
        return True
    return False


def test_a_session_is_not_accepted_for_another_proof(world: World) -> None:
    assert replayed(world) == "8.10.1/3.9"


def test_a_session_that_may_begin_again_is_seen(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = load_session

    def as_if_new(transaction_id: bytes, *, now: datetime) -> DownloadSession:
        session = load(transaction_id, now=now)
        session.state = "opened"
        return session

    monkeypatch.setattr(authenticate_client, "load_session", as_if_new)
    monkeypatch.setattr(authenticate_client, "update_row_if", lambda *_, **__: True)
    assert replayed(world) == "ok"


def replayed(world: World) -> str:
    """Return what a second, different proof in one session is answered."""
    course = a_course(world)
    course._order()
    device = course.device
    opened = device.initiate()
    device.authenticate()
    device.authenticating = device.card.authenticate_body(opened, matching_id="COURSE-0001")
    return heard(device.authenticate)
