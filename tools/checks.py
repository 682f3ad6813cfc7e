"""Runs the project's checks, fastest first: all, or those named. Stops at the first failure.

Those in LONG run only when they are named: `make test-long`.

A check that succeeds is one line with its seconds, a test run's after its slowest tests; one that
fails shows what it said.
"""

import os
import subprocess
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = ROOT / ".venv" / "bin"
BYTECODE = ROOT / "artefacts" / "bytecode"


@dataclass(frozen=True)
class Check:
    """One step. `folder`: tests that it runs; a folder that holds none is left out.

    `is_beside`: it needs one processor, and runs beside the step that follows it.
    """

    name: str
    command: list[str]
    folder: str = ""
    environment: tuple[tuple[str, str], ...] = ()
    is_beside: bool = False

    @property
    def exists(self) -> bool:
        return not self.folder or any((ROOT / self.folder).rglob("test_*.py"))


def _tests(name: str, *options: str, examples: str = "steady") -> Check:
    folder = f"tests/{name}"
    slowest = ["--durations=25", "--durations-min=2"]
    command = ["pytest", folder, "--quiet", *slowest, *options]
    return Check(name, command, folder=folder, environment=(("HYPOTHESIS_PROFILE", examples),))


# A file's tests stay in one process: what they share is made once.
BESIDE_EACH_OTHER = ("-n2", "--dist", "loadfile")
MOSTLY_WAITING = ("-n6", "--dist", "loadfile")  # For servers that stop, and answers that are late.
CHECKS = [
    Check("ruff", ["ruff", "check", "--quiet", "."]),
    Check("format", ["ruff", "format", "--check", "--quiet", "."]),
    Check("imports", ["lint-imports"]),
    Check("packages", ["deptry", "--no-ansi", "src"]),
    Check("types", ["mypy"], is_beside=True),
    _tests("unit", "-n3", "--dist", "loadfile", examples="rules"),  # Some of them wait, too.
    _tests("contract", *MOSTLY_WAITING),
    _tests("database", *BESIDE_EACH_OTHER),
    _tests("migration"),
    _tests("scenario", *BESIDE_EACH_OTHER, "--no-loadscope-reorder"),  # Its longest come first.
    _tests("concurrency", *BESIDE_EACH_OTHER),
    _tests("timed"),  # Alone: it compares times.
]
LONG = [
    Check(
        "properties",
        ["pytest", "tests/unit", "--quiet", "--timeout=1800", *BESIDE_EACH_OTHER],
        folder="tests/unit",
        environment=(("HYPOTHESIS_PROFILE", "long"),),
    ),
    Check("coverage", ["python", "tools/branches.py"], folder="tests/unit"),
    Check(
        "fuzz",
        [
            "pytest",
            "tests/database/web/fuzz",
            "tests/scenario/security/test_bad_input_over_a_socket.py",
            "--quiet",
        ],
        folder="tests/database/web/fuzz",
        environment=(
            ("LIMOSA_FUZZ_COUNT", "50000"),
            ("LIMOSA_SOCKET_FUZZ_COUNT", "20000"),
        ),
    ),
    Check(
        "simulation",
        ["pytest", "tests/scenario/payments", "tests/scenario/renewals", "--quiet"],
        folder="tests/scenario/payments",
        environment=(
            ("LIMOSA_SIMULATED_RUNS", "1000"),
            ("LIMOSA_SIMULATED_RENEWALS", "5000"),
            ("LIMOSA_HUNT_BUGS", "1"),
        ),
    ),
]


def main() -> int:
    wanted = sys.argv[1:] or [check.name for check in CHECKS]
    known = [*CHECKS, *LONG]
    if unknown := set(wanted) - {check.name for check in known}:
        print(f"No such check: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    start = time.monotonic()
    checks = [check for check in known if check.name in wanted and check.exists]
    waiting: list[Future[int]] = []
    with ThreadPoolExecutor(1) as beside:
        for number, check in enumerate(checks, 1):
            run = partial(_run_and_tell, check, f"[{number}/{len(checks)}] {check.name}")
            if check.is_beside and number < len(checks):
                waiting.append(beside.submit(run))
                continue
            codes = [run(), *(one.result() for one in waiting)]
            waiting.clear()
            if any(codes):
                return 1
    print(f"all checks passed in {time.monotonic() - start:.0f} s")
    return 0


def _run_and_tell(check: Check, label: str) -> int:
    began = time.monotonic()
    code = _run(check)
    print(f"{label}: {'FAILED' if code else 'ok'}, {time.monotonic() - began:.1f} s", flush=True)
    return code


def _run(check: Check) -> int:
    environment = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}
    environment |= {"PYTHONPYCACHEPREFIX": str(BYTECODE)} | dict(check.environment)
    # Containers often have it: then each of the hundreds of processes would compile all it reads.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [str(BIN / check.command[0]), *check.command[1:]]
    if check.folder:  # A test run shows its progress.
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        check=False,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if done.returncode:
        print(done.stdout)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
