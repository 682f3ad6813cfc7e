"""The product never imports its laboratory: the contract that says so breaks when it does."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
CONTRACT = re.compile(
    r'^\[\[tool\.importlinter\.contracts\]\]\nid = "lab-apart"\n(?:.+\n)+', re.MULTILINE
)


def judged(
    folder: Path, *, of_product: str, of_laboratory: str
) -> subprocess.CompletedProcess[str]:
    """Return what import-linter says, by the project's own contract, of two packages of a file
    each."""
    for name, text in {
        "limosa/config.py": of_product,
        "limosa_lab/commands.py": of_laboratory,
    }.items():
        file = folder / name
        file.parent.mkdir()
        (file.parent / "__init__.py").touch()
        file.write_text(text, encoding="utf-8")
    [contract] = CONTRACT.findall((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    roots = '[tool.importlinter]\nroot_packages = ["limosa", "limosa_lab"]\n'
    config = folder / "contract.toml"
    config.write_text(f"{roots}\n{contract}", encoding="utf-8")
    return subprocess.run(
        [
            str(Path(sys.executable).with_name("lint-imports")),
            "--no-cache",
            "--config",
            str(config),
        ],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
        text=True,
        capture_output=True,
        check=False,
    )


def test_the_laboratory_may_import_the_product(tmp_path: Path) -> None:
    done = judged(tmp_path, of_product="", of_laboratory="import limosa.config\n")
    assert done.returncode == 0, done.stdout
    assert "1 kept, 0 broken" in done.stdout


def test_the_product_may_not_import_the_laboratory_even_inside_a_function(tmp_path: Path) -> None:
    line = "def run():\n    from limosa_lab import commands\n"
    done = judged(tmp_path, of_product=line, of_laboratory="")
    assert done.returncode == 1
    assert "limosa.config -> limosa_lab" in done.stdout
