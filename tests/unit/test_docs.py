"""The documents hold together: links lead somewhere, commands exist, decisions are kept."""

import re
from pathlib import Path
from textwrap import indent

import pytest

from limosa.config.command_tree import Place
from tools.reference import all_commands

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "newsfragments").glob("*.md")])
DECISIONS = sorted((DOCS / "adr").glob("*.md"))
CODE = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
DECISION_LINES_MAX = 40
EXAMPLE_LINES_MAX = 200
COMMANDS = all_commands()


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def anchors_of(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as the forges make them."""
    text = CODE.sub("", page.read_text(encoding="utf-8"))
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    }


def links_of(page: Path) -> list[str]:
    text = CODE.sub("", page.read_text(encoding="utf-8"))
    return re.findall(r"\]\((?!https?:|mailto:)([^)\s]+)\)", text)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    missing = []
    for link in links_of(page):
        file, _, anchor = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        if not target.exists() or (anchor and anchor not in anchors_of(target)):
            missing.append(link)
    assert not missing


def test_every_page_can_be_reached_from_the_index() -> None:
    index = DOCS / "README.md"
    reached, to_read = {index}, [index]
    while to_read:
        page = to_read.pop()
        for link in links_of(page):
            target = (page.parent / link.partition("#")[0]).resolve()
            if target.suffix == ".md" and target not in reached and target.is_file():
                reached.add(target)
                to_read.append(target)
    assert not {name_of(page) for page in DOCS.rglob("*.md")} - {name_of(page) for page in reached}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_that_is_shown_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    shown = re.findall(r"(?:^ *|`|\.venv/bin/)limosa ([a-z]+(?: [a-z-]+)*)", text, re.MULTILINE)
    assert not [words for words in shown if not is_shown_rightly(words.split())]


def is_shown_rightly(words: list[str]) -> bool:
    """Tell whether the words lead to a command or a group; a command's may go on with others."""
    place: Place = COMMANDS
    for word in words:
        if word not in place.members:
            return place.is_command
        place = place.members[word]
    return True


@pytest.mark.parametrize(
    ("words", "is_right"),
    [("web", True), ("bench", True), ("staff list", True), ("reconcile wechatpay", True),
     ("sing", False), ("staff sing", False)],
)  # fmt: skip
def test_a_command_that_is_none_would_be_seen(words: str, is_right: bool) -> None:  # noqa: FBT001
    assert is_shown_rightly(words.split()) == is_right


@pytest.mark.parametrize("page", DECISIONS, ids=name_of)
def test_a_decision_is_short_and_names_its_check(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert text.count("\n") <= DECISION_LINES_MAX
    assert "Kept by" in text
    number = int(page.name[:4])
    assert text.startswith(f"# {number}. ")


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [int(page.name[:4]) for page in DECISIONS] == list(range(1, len(DECISIONS) + 1))


def test_the_index_lists_the_decisions_in_their_order() -> None:
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[(\d+)\]\(adr/(\d+)-.*?\) \|", index, re.MULTILINE)
    numbers = [int(page.name[:4]) for page in DECISIONS]
    assert [(int(shown), int(linked)) for shown, linked in rows] == [(n, n) for n in numbers]


@pytest.mark.parametrize("page", DECISIONS, ids=name_of)
def test_what_a_decision_names_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    paths = re.findall(r"`((?:tests|docs|src|tools)/[\w./-]+)`", text)
    assert not [path for path in paths if not (ROOT / path).exists()]


@pytest.mark.parametrize(
    ("name", "kind", "example"),
    [
        ("add-a-payment-provider.md", "providers", "counter/provider.py"),
        ("add-a-supplier.md", "suppliers", "skylark/adapter.py"),
    ],
)
def test_what_a_page_quotes_of_its_example_is_what_stands_in_the_files(
    name: str, kind: str, example: str
) -> None:
    page = (DOCS / "howto" / name).read_text(encoding="utf-8")
    blocks = re.findall(r"^```python ?(\S*)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 8
    folder = ROOT / "tests" / "contract" / kind
    files = {name: (folder / name).read_text(encoding="utf-8") for name, _ in blocks}
    depths = [" " * 4 * depth for depth in range(3)]
    assert not [
        text
        for name, text in blocks
        if not any(f"\n{indent(text, depth)}" in files[name] for depth in depths)
    ]
    assert files[example].count("\n") < EXAMPLE_LINES_MAX
