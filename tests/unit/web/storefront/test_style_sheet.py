"""The style sheet that is shipped is the one that its sources give."""

import re
import subprocess
import sys
from pathlib import Path

import limosa

WEB = Path(limosa.__file__).parent / "web"
TAILWIND = Path(sys.executable).parent / "tailwindcss"


def test_the_built_style_sheet_is_up_to_date(tmp_path: Path) -> None:
    built = tmp_path / "limosa.css"
    subprocess.run(
        [TAILWIND, "--input", WEB / "styles" / "app.css", "--output", built, "--minify"],
        check=True,
        capture_output=True,
    )
    is_same = built.read_bytes() == (WEB / "static" / "limosa.css").read_bytes()
    assert is_same, "run `make css`"


def test_no_rule_counts_rows() -> None:
    sheets = [*(WEB / "styles").glob("*.css"), WEB / "static" / "limosa.css"]
    counted = {
        rule
        for sheet in sheets
        for rule in re.findall(r":has\([^)]*\)", sheet.read_text(encoding="utf-8"))
        if re.search(r"\d|\[data-|nth-", rule)
    }
    assert counted == set()
