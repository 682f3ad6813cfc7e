"""What the gateway does for every wire, with a wire that is as small as can be."""

import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from limosa.simulators.clock import wall_clock
from limosa.simulators.loopback_http import Reply, Request, Routes
from limosa.simulators.payment_gateway import store as memory
from limosa.simulators.payment_gateway.faults import FaultPlan, NotificationFault, ReplyFault
from limosa.simulators.payment_gateway.faulty_replies import Style, with_reply_faults
from limosa.simulators.payment_gateway.notifications import Event, Notification
from limosa.simulators.payment_gateway.notifier import Notifier
from limosa.simulators.payment_gateway.statement import notifications_of
from limosa.simulators.payment_gateway.store import Store
from limosa.simulators.payment_gateway.wire import (
    CORRUPTIONS,
    Books,
    Desk,
    Json,
    NotPayableError,
    Outgoing,
    Payment,
    Recent,
    SettlementFile,
    Wire,
    WithoutDisputes,
)

pytestmark = pytest.mark.enable_socket


class Small(WithoutDisputes):
    """A wire that says its content as it is, and wants to hear exactly `thanks`."""

    title = "Small"
    settings: Mapping[str, str] = {}
    delays: Sequence[float] = (0.02, 0.02)
    answer_seconds_max = 2.0
    operations: Sequence[str] = ("create",)
    reply_faults: Sequence[str] = ("shout",)
    corruptions: Sequence[str] = CORRUPTIONS
    refund_outcomes: Sequence[str] = ("done",)
    has_webhook = True

    def __init__(self, name: str) -> None:
        self.name = name
        self.breaks_with: Exception | None = None

    def add_routes(self, routes: Routes) -> None: ...

    def outgoing(
        self, notification: Notification, corruption: str | None, *, now: float
    ) -> Outgoing:
        if corruption == "signature":
            raise ZeroDivisionError(now)
        return Outgoing(notification.url, {"X-Wire": self.name}, notification.content.encode())

    def is_acknowledged(self, status: int, body: bytes) -> bool:
        return status == 200 and body == b"thanks"

    def pass_time(self, db: sqlite3.Connection, *, now: float) -> float | None:
        if self.breaks_with is not None:
            memory.note(db, now, memory.Happening(self.name, "half done", ""))
            raise self.breaks_with
        return None

    def pay(self, number: str, payment: Payment) -> Json:
        raise NotPayableError(f"{number}: {payment}")

    def order(self, db: sqlite3.Connection, number: str) -> Json:
        raise LookupError((db, number))

    def books(self, db: sqlite3.Connection) -> Books:
        return Books(db.execute("SELECT 1 WHERE 0").fetchall(), [])

    def settlement(self, db: sqlite3.Connection, day: date) -> SettlementFile:
        return SettlementFile(str(day), "text/plain", str(db).encode())

    def recent(self, db: sqlite3.Connection, *, count: int) -> Sequence[Recent]:
        return db.execute("SELECT 1 WHERE 0 LIMIT ?", (count,)).fetchall()


class Listener:
    """Answers `answers` in turn, then the last one, and keeps what was asked."""

    def __init__(self, *answers: bytes) -> None:
        self.asked: list[tuple[str, bytes]] = []
        left, listener = list(answers), self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                listener.asked.append((self.path, body))
                answer = left.pop(0) if len(left) > 1 else left[0]
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hear?shop=1"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()


class Stage:
    """Two wires with a notifier between them and a listener."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder / "gateway.sqlite3")
        self.wires: dict[str, Wire] = {}
        self.notifier = Notifier(self.store, self.wires, wall_clock, time_scale=1.0)
        self.first, self.second = Small("first"), Small("second")
        self.wires |= {"first": self.first, "second": self.second}
        self.faults = {name: FaultPlan() for name in self.wires}

    def desk(self, name: str) -> Desk:
        return Desk(
            wire=name, folder=Path("/nowhere"), base_url="http://127.0.0.1:1", clock=wall_clock,
            store=self.store, faults=self.faults[name], refund_seconds=0, wake=self.notifier.wake,
            keep_silent=lambda _seconds: None,
        )  # fmt: skip

    def tell(self, name: str, url: str) -> Notification | None:
        desk = self.desk(name)
        with self.store.transaction() as db:
            event = Event("NUMBER-1", "paid", url, {"paid": True})
            told = desk.notify(db, event, now=wall_clock())
        desk.wake()
        return told

    def wait_for(self, state: str, *, wire: str = "first") -> dict[str, object]:
        found: dict[str, object] = {}
        for _ in range(300):
            with self.store.transaction() as db:
                listed = notifications_of(db, wire=wire, number="NUMBER-1")["notifications"]
            assert isinstance(listed, list)
            (found,) = listed
            if found["state"] == state:
                return dict(found)
            time.sleep(0.02)
        raise AssertionError(f"it is {found['state']}")


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    one = Stage(tmp_path)
    one.notifier.start()
    yield one
    one.notifier.stop()
    one.store.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    one = Listener(b"what?", b"thanks")
    yield one
    one.server.shutdown()
    one.server.server_close()


def test_the_wire_decides_what_acknowledges(stage: Stage, listener: Listener) -> None:
    stage.tell("first", listener.url)
    assert stage.wait_for("acknowledged")["attempts"] == 2


def test_the_address_keeps_its_query(stage: Stage, listener: Listener) -> None:
    stage.tell("first", listener.url)
    stage.wait_for("acknowledged")
    assert listener.asked[0] == ("/hear?shop=1", b'{"paid": true}')


def test_when_the_wires_delays_are_used_up_it_is_given_up(stage: Stage) -> None:
    stage.tell("first", "http://127.0.0.1:1/nobody")
    assert stage.wait_for("given_up")["attempts"] == 3


def test_without_an_address_nothing_is_told_and_no_fault_is_used(stage: Stage) -> None:
    stage.faults["first"].for_next_notifications(NotificationFault(drop=1), count=1)
    assert stage.tell("first", "") is None
    assert stage.faults["first"].take_notification_fault().drop == 1


def test_the_faults_of_one_wire_do_not_meet_another(stage: Stage, listener: Listener) -> None:
    stage.faults["first"].for_all_notifications(NotificationFault(drop=5))
    stage.tell("second", listener.url)
    assert stage.wait_for("acknowledged", wire="second")["attempts"] == 2


def test_a_message_that_cannot_be_made_counts_as_an_attempt(stage: Stage) -> None:
    fault = NotificationFault(corrupt="signature")
    stage.faults["first"].for_next_notifications(fault, count=1)
    stage.tell("first", "http://127.0.0.1:1/nobody")
    assert stage.wait_for("given_up")["attempts"] == 3


def test_a_wire_that_breaks_holds_up_no_other(stage: Stage, listener: Listener) -> None:
    stage.first.breaks_with = RuntimeError("planted")
    stage.tell("second", listener.url)
    assert stage.wait_for("acknowledged", wire="second")["attempts"] == 2
    with stage.store.transaction() as db:
        half_done = db.execute("SELECT * FROM happenings WHERE what = 'half done'").fetchall()
    assert half_done == []


@pytest.mark.parametrize(
    ("kind", "reply", "is_done"),
    [
        ("", b"[done it]", True),
        ("server_error", b"[broken]", False),
        ("server_error_after", b"[broken]", True),
        ("timeout", None, False),
        ("timeout_after", None, True),
        ("malformed", b"[done it", True),
        ("shout", b"[DONE IT]", True),
    ],
)
def test_a_reply_fault_comes_before_or_after_the_work(
    stage: Stage, kind: str, reply: bytes | None, *, is_done: bool
) -> None:
    done: list[str] = []

    def work(_request: Request, _words: dict[str, str]) -> Reply:
        done.append("it")
        return Reply(200, b"done it" + b" " * 9 if kind == "malformed" else b"done it")

    def finish(reply: Reply, fault: str) -> Reply:
        body = reply.body.upper() if fault == "shout" else reply.body
        return Reply(reply.status, b"[" + body + (b"" if kind == "malformed" else b"]"))

    if kind:
        stage.faults["first"].for_next_replies(ReplyFault(kind, "create"), count=1)
    style = Style(lambda: Reply(500, b"broken"), finish)
    handler = with_reply_faults(stage.desk("first"), "create", work, style)
    answer = handler(Request("POST", "/", {}, b"", "127.0.0.1"), {})
    assert (None if answer is None else answer.body.rstrip()) == reply
    assert bool(done) is is_done
