"""Runs the tests under coverage: the rules and operations that hold money and quota, every branch.

    branches.py             the tests of rules, providers and operations, then the table
    branches.py --table     the table of the last run again

Prints what no test reached, and fails when it is in a gated folder.
"""

import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COVERAGE = ROOT / ".venv" / "bin" / "coverage"
GATED = ("foundation/*", "protocols/*", "domain/*/engine/*", "domain/*/operations/*")
# Two processes of our own: xdist ends its workers before such a long run has written its data.
TESTS = (("tests/unit", "tests/contract"), ("tests/database",))


def main(words: Sequence[str]) -> int:
    if "--table" not in words:
        (ROOT / "artefacts" / "coverage").mkdir(parents=True, exist_ok=True)
        _coverage("erase")
        with ThreadPoolExecutor() as pool:
            failed = max(pool.map(_run, TESTS))
        _coverage("combine", "--quiet")
        if failed:
            return failed
    gated = ",".join(f"src/limosa/{form}" for form in GATED)
    return _coverage("report", f"--include={gated}", "--fail-under=100")


def _run(folders: Sequence[str]) -> int:
    return _coverage("run", "-m", "pytest", *folders, "--quiet", "--timeout=600")


def _coverage(*words: str) -> int:
    return subprocess.run([str(COVERAGE), *words], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
