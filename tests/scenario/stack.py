"""The whole product on loopback, as real processes, for one test or a few.

    with Stack(folder, logs=artefacts("mine")) as stack:    # database, gateway, mailbox
        stack.start("web", "worker")
        stack.kill("web")               # SIGKILL, whoever works for it too
        stack.start("web")              # at the same port, on the same data
        call(f"{stack.url('gateway')}/control/pause-notifications", {})

Durable PostgreSQL (fsync on) by a Unix socket, with its tables as the migrations leave them; every
other part at a free port of its own. A start returns when the part answers. Logs are kept in
`logs`, one a part. At the end of the `with` every process is killed and the database deleted,
whatever happened. Start it in pytest's main thread: the kernel ties the database to the thread
that forked it.
"""

import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from limosa.servers.embedded_postgres import EmbeddedPostgres
from limosa.servers.ports import is_taken
from limosa.simulators.payment_gateway.gateway import prepare
from tests.prepared import copy_account, copy_cluster
from tests.processes import (
    LIMOSA,
    ROOT,
    Process,
    free_ports,
    is_answering,
    kill_all_in,
    product_environment,
    run_module,
    wait_for,
)

SIMULATORS = ("gateway", "mailbox")
_PORTS = ("web", "gateway", "mailbox", "smtp")


@contextmanager
def open_folder(name: str) -> Iterator[Path]:
    """Make a folder that PostgreSQL's own user passes through to its cluster; delete it after."""
    with tempfile.TemporaryDirectory(prefix=f"limosa-{name}-") as made:
        folder = Path(made)
        folder.chmod(0o711)
        yield folder


class Stack:
    """The parts, by name: database, gateway, mailbox, web, worker.

    environment: beside what web, worker and whatever else is run in `environment` are told.
    time_scale: what the gateway multiplies the waits between its notifications with.
    simulators: those that are there from the beginning.
    """

    def __init__(
        self,
        folder: Path,
        *,
        logs: Path,
        environment: dict[str, str] | None = None,
        time_scale: float = 0.01,
        simulators: Sequence[str] = SIMULATORS,
    ) -> None:
        self.folder = folder
        self.logs = logs
        self.environment: dict[str, str] = {}
        self._extra = environment or {}
        self._time_scale = time_scale
        self._simulators = simulators
        self._ports = dict(zip(_PORTS, free_ports(len(_PORTS)), strict=True))
        self._database = EmbeddedPostgres(folder / "postgres", durable=True)
        self._processes: dict[str, Process] = {}

    def __enter__(self) -> Self:
        self.logs.mkdir(parents=True, exist_ok=True)
        for log in self.logs.glob("*.log"):
            log.unlink()
        copy_account(self.folder / "gateway")
        copy_cluster(self._database.data_folder)
        merchant = prepare(self.folder / "gateway", base_url=self.url("gateway"))
        try:
            for name in self._simulators:
                self._spawn(name)
            self.environment |= self._basic_environment(self._database.start()) | merchant
            for name in self._simulators:
                self._processes[name].wait_until_ready()
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
                self._spawn(name, **environment)
        for name in names:
            if name != "database":
                self._processes[name].wait_until_ready()

    def run(self, *words: str) -> None:
        """Run a command of `limosa` until its end; its log is named like its first word."""
        with (self.logs / f"{words[0]}.log").open("ab") as log:
            subprocess.run(
                [*LIMOSA, *words],
                env=self.environment, cwd=ROOT, check=True, stdout=log, stderr=log,
            )  # fmt: skip

    def run_module(self, module: str, *words: str) -> str:
        """Run a module of the tests beside the servers; return the last line that it printed."""
        printed = run_module(module, *words, environment=self.environment)
        return printed.splitlines()[-1]

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
        self._processes[name].wait()
        if name in self._ports:
            port = self._ports[name]
            wait_for(lambda: not is_taken(port), what=f"the end of {name}")

    def restart(self, name: str, **environment: str) -> None:
        self.kill(name)
        self.start(name, **environment)

    def is_alive(self, name: str) -> bool:
        return name in self._processes and self._processes[name].is_alive

    def pid(self, name: str) -> int:
        return self._processes[name].pid

    def stop(self) -> None:
        """Kill everything and delete the database; what is there already does no harm."""
        with ExitStack() as remaining:  # Each of them, even if another fails.
            remaining.callback(self._database.delete)
            remaining.callback(self._database.stop)
            for process in self._processes.values():
                remaining.callback(process.kill)

    def _basic_environment(self, database_url: str) -> dict[str, str]:
        return (
            product_environment(
                database_url,
                LIMOSA_BASE_URL=self.url("web"),
                LIMOSA_EMAIL_URL=f"smtp://127.0.0.1:{self._ports['smtp']}",
                LIMOSA_WEB_WORKERS="1",
            )
            | self._extra
        )

    def _spawn(self, name: str, **environment: str) -> None:
        if name not in self._processes:
            self._processes[name] = self._process(name)
        process = self._processes[name]
        process.environment = self.environment or process.environment
        process.spawn(**environment)

    def _process(self, name: str) -> Process:
        """Return a part that is not started yet."""
        return Process(
            self._command(name), log=self.logs / f"{name}.log", is_ready=self._is_ready(name)
        )

    def _is_ready(self, name: str) -> Callable[[], bool] | None:
        """Return what tells that a part answers. The worker has no door: that it runs must do."""
        return partial(is_answering, self.url(name)) if name in self._ports else None

    def _command(self, name: str) -> list[str]:
        ports = {part: str(port) for part, port in self._ports.items()}
        simulator = (sys.executable, "-m", f"limosa.simulators.{_module(name)}")
        data = ("--data", str(self.folder / name))
        commands: dict[str, list[str]] = {
            "web": [*LIMOSA, "web", "--port", ports["web"]],
            "worker": [*LIMOSA, "worker"],
            "gateway": [
                *simulator, "--port", ports["gateway"], *data,
                "--time-scale", str(self._time_scale),
            ],
            "mailbox": [
                *simulator, "--smtp-port", ports["smtp"], "--http-port", ports["mailbox"], *data,
            ],
        }  # fmt: skip
        return commands[name]


def _module(name: str) -> str:
    return "payment_gateway" if name == "gateway" else name
