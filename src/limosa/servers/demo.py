"""Runs several processes as one: starts them, watches them, restarts those that end, stops them
all.

It does not know what they are: config/demo_run.py names them. Each child's output goes to a file;
each is killed when this process is, and has to be able to bear that.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from limosa.servers.parent_death import ends_with_parent
from limosa.servers.ports import is_free, is_taken

READY_SECONDS_MAX = 60.0
STOP_SECONDS_MAX = 8.0
POLL_SECONDS = 0.05
# A child that ends within this time has failed; it is restarted after a longer pause.
SHORT_LIFE_SECONDS = 10.0
PAUSE_SECONDS_MAX = 15.0
LOG_BYTES_MAX = 10_000_000

Say = Callable[[str], None]


class DemoFault(Exception):
    """The demo can't run; the text says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """A child process. `port`: where it accepts connections once it is ready, if it does."""

    name: str
    command: Sequence[str]
    port: int | None = None


class Child:
    """A running program and its history."""

    def __init__(self, program: Program, *, environment: Mapping[str, str], logs: Path) -> None:
        self.program = program
        self.log_file = logs / f"{program.name.replace(' ', '-')}.log"
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self._began = 0.0
        self._pause_seconds = 0.0
        self._start_again_at: float | None = None

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        if self.log_file.exists() and self.log_file.stat().st_size > LOG_BYTES_MAX:
            self.log_file.replace(self.log_file.with_suffix(".old.log"))
        self._began = time.monotonic()
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                self.program.command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # We handle Ctrl-C, in our own order.
                preexec_fn=ends_with_parent(signal.SIGKILL),  # noqa: PLW1509 -- see tether.py
            )

    def is_ready(self) -> bool:
        return self.is_running and (self.program.port is None or is_taken(self.program.port))

    def keep_running(self, say: Say) -> None:
        """Restart it if it has ended: at once, or after a pause if it did not live long."""
        now = time.monotonic()
        if self.is_running:
            return
        if self._start_again_at is None:
            code = self._process.returncode if self._process else None
            self._end_group()
            short = now - self._began < SHORT_LIFE_SECONDS
            self._pause_seconds = min(self._pause_seconds * 2 + 1, PAUSE_SECONDS_MAX) * short
            self._start_again_at = now + self._pause_seconds
            say(f"{self.program.name} {_ending(code)}; starting it again. Its log: {self.log_file}")
        elif now >= self._start_again_at:
            self._start_again_at = None
            self.start()

    def ask_to_stop(self) -> None:
        if self._process is not None and self.is_running:
            self._process.terminate()

    def wait_until_stopped(self, deadline: float) -> None:
        """Wait for its end; after the deadline kill it and everything that it started."""
        if self._process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(max(deadline - time.monotonic(), 0.0))
        self._end_group()
        self._process.wait()

    def last_lines(self) -> str:
        text = self.log_file.read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.splitlines()[-15:])

    def _end_group(self) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)


class Supervisor:
    """Child processes in the order of their start, stopped in reverse order.

    A signal to stop arrives as KeyboardInterrupt, at any time until stop() is called.
    """

    def __init__(self, *, logs: Path, say: Say) -> None:
        self._logs = logs
        self._say = say
        self._children: list[Child] = []

    def listen_to_signals(self) -> None:
        """Treat SIGTERM and a closed terminal like Ctrl-C."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.default_int_handler)

    def start(self, programs: Sequence[Program], *, environment: Mapping[str, str]) -> None:
        """Start programs together and wait until all are ready.

        Raises DemoFault, with the end of the log of the one that is not.
        """
        waiting = [Child(program, environment=environment, logs=self._logs) for program in programs]
        for child in waiting:
            self._children.append(child)
            child.start()
        deadline = time.monotonic() + READY_SECONDS_MAX
        while waiting := [child for child in waiting if not child.is_ready()]:
            for child in waiting:
                if not child.is_running or time.monotonic() > deadline:
                    raise DemoFault(
                        f"{child.program.name} did not start. The end of {child.log_file}:\n"
                        + child.last_lines()
                    )
            time.sleep(POLL_SECONDS)

    def run(self, program: Program, *, environment: Mapping[str, str], hear: Say) -> None:
        """Run a program to its end; `hear` receives its output. Raises DemoFault if it fails."""
        with subprocess.Popen(
            program.command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=ends_with_parent(signal.SIGKILL),  # noqa: PLW1509 -- see tether.py
        ) as process:
            try:
                for line in process.stdout or ():
                    hear(line.rstrip())
            except BaseException:
                process.terminate()
                raise
        if process.returncode:
            raise DemoFault(f"{program.name} {_ending(process.returncode)}")

    def keep_running(self, watch: Callable[[], None]) -> NoReturn:
        """Keep everything alive until KeyboardInterrupt. `watch` is called every half second."""
        while True:
            time.sleep(0.5)
            watch()
            for child in self._children:
                child.keep_running(self._say)

    def stop(self) -> None:
        """Ask all to stop, the last one started first, and wait; kill those that do not."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        deadline = time.monotonic() + STOP_SECONDS_MAX
        for child in reversed(self._children):
            child.ask_to_stop()
        for child in reversed(self._children):
            child.wait_until_stopped(deadline)
        self._children.clear()


def check_ports(ports: Mapping[str, int]) -> None:
    """Raise DemoFault, naming all the ports that the demo needs and that are taken."""
    taken = [f"{port} ({name})" for name, port in ports.items() if not is_free(port)]
    if taken:
        raise DemoFault(
            f"Taken by another program: port {', '.join(taken)}. Perhaps a demo is running "
            "already. Choose others with `limosa demo --port 9000`, or make demo "
            'ARGS="--port 9000".'
        )


def _ending(code: int | None) -> str:
    if code is None:
        return "has not run"
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with code {code}"
