"""PostgreSQL is killed and started again under a running web server and worker."""

import json
import urllib.error
import urllib.request
from email.message import Message
from pathlib import Path

import psycopg
import pytest

from tests.processes import artefacts, run_module, wait_for
from tests.scenario.stack import Stack, open_folder

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(300)]


def answer(stack: Stack, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
    """Return status, headers and text of a GET."""
    request = urllib.request.Request(stack.url("web") + path, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as found:
            return found.status, named(found.headers), found.read(4000).decode()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, named(refusal.headers), refusal.read().decode()


def named(headers: Message) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def order_maker(stack: Stack, *arguments: str) -> str:
    module = "tests.scenario.servers.order_maker"
    return run_module(module, *arguments, environment=stack.environment).strip()


def heartbeat(stack: Stack) -> object:
    """Return when a worker last wrote that it lives, and how many sweeps were begun by then."""
    with psycopg.connect(stack.environment["DATABASE_URL"]) as connection:
        return connection.execute(
            "SELECT (SELECT max(last_heartbeat) FROM procrastinate_workers),"
            " (SELECT max(defer_timestamp) FROM procrastinate_periodic_defers)"
        ).fetchone()


def test_a_database_that_is_away_is_told_and_everything_goes_on_when_it_is_back() -> None:
    key = {"LIMOSA_USAGE_FEED_KEY": "a key"}
    with (
        open_folder("away") as folder,
        Stack(folder, logs=artefacts("away"), environment=key) as stack,
    ):
        Path(stack.environment["LIMOSA_PAYPAL_CERTIFICATE_FOLDER"]).mkdir(exist_ok=True)
        stack.start("web", "worker")
        number, watched, _, not_yet_watched = order_maker(stack, "make").split()
        cookie = "sessionid=" + "a" * 32
        assert answer(stack, "/orders/", Cookie=cookie)[0] == 200
        wait_for(lambda: heartbeat(stack) not in {None, (None, None)}, what="a worker")
        with urllib.request.urlopen(stack.url("web") + watched, timeout=60) as stream:
            stack.kill("database")
            check_away(stack, not_yet_watched, cookie)
            stack.start("database")
            status, _, _ = answer(stack, "/orders/", Cookie=cookie)
            assert status == 200, "the first page after it"
            before = heartbeat(stack)
            wait_for(lambda: is_listening(stack), what="the listener")
            order_maker(stack, "cancel", number)
            assert b"cancelled" in stream.read()  # It ends, as nothing more is to come.
            # One that ended would have left no number behind it.
            ended = {None, (None, None)}
            wait_for(lambda: heartbeat(stack) not in {before, *ended}, what="its next sign")
            assert stack.is_alive("worker")


def check_away(stack: Stack, watched: str, cookie: str) -> None:
    status, headers, text = answer(stack, "/orders/", Cookie=cookie)
    assert (status, headers["retry-after"]) == (503, "5")
    assert '<meta http-equiv="refresh" content="5">' in text
    assert answer(stack, "/static/limosa.css")[0] == 200
    assert answer(stack, watched)[0] == 503
    request = urllib.request.Request(
        stack.url("web") + "/feeds/usage",
        json.dumps({"feed": "lab", "records": [usage()]}).encode(),
        {"Authorization": "Bearer a key", "Content-Type": "application/json"},
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=20)
    with refused.value as found:
        assert found.code == 503
        assert "error" in json.loads(found.read())


def usage() -> dict[str, object]:
    moment = "2026-01-01T00:00:00Z"
    return {
        "record_id": "1", "iccid": "8901000000000000001", "started_at": moment, "ended_at": moment,
        "uplink_bytes": 1, "downlink_bytes": 1,
    }  # fmt: skip


def is_listening(stack: Stack) -> bool:
    """Whether the web server listens for events."""
    with psycopg.connect(stack.environment["DATABASE_URL"]) as connection:
        rows = connection.execute(
            "SELECT 1 FROM pg_stat_activity WHERE query = 'LISTEN limosa_events'"
        ).fetchall()
    return bool(rows)
