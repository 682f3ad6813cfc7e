"""Changes pure code a little, one place at a time, and tells which changes no test notices.

    mutants.py                              pure files that differ from main
    mutants.py --since v0.2                 from any other commit
    mutants.py src/limosa/foundation …      these files, or all below these folders

Pure are foundation, protocols and the engines. A package's mutants must die by its own unit tests,
tests/unit/<package>. mutmut does the work, in a copy below artefacts/mutants/. A survivor means
that a test is missing, or that the change makes no difference; then the line says so, by
`# pragma: no mutate` and why.
"""

import argparse
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PRODUCT = Path("src/limosa")
FOLDER = ROOT / "artefacts" / "mutants"
PURE = ("foundation/**/*.py", "protocols/**/*.py", "domain/*/engine/*.py")
ENDED_WELL = {"killed", "timeout", "caught by type check"}


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--since", default="main", help="the commit to compare with: %(default)s")
    parser.add_argument("paths", nargs="*", type=Path, help="files or folders, whatever changed")
    options = parser.parse_args(words)
    files = _pure(options.paths or _changed(options.since))
    if not files:
        print("No pure file has changed.")
        return 0
    tests = _tests_of(files)
    print(f"{len(files)} files, by the tests in {', '.join(map(str, tests))}", flush=True)
    _prepare(files, tests)
    _mutmut("run", quietly=True)
    return _tell(_mutmut("results", "--all", "true").stdout)


def _changed(since: str) -> list[Path]:
    told = subprocess.run(
        ["/usr/bin/env", "git", "diff", "--name-only", "--merge-base", since],
        cwd=ROOT, check=True, text=True, stdout=subprocess.PIPE,
    )  # fmt: skip
    return [Path(line) for line in told.stdout.splitlines()]


def _pure(paths: Iterable[Path]) -> list[Path]:
    """Return the pure files among the paths and below them, from the project's folder on."""
    pure = {path.relative_to(ROOT) for form in PURE for path in (ROOT / PRODUCT).glob(form)}
    wanted = [(ROOT / path).resolve().relative_to(ROOT) for path in paths]
    return sorted(
        file
        for file in pure
        if file.name != "__init__.py" and any(file.is_relative_to(path) for path in wanted)
    )


def _tests_of(files: Iterable[Path]) -> list[Path]:
    """Return the folders of unit tests that mirror the packages of the files."""
    packages = {file.relative_to(PRODUCT).parts for file in files}
    names = {parts[1] if parts[0] == "domain" else parts[0] for parts in packages}
    return sorted(Path("tests/unit") / name for name in names)


def _prepare(files: Iterable[Path], tests: Iterable[Path]) -> None:
    """Copy the project, with what mutmut is told about these files."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    for name in ("src", "tests", "requirements"):
        shutil.copytree(ROOT / name, FOLDER / name, ignore=shutil.ignore_patterns("__pycache__"))
    told = {
        "source_paths": [str(PRODUCT)],
        "only_mutate": [str(file) for file in files],
        "also_copy": ["requirements"],
        "pytest_add_cli_args_test_selection": [str(folder) for folder in tests],
        "pytest_add_cli_args": ["-p", "no:randomly", "-p", "no:cacheprovider"],
    }
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lines = [f"{name} = {value!r}" for name, value in told.items()]
    text = "\n".join([settings, "[tool.mutmut]", *lines, ""])
    (FOLDER / "pyproject.toml").write_text(text, encoding="utf-8")


def _mutmut(*words: str, quietly: bool = False) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "mutmut", *words],
        cwd=FOLDER, check=True, text=True, stdout=None if quietly else subprocess.PIPE,
    )  # fmt: skip


def _tell(results: str) -> int:
    """Print how many ended how, and each survivor; return the exit code."""
    ends = re.findall(r"^\s+(\S+): (.+)$", results, re.MULTILINE)
    survivors = [name for name, end in ends if end not in ENDED_WELL]
    print(f"{len(ends)} mutants, {len(survivors)} of them not killed")
    for name in survivors:
        print(_mutmut("show", name).stdout)
    return 1 if survivors or not ends else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
