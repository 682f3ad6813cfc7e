"""The lock files hold what pyproject.toml asks for, by hash, from no index in particular."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUN = [*PROJECT["project"]["dependencies"], *PROJECT["project"]["optional-dependencies"]["demo"]]
WORK = [*RUN, *PROJECT["dependency-groups"]["dev"]]


def locked(name: str) -> dict[str, str]:
    """Return the version of each package in a lock file, by normalised name."""
    text = (ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8")
    pins = re.findall(r"^([\w.-]+)==([^\s;]+)", text, flags=re.MULTILINE)
    return {canonicalize_name(package): version for package, version in pins}


@pytest.mark.parametrize(("name", "asked"), [("demo", RUN), ("dev", WORK)])
def test_every_dependency_is_locked_to_a_version_that_it_allows(
    name: str, asked: list[str]
) -> None:
    versions = locked(name)
    missing = [
        text
        for text in asked
        if not Requirement(text).specifier.contains(
            versions.get(canonicalize_name(Requirement(text).name), "0"), prereleases=True
        )
        or canonicalize_name(Requirement(text).name) not in versions
    ]
    assert not missing, f"run `make lock`: {missing}"


def test_what_runs_is_what_is_tested() -> None:
    assert locked("demo").items() <= locked("dev").items()


@pytest.mark.parametrize("name", ["demo", "dev", "uv"])
def test_a_lock_file_has_hashes_and_names_no_host(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index" not in text
    packages = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]
    assert all("--hash=sha256:" in package for package in packages)
