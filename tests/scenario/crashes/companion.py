"""A module of the tests that runs beside the servers, and answers each line with one of JSON."""

import json
import shlex
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from tests.processes import ROOT


class Companion:
    """Its process. The first line that it prints says that it is ready."""

    def __init__(self, module: str, *words: str, environment: Mapping[str, str]) -> None:
        self._name = module
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", module, *words],
            env=dict(environment),
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def wait_until_ready(self) -> None:
        self._read()

    def ask(self, *words: str) -> dict[str, Any]:
        """Send words, and return what is answered."""
        assert self._process.stdin is not None
        self._process.stdin.write(shlex.join(words) + "\n")
        self._process.stdin.flush()
        return self._read()

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, f"{self._name} has ended"
        answer: dict[str, Any] = json.loads(line)
        return answer
