"""The style sheet that is shipped is the one that its sources give."""

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
