"""Programs that a test starts beside itself: the one place that starts, awaits and kills them.

    worker = Process([*LIMOSA, "worker"], environment=…, log=folder / "worker.log")
    with worker:                                # started; killed at the end, whatever happened
        worker.wait_until_said("worker: ready")

tests/scenario/stack.py puts the whole product together from these.
"""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from itertools import cycle, islice
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from limosa.servers.ports import is_free

ROOT = Path(__file__).parents[1]
PATIENCE_SECONDS = 120.0
POLL_SECONDS = 0.02
PORTS_OF_A_BLOCK = 40
# Below those that a system gives to clients: none of them takes one before it is listened at.
_PORTS = range(10_000, 32_000)
_RUNNERS_MAX = 8
LIMOSA = (sys.executable, "-m", "limosa.config.cli")
_OURS = ("LIMOSA_", "DJANGO_", "DATABASE_URL")


class Running(Protocol):
    """What is asked of a process that runs: subprocess.Popen is one."""

    pid: int

    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, number: int, /) -> None: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...


class Process:
    """A program, which may be started again after its end.

    log: the file that its output is added to; without one it is the test's own.
    is_ready: asked after a start, until it is; so long may that take.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        log: Path | None = None,
        is_ready: Callable[[], bool] | None = None,
        start_seconds_max: float = PATIENCE_SECONDS,
    ) -> None:
        self.command = command
        self.environment = dict(os.environ if environment is None else environment)
        self.log = log
        self._is_ready = is_ready
        self._start_seconds_max = start_seconds_max
        self._process: Running | None = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.kill()

    def start(self, **environment: str) -> None:
        """Start it and return when it is ready. environment: for this start alone."""
        self.spawn(**environment)
        self.wait_until_ready()

    def spawn(self, **environment: str) -> None:
        """Start it and return at once."""
        assert not self.is_alive, f"{self} runs already"
        with ExitStack() as opened:
            output = opened.enter_context(self.log.open("ab")) if self.log else None
            self._process = subprocess.Popen(
                self.command,
                env=self.environment | environment,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def wait_until_ready(self) -> None:
        ready, seconds = self._is_ready or (lambda: True), self._start_seconds_max
        self.wait_until(ready, what=f"the start of {self}", seconds=seconds)

    def wait_until(
        self, condition: Callable[[], bool], *, what: str, seconds: float = PATIENCE_SECONDS
    ) -> None:
        """Wait until the condition holds. Raises AssertionError when the program ends before."""

        def holds() -> bool:
            assert self.is_alive, f"{self} has ended: {self.said[-2000:]}"
            return condition()

        wait_for(holds, what=what, seconds=seconds)

    def wait_until_said(self, text: str, times: int = 1) -> None:
        self.wait_until(lambda: self.said.count(text) >= times, what=text)

    @property
    def said(self) -> str:
        """What it has logged, since the log was made."""
        if self.log is None or not self.log.exists():
            return ""
        return self.log.read_text(encoding="utf-8")

    @property
    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        return self._started.pid

    def send_signal(self, number: signal.Signals) -> None:
        self._started.send_signal(number)

    def terminate(self) -> None:
        """Ask it to end, by SIGTERM."""
        self._started.terminate()

    def wait(self, seconds: float = PATIENCE_SECONDS) -> int:
        """Wait for its end, and return its exit code."""
        return self._started.wait(seconds)

    def kill(self) -> None:
        """End it by SIGKILL. Does nothing to one that has ended or was never started."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    @property
    def _started(self) -> Running:
        assert self._process is not None, f"{self} was not started"
        return self._process

    def __str__(self) -> str:
        return " ".join(str(word) for word in self.command[1:4])


def product_environment(database_url: str, **more: str) -> dict[str, str]:
    """Return the environment of a process of the product: the tests' settings, and none of ours."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    return {
        **kept,
        "DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        **more,
    }


def run_module(module: str, *words: str, environment: Mapping[str, str]) -> str:
    """Run a module of the tests as a process until its end, and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", module, *words],
        env=environment,
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def artefacts(name: str) -> Path:
    """Return the folder for what a test leaves to be read; each process of a run has its own."""
    folder = ROOT / "artefacts" / os.environ.get("PYTEST_XDIST_WORKER", "") / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _own_blocks() -> Iterator[int]:
    """Yield the first port of one block of ports after another; the other processes of this run
    have other blocks, and other runs begin elsewhere."""
    own = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    blocks = _PORTS[own * PORTS_OF_A_BLOCK :: _RUNNERS_MAX * PORTS_OF_A_BLOCK]
    begin = os.getpid() % len(blocks)
    return cycle([*blocks[begin:], *blocks[:begin]])


_blocks = _own_blocks()
_singles = (first + offset for first in _blocks for offset in range(PORTS_OF_A_BLOCK))


def free_ports(count: int) -> list[int]:
    """Return so many ports of loopback that nobody has, each another."""
    return list(islice(filter(is_free, _singles), count))


def free_block(offsets: Collection[int]) -> int:
    """Return a port that is free with all its neighbours at the offsets."""
    return next(first for first in _blocks if all(is_free(first + offset) for offset in offsets))


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
    condition: Callable[[], bool],
    *,
    what: str | Callable[[], str],
    seconds: float = PATIENCE_SECONDS,
) -> None:
    """Wait until the condition holds. Raises AssertionError when patience ends.

    what: what is waited for, or what says it when the wait was in vain.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            told = what if isinstance(what, str) else what()
            raise AssertionError(f"waited {seconds:.0f} s in vain for {told}")
        time.sleep(POLL_SECONDS)


def call(url: str, content: dict[str, Any] | None = None) -> dict[str, Any]:
    """Send JSON (or ask, when there is none) and return the JSON of the answer."""
    data = None if content is None else json.dumps(content).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        found: dict[str, Any] = json.loads(answer.read() or b"{}")
        return found


def processes_in(folder: Path) -> list[int]:
    """Return the processes that work in a folder, as PostgreSQL's do in its cluster. Linux only."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (entry / "cwd").readlink() == folder:
                found.append(int(entry.name))
    return found


def kill_all_in(folder: Path) -> None:
    """Kill every process that works in a folder; return when they are gone. Linux only."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while found := processes_in(folder):
        for process in found:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        if time.monotonic() > deadline:
            raise AssertionError(f"processes {found} do not die")
        time.sleep(POLL_SECONDS / 10)
