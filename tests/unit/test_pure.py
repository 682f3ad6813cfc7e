"""What is pure knows no framework and does no I/O: the contract that says so breaks if it does."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTRACT = re.compile(
    r'^\[\[tool\.importlinter\.contracts\]\]\nid = "pure"\n(?:.+\n)+', re.MULTILINE
)
PLACES = [
    "foundation/money.py",
    "domain/ledger/engine/postings.py",
    "domain/payments/providers/stripe/wire.py",
    "domain/connectivity/suppliers/somebody/wire.py",
    "protocols/sgp22/tlv.py",
]
AROUND = ["foundation/money.py", "domain/payments/models.py"]


def judged(folder: Path, sources: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Return what import-linter says, by the project's own contract, of these files."""
    for name, text in sources.items():
        file = folder / "limosa" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        for parent in file.parents:
            if parent.is_relative_to(folder / "limosa"):
                (parent / "__init__.py").touch()
    [contract] = CONTRACT.findall((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    roots = '[tool.importlinter]\nroot_packages = ["limosa"]\ninclude_external_packages = true\n'
    config = folder / "contract.toml"
    config.write_text(f"{roots}\n{contract}", encoding="utf-8")
    program = str(Path(sys.executable).with_name("lint-imports"))
    return subprocess.run(
        [program, "--no-cache", "--config", str(config)],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
        text=True,
        capture_output=True,
        check=False,
    )


def sources(texts: dict[str, str]) -> dict[str, str]:
    return dict.fromkeys(AROUND, "") | {"domain/payments/models.py": "import django\n"} | texts


def test_all_of_it_may_import_the_standard_library_and_foundation(tmp_path: Path) -> None:
    text = "import json\nfrom limosa.foundation import money\n"
    done = judged(tmp_path, sources({PLACES[0]: ""} | dict.fromkeys(PLACES[1:], text)))
    assert done.returncode == 0, done.stdout
    assert "1 kept, 0 broken" in done.stdout


def test_none_of_it_may_import_a_framework_or_do_input_or_output(tmp_path: Path) -> None:
    lines = ["import django.db", "import requests", "import socket", "import time"]
    text = "def read():\n" + "".join(f"    {line}\n" for line in lines)
    done = judged(tmp_path, sources(dict.fromkeys(PLACES, text)))
    assert done.returncode == 1, done.stdout
    for place in PLACES:
        module = f"limosa.{place.removesuffix('.py').replace('/', '.')}"
        for line in lines:
            outside = line.removeprefix("import ").removesuffix(".db")
            assert f"{module} -> {outside}" in done.stdout


@pytest.mark.parametrize("place", PLACES[2:4])
def test_a_wire_may_not_import_what_imports_a_framework(tmp_path: Path, place: str) -> None:
    done = judged(tmp_path, sources({place: "from limosa.domain.payments import models\n"}))
    assert done.returncode == 1, done.stdout
