"""The embedded cluster keeps what was committed, whoever is killed, and serves one owner."""

import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from limosa.servers.embedded_postgres import EmbeddedPostgres
from limosa.servers.postgres_binaries import PostgresFault

OWNER = """
import sys, time
from pathlib import Path
from limosa.servers.embedded_postgres import EmbeddedPostgres
print(EmbeddedPostgres(Path(sys.argv[1])).start(), flush=True)
time.sleep(60)
"""

BUSY_SESSION = """
import psycopg, sys
connection = psycopg.connect(sys.argv[1])
print("connected", flush=True)
connection.execute("SELECT count(*) FROM generate_series(1, 100000000000)")
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """Return a place for a cluster that an unprivileged user can pass to, as tmp_path is not."""
    place = Path(tempfile.mkdtemp(prefix="limosa-pg-"))
    place.chmod(0o711)
    yield place / "database"
    with suppress(FileNotFoundError):
        EmbeddedPostgres(place / "database").delete()
    place.rmdir()


def ask(url: str, question: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(question.encode())
        row = cursor.fetchone() if cursor.description else None
    return row[0] if row else None


def server_pid(folder: Path) -> int:
    return int((folder / "cluster" / "postmaster.pid").read_text().split("\n")[0])


def test_a_new_cluster_answers_and_holds_its_promises(folder: Path) -> None:
    with EmbeddedPostgres(folder) as cluster:
        url = cluster.url
        assert ask(url, "SHOW fsync") == "on"
        assert ask(url, "SHOW data_checksums") == "on"
        assert ask(url, "SHOW listen_addresses") == ""
        assert ask(url, "SHOW server_encoding") == "UTF8"
        assert ask(url, "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method = 'trust'") == 0
    assert not cluster.is_running


def test_the_password_is_private_and_asked_for(folder: Path) -> None:
    with EmbeddedPostgres(folder, durable=False) as cluster:
        password = folder / "password"
        assert stat.S_IMODE(password.stat().st_mode) == 0o600
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(cluster.url.replace(password.read_text(), "guess"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to another user")
def test_started_by_root_it_runs_as_somebody_else(folder: Path) -> None:
    with EmbeddedPostgres(folder, durable=False):
        status = Path(f"/proc/{server_pid(folder)}/status").read_text()
    assert "\nUid:\t0" not in status
    assert "\nGroups:\t \n" in status or "\nGroups:\t\n" in status


def test_what_was_committed_is_there_after_the_server_was_killed(folder: Path) -> None:
    cluster = EmbeddedPostgres(folder)
    url = cluster.start()
    ask(url, "CREATE TABLE kept AS SELECT 7 AS n")
    os.kill(server_pid(folder), signal.SIGKILL)
    while cluster.is_running:
        time.sleep(0.01)
    assert cluster.start() == url
    assert ask(url, "SELECT n FROM kept") == 7
    cluster.stop()


def test_a_killed_owner_leaves_nothing_that_hinders_the_next(folder: Path) -> None:
    owner = subprocess.Popen([sys.executable, "-c", OWNER, folder], stdout=subprocess.PIPE)
    assert owner.stdout is not None
    url = owner.stdout.readline().decode().strip()
    ask(url, "CREATE TABLE kept AS SELECT 7 AS n")
    # The server alone is stopped, so that it cannot even notice; then its owner dies.
    os.kill(server_pid(folder), signal.SIGSTOP)
    owner.kill()
    owner.wait()
    owner.stdout.close()
    with EmbeddedPostgres(folder) as cluster:
        assert ask(cluster.url, "SELECT n FROM kept") == 7


def test_orphaned_sessions_do_not_hinder_the_next_start(folder: Path) -> None:
    cluster = EmbeddedPostgres(folder)
    url = cluster.start()
    busy = subprocess.Popen(
        [sys.executable, "-c", BUSY_SESSION, url], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert busy.stdout is not None
    busy.stdout.readline()
    while not ask(url, "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND wait_event"
                       " IS NULL AND pid <> pg_backend_pid()"):  # fmt: skip
        time.sleep(0.05)
    os.kill(server_pid(folder), signal.SIGKILL)
    while cluster.is_running:
        time.sleep(0.01)
    assert ask(cluster.start(), "SELECT 1") == 1
    cluster.stop()
    busy.wait(10)
    busy.stdout.close()


def test_a_second_owner_is_refused_and_told_who_the_first_is(folder: Path) -> None:
    with (
        EmbeddedPostgres(folder, durable=False),
        pytest.raises(PostgresFault, match=f"in use by process {os.getpid()}"),
    ):
        EmbeddedPostgres(folder, durable=False).start()


def test_a_half_made_cluster_is_made_anew(folder: Path) -> None:
    half = folder / "cluster.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with EmbeddedPostgres(folder, durable=False) as cluster:
        assert ask(cluster.url, "SELECT 1") == 1
    assert not half.exists()


def test_a_cluster_of_another_major_version_is_left_alone(folder: Path) -> None:
    with EmbeddedPostgres(folder, durable=False):
        pass
    (folder / "cluster" / "PG_VERSION").write_text("14\n")
    with pytest.raises(PostgresFault, match="was made by PostgreSQL 14"):
        EmbeddedPostgres(folder, durable=False).start()


def test_a_long_path_gets_its_socket_elsewhere(folder: Path) -> None:
    deep = folder.joinpath(*["a-folder-with-a-long-name"] * 5)
    deep.parent.mkdir(parents=True)
    for parent in deep.relative_to(folder.parent).parents:
        (folder.parent / parent).chmod(0o711)
    cluster = EmbeddedPostgres(deep, durable=False)
    assert ask(cluster.start(), "SELECT 1") == 1
    url = cluster.url
    cluster.stop()
    assert "long-name" not in url
    cluster.delete()
    for parent in [*deep.parents][: len(deep.relative_to(folder.parent).parents) - 1]:
        parent.rmdir()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to another user")
def test_a_folder_that_the_server_cannot_reach_is_refused_in_plain_words(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with pytest.raises(PostgresFault, match="closed to other users"):
        EmbeddedPostgres(tmp_path / "database", durable=False).start()
