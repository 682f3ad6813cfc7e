"""The whole product on loopback, as real processes, for one test or a few.

    with Stack(folder, logs=ROOT / "artefacts" / "mine") as stack:  # database, gateway, mailbox
        stack.start("web", "worker")
        stack.kill("web")               # SIGKILL, whoever works for it too
        stack.start("web")              # at the same port, on the same data
        call(f"{stack.url('gateway')}/control/pause-notifications", {})

Durable PostgreSQL (fsync on) by a Unix socket; every other part at a free port of its own. A start
returns when the part answers. Logs are kept in `logs`, one a part. At the end of the `with` every
process is killed and the database deleted, whatever happened. Start it in pytest's main thread:
the kernel ties the database to the thread that forked it.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from limosa.servers.embedded_postgres import EmbeddedPostgres

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 120.0
POLL_SECONDS = 0.02
_PORTS = ("web", "gateway", "mailbox", "smtp")
_LIMOSA = (sys.executable, "-m", "limosa.config.cli")


class Stack:
    """The parts, by name: database, gateway, mailbox, web, worker.

    settings: the settings module of web, worker and whatever else is run in `environment`.
    time_scale: what the gateway multiplies the waits between its notifications with.
    """

    def __init__(
        self,
        folder: Path,
        *,
        logs: Path,
        settings: str = "tests.settings",
        environment: dict[str, str] | None = None,
        time_scale: float = 0.01,
    ) -> None:
        self.folder = folder
        self.logs = logs
        self.environment: dict[str, str] = {}
        self._settings = settings
        self._extra = environment or {}
        self._time_scale = time_scale
        self._ports = dict(zip(_PORTS, free_ports(len(_PORTS)), strict=True))
        self._database = EmbeddedPostgres(folder / "postgres", durable=True)
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        self.logs.mkdir(parents=True, exist_ok=True)
        for log in self.logs.glob("*.log"):
            log.unlink()
        try:
            self.environment = self._basic_environment() | {"DATABASE_URL": self._database.start()}
            self.start("gateway", "mailbox")
            merchant = self.folder / "gateway" / "merchant.json"
            self.environment |= json.loads(merchant.read_text(encoding="utf-8"))
            with self._log("migrate") as log:
                subprocess.run(
                    [*_LIMOSA, "migrate"],
                    env=self.environment, cwd=ROOT, check=True, stdout=log, stderr=log,
                )  # fmt: skip
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def cluster(self) -> Path:
        """The folder in which PostgreSQL's processes work."""
        return self._database.data_folder / "cluster"

    def url(self, name: str) -> str:
        """Return the address of web, gateway or the mailbox's pages."""
        return f"http://127.0.0.1:{self._ports[name]}"

    def start(self, *names: str, **environment: str) -> None:
        """Start parts, beside each other; return when each answers.

        A part that has ended, or was killed by someone else, may be started again.
        environment: for these alone, this once.
        """
        for name in names:
            if name == "database":
                self._database.stop()
                self._database.start()
            else:
                self._spawn(name, environment)
        for name in names:
            if name != "database":
                wait_for(lambda name=name: self._is_ready(name), what=f"the start of {name}")  # type: ignore[misc]

    def kill(self, *names: str) -> None:
        """Kill parts with SIGKILL, at once; return when nothing of them is left."""
        for name in names:
            if name == "database":
                kill_all_in(self.cluster)
            elif self.is_alive(name):
                self._processes[name].send_signal(signal.SIGKILL)
        for name in names:
            if name != "database":
                self.wait_for_end(name)

    def wait_for_end(self, name: str) -> None:
        """Wait until a part that was killed is gone; with the web server, its workers too."""
        self._processes[name].wait(PATIENCE_SECONDS)
        if name in self._ports:
            port = self._ports[name]
            wait_for(lambda: not is_taken(port), what=f"the end of {name}")

    def restart(self, name: str, **environment: str) -> None:
        self.kill(name)
        self.start(name, **environment)

    def is_alive(self, name: str) -> bool:
        return name in self._processes and self._processes[name].poll() is None

    def pid(self, name: str) -> int:
        return self._processes[name].pid

    def stop(self) -> None:
        """Kill everything and delete the database; what is there already does no harm."""
        with ExitStack() as remaining:  # Each of them, even if another fails.
            remaining.callback(self._database.delete)
            remaining.callback(self._database.stop)
            for process in self._processes.values():
                remaining.callback(process.wait)
                process.kill()

    def _basic_environment(self) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("LIMOSA_", "DJANGO_", "DATABASE_URL"))
        }
        return {
            **kept,
            "DJANGO_SETTINGS_MODULE": self._settings,
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "LIMOSA_BASE_URL": self.url("web"),
            "LIMOSA_EMAIL_URL": f"smtp://127.0.0.1:{self._ports['smtp']}",
            "LIMOSA_WEB_WORKERS": "1",
            **self._extra,
        }

    def _spawn(self, name: str, environment: dict[str, str]) -> None:
        if self.is_alive(name):
            raise AssertionError(f"{name} runs already")
        with self._log(name) as log:
            self._processes[name] = subprocess.Popen(
                self._command(name),
                env=self.environment | environment,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def _command(self, name: str) -> list[str]:
        ports = {part: str(port) for part, port in self._ports.items()}
        simulator = (sys.executable, "-m", f"limosa.simulators.{_module(name)}")
        data = ("--data", str(self.folder / name))
        commands: dict[str, list[str]] = {
            "web": [*_LIMOSA, "web", "--port", ports["web"]],
            "worker": [*_LIMOSA, "worker"],
            "gateway": [
                *simulator, "--port", ports["gateway"], *data,
                "--time-scale", str(self._time_scale),
            ],
            "mailbox": [
                *simulator, "--smtp-port", ports["smtp"], "--http-port", ports["mailbox"], *data,
            ],
        }  # fmt: skip
        return commands[name]

    def _is_ready(self, name: str) -> bool:
        """The worker has no door to knock at: that it runs must do."""
        if not self.is_alive(name):
            raise AssertionError(f"{name} ended while starting; see {self.logs / name}.log")
        return name not in self._ports or is_answering(self.url(name))

    def _log(self, name: str) -> Any:
        return (self.logs / f"{name}.log").open("ab")


def _module(name: str) -> str:
    return "payment_gateway" if name == "gateway" else name


def free_ports(count: int) -> list[int]:
    """Return so many ports of loopback that nobody listens at, each another."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]


def is_taken(port: int) -> bool:
    """Tell whether somebody listens at a port of loopback."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def is_answering(url: str) -> bool:
    """Tell whether an HTTP server answers there, be it with a refusal."""
    try:
        with urllib.request.urlopen(f"{url}/no-such-page", timeout=5):
            return True
    except urllib.error.HTTPError as refusal:
        refusal.close()
        return True
    except OSError:
        return False


def wait_for(
    condition: Callable[[], bool], *, what: str, seconds: float = PATIENCE_SECONDS
) -> None:
    """Wait until the condition holds. Raises AssertionError when patience ends."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds:.0f} s in vain for {what}")
        time.sleep(POLL_SECONDS)


def call(url: str, content: dict[str, Any] | None = None) -> dict[str, Any]:
    """Send JSON (or ask, when there is none) and return the JSON of the answer."""
    data = None if content is None else json.dumps(content).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        found: dict[str, Any] = json.loads(answer.read() or b"{}")
        return found


def kill_all_in(folder: Path) -> None:
    """Kill every process that works in a folder, as all of PostgreSQL's do in its cluster.

    Returns when they are gone. Looks into /proc: Linux only.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while found := _processes_in(folder):
        for process in found:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        if time.monotonic() > deadline:
            raise AssertionError(f"processes {found} do not die")
        time.sleep(POLL_SECONDS / 10)


def _processes_in(folder: Path) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (entry / "cwd").readlink() == folder:
                found.append(int(entry.name))
    return found
