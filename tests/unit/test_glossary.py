"""The glossary's words are names in the code."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith(("| word", "| ---"))
]


def test_every_word_has_both_languages_a_meaning_and_a_name() -> None:
    assert len(ROWS) > 40
    assert not [row for row in ROWS if len(row) != 4 or not all(row)]


def test_a_word_stands_once() -> None:
    words = [row[0] for row in ROWS]
    assert len(words) == len(set(words))


def test_every_name_is_in_the_sources() -> None:
    files = [*(ROOT / "src").rglob("*.py")]
    sources = "\n".join(file.read_text(encoding="utf-8") for file in files)
    folders = {file.parent.name for file in files}
    known = set(re.findall(r"\w+", sources)) | folders
    names = {name for row in ROWS for name in re.findall(r"`(\w+)`", row[3])}
    assert not names - known
