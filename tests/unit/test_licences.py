"""Whoever gets the wheel gets the licences of all that is in it."""

import tomllib
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parents[2]
DATA = ROOT / "src/limosa/data"


def test_the_notice_goes_with_the_licence() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(project["license-files"]) == {"LICENSE", "NOTICE"}


def test_each_file_of_data_is_packed_and_so_is_what_is_said_of_its_terms() -> None:
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    packed = [one.removeprefix("**/") for one in tools["setuptools"]["package-data"]["*"]]
    files = [file for file in DATA.rglob("*") if file.is_file()]
    assert {"COPYRIGHT", "LICENSE-UNICODE.txt", "ATTRIBUTION.md"} <= {one.name for one in files}
    for file in files:
        assert any(fnmatch(file.name, one) for one in packed), file.name
