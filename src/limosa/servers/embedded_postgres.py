"""A PostgreSQL of our own in one folder, for the demo, the tests and small installations.

It is reached through a Unix socket with a generated password; no network port is opened. Started as
root, the server runs as an existing unprivileged user. It has one owner at a time, recorded in a
lock file. What a killed owner left behind (a running server, orphaned sessions, a half-made
cluster) is cleaned up at the next start; committed data is never lost while `durable`.
"""

import fcntl
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import quote, urlencode

import psycopg

from limosa.servers.parent_death import ends_with_parent
from limosa.servers.postgres_binaries import (
    Binaries,
    PostgresFault,
    SystemUser,
    as_user,
    find_binaries,
    unprivileged_user,
)

DATABASE = "limosa"
ROLE = "limosa"
# The path of a Unix socket has at most 107 bytes (103 on macOS); the file is named .s.PGSQL.5432.
SOCKET_FOLDER_BYTES_MAX = 103 - len("/.s.PGSQL.5432")
START_SECONDS_MAX = 120.0  # Crash recovery may have a lot to replay.
FAST_STOP_SECONDS_MAX = 10.0
IMMEDIATE_STOP_SECONDS_MAX = 5.0
ORPHAN_SECONDS_MAX = 2.0
POLL_SECONDS = 0.02
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedPostgres:
    """One cluster in `data_folder`, running between `start()` and `stop()`.

    durable: False gives up crash safety; for throw-away clusters only.
    settings: further server settings, as in postgresql.conf.
    Every method raises PostgresFault with a text for people.
    """

    def __init__(
        self, data_folder: Path, *, durable: bool = True, settings: dict[str, str] | None = None
    ) -> None:
        self.data_folder = data_folder.resolve()
        self._durable = durable
        self._settings = ({} if durable else NOT_DURABLE) | (settings or {})
        self._cluster = self.data_folder / "cluster"
        self._password_file = self.data_folder / "password"
        self._log_file = self.data_folder / "postgresql.log"
        self._socket_folder: Path | None = None
        self._lock: IO[str] | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._user: SystemUser | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def is_running(self) -> bool:
        return self._server is not None and self._server.poll() is None

    @property
    def url(self) -> str:
        """The DATABASE_URL for connecting to it; known once it was started."""
        if self._socket_folder is None:
            raise PostgresFault("The embedded PostgreSQL was not started.")
        return self._url(DATABASE)

    def start(self) -> str:
        """Start the server, creating the cluster first if there is none. Returns its DATABASE_URL.

        Called again after the server died, it restarts it at the same URL.
        """
        self._user = self._choose_user()
        binaries = find_binaries(self._user)
        self._prepare_folder()
        self._take_lock()
        try:
            self._end_what_was_left()
            self._make_cluster(binaries)
            self._run_server(binaries)
            self._make_database()
        except BaseException:
            self.stop()
            raise
        return self.url

    def stop(self) -> None:
        """Stop the server: sessions are cut off, committed data stays. Repeating it does
        nothing."""
        server, self._server = self._server, None
        if server is not None:
            _end(server)
        if self._socket_folder and self._socket_folder.parent != self.data_folder:
            shutil.rmtree(self._socket_folder, ignore_errors=True)
        self._socket_folder = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def delete(self) -> None:
        """Delete the cluster and everything in it. Raises while another process owns it."""
        self._take_lock()
        self._end_what_was_left()
        shutil.rmtree(self.data_folder)
        self.stop()

    def _choose_user(self) -> SystemUser | None:
        """Return the owner of an existing cluster, or else an unprivileged user if we are root."""
        if not self._cluster.exists():
            return unprivileged_user()
        owner = self._cluster.stat()
        if owner.st_uid == os.geteuid() and owner.st_uid != 0:
            return None
        if os.geteuid() == 0 and owner.st_uid != 0:
            return SystemUser(uid=owner.st_uid, gid=owner.st_gid)
        raise PostgresFault(
            f"The database in {self.data_folder} belongs to another user (id {owner.st_uid}). "
            "Start as that user, or choose another data folder."
        )

    def _prepare_folder(self) -> None:
        self.data_folder.mkdir(parents=True, exist_ok=True)
        self.data_folder.chmod(0o700)
        if self._user is not None:
            os.chown(self.data_folder, self._user.uid, self._user.gid)
            self._check_reachable(self._user)
        if not self._password_file.exists():
            draft = self._password_file.with_suffix(".new")
            draft.unlink(missing_ok=True)
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_urlsafe(24), encoding="ascii")
            if self._user is not None:
                os.chown(draft, self._user.uid, self._user.gid)
            draft.rename(self._password_file)

    def _check_reachable(self, user: SystemUser) -> None:
        answer = subprocess.run(
            ["/bin/sh", "-c", 'cd "$0"', str(self.data_folder)],
            cwd="/",
            capture_output=True,
            check=False,
            **as_user(user),
        )
        if answer.returncode:
            raise PostgresFault(
                f"The user that PostgreSQL runs as (id {user.uid}) cannot enter "
                f"{self.data_folder}: a folder above it is closed to other users. "
                "Choose another data folder."
            )

    def _take_lock(self) -> None:
        """Become the owner; the kernel releases the lock when the owner dies, however it dies."""
        if self._lock is not None:
            return
        lock = (self.data_folder / "owner").open("a+", encoding="ascii")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            owner = lock.read().strip() or "unknown"
            lock.close()
            raise PostgresFault(
                f"The database in {self.data_folder} is in use by process {owner}. "
                "Stop that one first, or choose another data folder."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock

    def _end_what_was_left(self) -> None:
        """End processes of this cluster that outlived their owner, and delete a half-made one."""
        for number in (signal.SIGQUIT, signal.SIGKILL):
            if not (left := self._processes_left()):
                break
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, number)
            deadline = time.monotonic() + ORPHAN_SECONDS_MAX
            while self._processes_left() and time.monotonic() < deadline:
                time.sleep(POLL_SECONDS)
        shutil.rmtree(self._cluster.with_suffix(".new"), ignore_errors=True)

    def _processes_left(self) -> list[int]:
        """Return the process ids of this cluster's server and sessions, the server first.

        Each has the cluster's folder as its working directory. Where the system does not show that
        (anywhere but Linux), only the server itself is found, through its pid file.
        """
        pids = {pid for pid in (_server_pid(self._cluster),) if pid}
        for entry in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if (entry / "cwd").readlink() == self._cluster:
                    pids.add(int(entry.name))
        return sorted(pids)

    def _make_cluster(self, binaries: Binaries) -> None:
        made_by = self._cluster / "PG_VERSION"
        if made_by.exists():
            if int(made_by.read_text(encoding="ascii")) != binaries.major_version:
                raise PostgresFault(
                    f"The database in {self.data_folder} was made by PostgreSQL "
                    f"{made_by.read_text(encoding='ascii').strip()}; this is {binaries.version}. "
                    "Move it with pg_dump, or delete the folder to start anew."
                )
            return
        draft = self._cluster.with_suffix(".new")
        answer = subprocess.run(
            [
                binaries.folder / "initdb",
                f"--pgdata={draft}",
                f"--username={ROLE}",
                f"--pwfile={self._password_file}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--data-checksums",
                *([] if self._durable else ["--no-sync"]),
                # Before 17 there is no built-in provider; C sorts the same way, by bytes.
                *(
                    ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
                    if binaries.major_version >= 17
                    else []
                ),
            ],
            cwd=self.data_folder,
            env=_environment(),
            capture_output=True,
            text=True,
            check=False,
            **as_user(self._user),
        )
        if answer.returncode:
            raise PostgresFault(f"initdb failed: {answer.stderr.strip() or answer.stdout.strip()}")
        draft.rename(self._cluster)

    def _run_server(self, binaries: Binaries) -> None:
        self._socket_folder = self._socket_folder or self._make_socket_folder()
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._socket_folder),
            "unix_socket_permissions": "0700",
            "timezone": "UTC",
            "log_timezone": "UTC",
        } | self._settings
        # Whoever wrote these is gone, even if another process, or a zombie, now has the process id.
        (self._cluster / "postmaster.pid").unlink(missing_ok=True)
        (self._socket_folder / ".s.PGSQL.5432.lock").unlink(missing_ok=True)
        with self._log_file.open("ab") as log:
            self._server = subprocess.Popen(
                [
                    binaries.folder / "postgres",
                    "-D",
                    self._cluster,
                    *(f"--{name}={value}" for name, value in options.items()),
                ],
                cwd=self._cluster,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # The owner handles Ctrl-C, in its own order.
                preexec_fn=ends_with_parent(signal.SIGINT),  # noqa: PLW1509 -- see tether.py
                **as_user(self._user),
            )

    def _make_socket_folder(self) -> Path:
        folder = self.data_folder / "socket"
        if len(os.fsencode(folder)) > SOCKET_FOLDER_BYTES_MAX:
            folder = Path(tempfile.mkdtemp(prefix="limosa-", dir="/tmp"))
        folder.mkdir(mode=0o700, exist_ok=True)
        if self._user is not None:
            os.chown(folder, self._user.uid, self._user.gid)
        return folder

    def _make_database(self) -> None:
        """Wait until the server answers, and create the database if it does not exist."""
        with self._first_connection() as connection:
            known = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
            ).fetchone()
            if known is None:
                connection.execute(f"CREATE DATABASE {DATABASE}")

    def _first_connection(self) -> psycopg.Connection[tuple[object, ...]]:
        deadline = time.monotonic() + START_SECONDS_MAX
        while True:
            if not self.is_running:
                raise PostgresFault(f"PostgreSQL ended while starting: {self._last_log_lines()}")
            try:
                return psycopg.connect(self._url("postgres"), autocommit=True, connect_timeout=5)
            except psycopg.OperationalError as error:
                if time.monotonic() > deadline:
                    raise PostgresFault(
                        f"PostgreSQL did not answer in {START_SECONDS_MAX:.0f} s ({error}). "
                        f"Its log is {self._log_file}."
                    ) from error
            time.sleep(POLL_SECONDS)

    def _last_log_lines(self) -> str:
        lines = self._log_file.read_text(encoding="utf-8", errors="replace").splitlines()
        return " / ".join(lines[-5:]) + f" (the whole log: {self._log_file})"

    def _url(self, database: str) -> str:
        password = self._password_file.read_text(encoding="ascii").strip()
        query = urlencode({"host": str(self._socket_folder)})
        return f"postgresql://{ROLE}:{quote(password)}@/{database}?{query}"


def _environment() -> dict[str, str]:
    """Return an environment that passes none of the caller's PostgreSQL settings to the server."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def _server_pid(cluster: Path) -> int | None:
    """Return the id of the server running in `cluster`; None if it is gone.

    The id may have been reused since, so the program's name is checked too.
    """
    try:
        pid = int((cluster / "postmaster.pid").read_text(encoding="ascii").split("\n", 1)[0])
        os.kill(pid, 0)
    except (OSError, ValueError):
        return None
    answer = subprocess.run(
        ["ps", "-o", "command=", "-p", str(pid)],  # noqa: S607 -- found by the system's own PATH
        capture_output=True,
        text=True,
        check=False,
        env=_environment(),
    )
    return pid if str(cluster) in answer.stdout else None


def _end(server: subprocess.Popen[bytes]) -> None:
    for number, seconds in (
        (signal.SIGINT, FAST_STOP_SECONDS_MAX),
        (signal.SIGQUIT, IMMEDIATE_STOP_SECONDS_MAX),
        (signal.SIGKILL, None),
    ):
        server.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            server.wait(seconds)
            return
