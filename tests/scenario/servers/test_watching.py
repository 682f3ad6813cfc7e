"""What tells an operator how the processes are: the start, health, metrics, the log."""

import json
import re
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from tests.processes import LIMOSA, Process, free_ports, wait_for
from tests.scenario.web_process import own_environment

pytestmark = [pytest.mark.enable_socket, pytest.mark.django_db(transaction=True)]


def ask(url: str) -> tuple[int, str, str]:
    """Return status, body and request number of the answer; status 0: nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read().decode(), answer.headers["X-Request-ID"] or ""
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read().decode(), refusal.headers["X-Request-ID"]
    except OSError:
        return 0, "", ""


def test_a_web_server_tells_how_it_is(tmp_path: Path) -> None:
    port, metrics_port = free_ports(2)
    url, metrics = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{metrics_port}/metrics"
    options = ["--port", str(port), "--metrics", f"127.0.0.1:{metrics_port}"]
    told = {"LIMOSA_ACCESS_LOG": "1", "LIMOSA_LOG_FORMAT": "json", "LIMOSA_WEB_WORKERS": "2"}
    with Process(
        [*LIMOSA, "web", *options],
        environment=own_environment(**told),
        log=tmp_path / "web.log",
        is_ready=lambda: ask(f"{url}/healthz")[0] == 200,
    ) as web:
        assert ask(f"{url}/readyz")[:2] == (200, "ready\n")
        check_newer_tables_are_told(f"{url}/readyz")
        number = ask(f"{url}/no-such-page?token=sesame")[2]
        pages = r'limosa_requests_total\{kind="page",method="GET",status="404"\} 1.0'
        wait_for(lambda: re.search(pages, ask(metrics)[1]) is not None, what="its count")
        web.terminate()
        web.wait(20)
    lines = [json.loads(line) for line in web.said.splitlines()]
    about = [line for line in lines if "/no-such-page" in line["message"]]
    assert {line["request"] for line in about} == {number}  # Django's own line, in a thread, too.
    [access] = [line["message"] for line in about if line["logger"] == "limosa.access"]
    assert access.startswith("127.0.0.1 GET '/no-such-page' 404 ")
    assert "sesame" not in web.said
    assert [line["message"] for line in lines].count("web: ready") == 1


def check_newer_tables_are_told(address: str) -> None:
    """Let a newer version change the tables under the running server, and take it back."""
    recorder = MigrationRecorder(connection)
    recorder.record_applied("payments", "9999_future")
    try:
        told = "newer than this version (it has payments 9999_future)"
        # Each of the processes looks by itself, every two seconds.
        wait_for(lambda: told in ask(address)[1], what="not ready", seconds=20)
    finally:
        recorder.record_unapplied("payments", "9999_future")
    wait_for(lambda: ask(address)[0] == 200, what="ready again", seconds=20)


def test_a_worker_shows_what_waits_and_says_once_that_it_is_ready(tmp_path: Path) -> None:
    [port] = free_ports(1)
    with Process(
        [*LIMOSA, "worker", "--metrics", f"127.0.0.1:{port}"],
        environment=own_environment(),
        log=tmp_path / "worker.log",
    ) as worker:
        worker.wait_until_said("worker: ready")
        shown = ask(f"http://127.0.0.1:{port}/metrics")[1]
        worker.terminate()
        worker.wait(30)
    assert "limosa_database_up 1.0" in shown
    assert "limosa_mails_waiting 0.0" in shown
    assert "limosa_mail_oldest_seconds 0.0" in shown
    assert 'limosa_waiting{what="orders_paid_not_delivered"} 0.0' in shown
    assert worker.said.count("worker: ready") == 1


@pytest.mark.parametrize("command", ["web", "worker"])
def test_nothing_starts_on_tables_of_another_version(command: str) -> None:
    recorder = MigrationRecorder(connection)
    recorder.record_applied("ledger", "9999_from_the_future")
    try:
        done = subprocess.run(
            [*LIMOSA, command],
            env=own_environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        recorder.record_unapplied("ledger", "9999_from_the_future")
    assert done.returncode == 1
    assert "limosa: The database is newer than this version" in done.stderr
