"""Processes of the product that are forked off, so that many starts cost little. Linux only."""

import os
import select
import signal
import subprocess
from collections.abc import Sequence
from typing import Any

from tests.processes import LIMOSA, Process
from tests.scenario.crashes.companion import Companion


class Fork:
    """A process that forking.py has begun; it is asked what subprocess.Popen is."""

    def __init__(self, forker: Companion, pid: int) -> None:
        self.pid = pid
        self._forker = forker
        self._handle = os.pidfd_open(pid)  # Nobody else gets its number before it is reaped.
        self._code: int | None = None

    def poll(self) -> int | None:
        """Return its exit code, None while it runs."""
        return self._code if self._ends_within(0) else None

    def wait(self, timeout: float | None = None) -> int:
        if not self._ends_within(timeout):
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        assert self._code is not None
        return self._code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            signal.pidfd_send_signal(self._handle, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _ends_within(self, seconds: float | None) -> bool:
        if self._code is None:
            ended, _, _ = select.select([self._handle], [], [], seconds)
            if not ended:
                return False
            self._code = int(self._forker.ask("reap", str(self.pid))["code"])
            os.close(self._handle)
        return True


class ForkedProcess(Process):
    """As Process, of a command that a forker has in memory.

    A start with an environment of its own, which is read with the code, is an ordinary one.
    """

    def __init__(self, forker: Companion, command: Sequence[str], **options: Any) -> None:
        super().__init__(command, **options)
        self._forker = forker

    def spawn(self, **environment: str) -> None:
        if environment:
            super().spawn(**environment)
            return
        assert not self.is_alive, f"{self} runs already"
        begun = self._forker.ask("fork", str(self.log), *self.command[len(LIMOSA) :])
        self._process = Fork(self._forker, begun["pid"])
