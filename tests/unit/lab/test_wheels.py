"""What is installed of the product holds no deliberate fault: those are the laboratory's."""

import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[3]
LABORATORY = Path("src", "limosa_lab")
# What the laboratory is made of: its own name, its folders, and the words of a planted fault.
FOLDERS = {"limosa_lab", "simulation", "benchmarks", "seeding"}
WORDS = (b"limosa_lab", b"PlantedBug", b"planted_bugs", b"SimulatedCrash")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of what packages are built from, so that a build leaves nothing behind."""
    copy = tmp_path_factory.mktemp("checkout")
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy2(ROOT / name, copy)
    passed_over = shutil.ignore_patterns("__pycache__", "build", "*.egg-info")
    shutil.copytree(ROOT / "src", copy / "src", ignore=passed_over)
    return copy


def wheel_of(project: Path) -> Path:
    """Build the wheel of a project, as any installer does, and return it."""
    build = "from setuptools import build_meta; build_meta.build_wheel('dist')"
    subprocess.run([sys.executable, "-c", build], cwd=project, check=True, capture_output=True)
    [wheel] = (project / "dist").glob("*.whl")
    return wheel


def traces_of_the_laboratory(wheel: Path) -> Iterator[str]:
    """Yield each file that lies in a folder of the laboratory, or names what is in it.

    The README, which comes along as METADATA, may speak of it.
    """
    with ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.endswith(".dist-info/METADATA"):
                continue
            if FOLDERS & {*Path(name).parts} or any(w in archive.read(name) for w in WORDS):
                yield name


def files_of(package: Path, *patterns: str) -> set[str]:
    """Return what a wheel has to hold of a package's folder, as it names it."""
    found = [{*package.rglob(pattern)} for pattern in patterns]
    assert all(found)
    return {path.relative_to(package.parent).as_posix() for path in set.union(*found)}


def test_the_products_wheel_is_whole_and_holds_nothing_of_the_laboratory(checkout: Path) -> None:
    """Nor what a build of an older version left behind, when it was a part of the product."""
    left = checkout / "build" / "lib" / "limosa" / "config" / "simulation" / "planted_bugs.py"
    left.parent.mkdir(parents=True)
    left.touch()
    kinds = ("*.py", "*.html", "*.po", "*.css", "*.svg", "*.sql")
    wanted = files_of(checkout / "src" / "limosa", *kinds)
    wheel = wheel_of(checkout)
    assert not [*traces_of_the_laboratory(wheel)]
    with ZipFile(wheel) as archive:
        assert wanted <= {*archive.namelist()}


def test_the_laboratorys_own_wheel_shows_that_the_look_finds_it(checkout: Path) -> None:
    """The control: built in the same way, and looked at in the same way."""
    wanted = files_of(checkout / LABORATORY, "*.py")
    wheel = wheel_of(checkout / LABORATORY)
    assert wanted <= {*traces_of_the_laboratory(wheel)}
    with ZipFile(wheel) as archive:
        assert not [name for name in archive.namelist() if name.startswith("limosa/")]


def test_both_have_one_version_and_the_laboratory_asks_for_it() -> None:
    product, laboratory = (
        tomllib.loads((ROOT / folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        for folder in (Path(), LABORATORY)
    )
    assert laboratory["version"] == product["version"]
    assert laboratory["dependencies"] == [f"limosa[demo]=={product['version']}"]
