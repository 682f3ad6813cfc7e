"""What the documents say of the code is so: its layers, files, names, settings and options."""

import argparse
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import limosa.domain
from limosa.config.command_tree import Place
from tests.unit.test_docs import COMMANDS, DOCS, PAGES, ROOT, name_of

OVERTAKEN = re.compile(r"^Status: overtaken by .*$", re.MULTILINE)
A_PATH = re.compile(r"`([\w.*-]+(?:/[\w.*-]+)*/?(?:\.(?:py|html|css|js|md|yaml|toml|csv))?)`")
A_NAME = re.compile(r"`([a-z]+(?:_[a-z]+)+)`(?!\.)")
A_SETTING = re.compile(r"LIMOSA_[A-Z][A-Z_]*[A-Z]")
# The names of examples: a provider, a supplier and a language that are yours to write.
OF_EXAMPLES = re.compile(
    r"acme|ACME|skylark|SKYLARK|COUNTER|fr/LC_MESSAGES|my-plans|NNNN|^adapter\.py|^artefacts/|^\.\w+$"
)
# What a provider or a protocol calls something, and what a file of the operator's holds.
SPOKEN_BY_OTHERS = {
    "pg_trgm",
    "limit_conn",
    "client_header_timeout",
    "worker_connections",
    "pg_dump",
    "pg_restore",
}


def standing_pages() -> list[Path]:
    """Return the pages that speak of today: news and overtaken decisions speak of their day."""
    return [
        page
        for page in PAGES
        if page.parent.name != "newsfragments"
        and not OVERTAKEN.search(page.read_text(encoding="utf-8"))
    ]


@cache
def contracts() -> dict[str, list[set[str]]]:
    """Return the layers of each import contract that has layers, from top to bottom."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        read = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    return {
        contract["id"]: [names_in(layer) for layer in contract["layers"]]
        for contract in read
        if contract["type"] == "layers"
    }


def names_in(layer: str) -> set[str]:
    """Return the packages of a layer: `a | (b)`."""
    return {name.strip(" ()") for name in layer.split("|")}


def test_the_domain_tells_its_own_order() -> None:
    listed = re.search(r"list:\n(.*?)\. The direction", limosa.domain.__doc__ or "", re.DOTALL)
    assert listed
    told = [names_in(layer.strip()) for layer in listed[1].split(",")]
    assert told == contracts()["domains"]


def diagram() -> list[list[str]]:
    """Return the layers of the diagram of the architecture, each as its lines."""
    page = (DOCS / "explanation" / "architecture.md").read_text(encoding="utf-8")
    block = re.search(r"^```\n(config .*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert block
    return [
        layer.strip("\n").splitlines() for layer in re.split(r"^─+$", block[1], flags=re.MULTILINE)
    ]


def test_the_layers_of_the_diagram_are_those_of_the_contract() -> None:
    drawn = [{line.split()[0] for line in layer if line[:1].isalpha()} for layer in diagram()]
    assert drawn == contracts()["layers"]


def test_the_packages_of_the_diagram_are_those_of_the_contract() -> None:
    [domain] = [layer for layer in diagram() if layer[0].startswith("domain")]
    drawn = [names_in(line.removeprefix("domain")) for line in domain]
    assert drawn == contracts()["domains"]


@cache
def files() -> frozenset[str]:
    """Return every file and folder below the sources, the tests and the documents."""
    folders = (ROOT / name for name in ("src", "tests", "docs", "tools", "requirements"))
    found = {path.relative_to(ROOT).as_posix() for folder in folders for path in folder.rglob("*")}
    return frozenset(found | {path.name for path in ROOT.iterdir()})


def is_there(path: str) -> bool:
    """Tell whether a path, or the end of one, leads to a file or a folder."""
    pattern = re.escape(path.rstrip("/")).replace(r"\*", "[^/]*")
    sought = re.compile(rf"(?:.*/)?{pattern}")
    return any(sought.fullmatch(file) for file in files())


def paths_of(page: Path) -> list[str]:
    # A decision also names what it weighed or took away: there only whole paths are held to it.
    shortest = r"\w/\w" if page.parent.name == "adr" else r"\w"
    return [
        path
        for path in A_PATH.findall(page.read_text(encoding="utf-8"))
        if re.search(r"\.(?:py|html|css|js|md|yaml|toml)$|/$", path)
        and re.search(shortest, path)
        and not OF_EXAMPLES.search(path)
    ]


@pytest.mark.parametrize("page", standing_pages(), ids=name_of)
def test_every_file_that_is_named_is_there(page: Path) -> None:
    assert not [path for path in paths_of(page) if not is_there(path)]


@pytest.mark.parametrize(
    ("path", "is_right"),
    [
        ("src/limosa/web/", True),
        ("ledger/engine/postings.py", True),
        ("kinds.py", True),
        ("src/limosa/domain/*/engine/", True),
        ("domain/prepared.py", False),
        ("src/limosa/webb/", False),
    ],
)
def test_a_file_that_is_none_would_be_seen(path: str, is_right: bool) -> None:  # noqa: FBT001
    assert is_there(path) == is_right


@cache
def words_of_the_code() -> frozenset[str]:
    """Return every word with an underscore in the sources, in tests and in their file names."""
    words: set[str] = set()
    for folder in ("src", "tests", "tools"):
        for path in (ROOT / folder).rglob("*"):
            words.add(path.stem)
            if path.suffix in {".py", ".html", ".js", ".sql", ".yaml", ".toml", ".csv"}:
                words.update(re.findall(r"\w+_\w+", path.read_text(encoding="utf-8")))
    return frozenset(words)


def unknown_names(text: str) -> list[str]:
    known = words_of_the_code() | SPOKEN_BY_OTHERS
    return [name for name in A_NAME.findall(text) if name not in known]


@pytest.mark.parametrize("page", standing_pages(), ids=name_of)
def test_every_name_of_the_code_is_one(page: Path) -> None:
    assert not unknown_names(page.read_text(encoding="utf-8"))


def test_a_name_that_is_none_would_be_seen() -> None:
    assert unknown_names("`apply_payment_status` and `apply_" + "nothing_of_this`") == [
        "apply_" + "nothing_of_this"
    ]


@pytest.mark.parametrize("page", standing_pages(), ids=name_of)
def test_every_setting_that_is_named_is_described(page: Path) -> None:
    described = set(A_SETTING.findall((DOCS / "reference" / "settings.md").read_text("utf-8")))
    known = described | settings_of_tests()
    named = A_SETTING.findall(page.read_text(encoding="utf-8"))
    assert not [name for name in named if name not in known and not OF_EXAMPLES.search(name)]


@cache
def settings_of_tests() -> frozenset[str]:
    """Return the settings that the tests' own tools read, and no server does."""
    readers = [
        ROOT / "tools" / "checks.py",
        ROOT / "tests" / "scenario" / "journeys" / "test_pages.py",
        *(ROOT / "tests" / "database" / "web").rglob("*.py"),
    ]
    texts = (path.read_text(encoding="utf-8") for path in readers)
    return frozenset(name for text in texts for name in A_SETTING.findall(text))


def shown_options(text: str) -> list[tuple[str, str]]:
    """Return each command that a page shows with an option, and the option."""
    calls = re.findall(r"(?:^ *|`|\.venv/bin/)limosa ([a-z][^`\n]*--[^`\n]*)", text, re.MULTILINE)
    return [
        (call.split(" --")[0], option) for call in calls for option in re.findall(r"--[\w-]+", call)
    ]


def knows(words: list[str], option: str) -> bool:
    """Tell whether the command to which the words lead has the option."""
    place: Place = COMMANDS
    for word in words:
        if word not in place.members:
            break
        place = place.members[word]
    parser = argparse.ArgumentParser()
    add: Any = getattr(place.module, "add_arguments", None)
    if add:
        add(parser)
    return option in parser.format_help()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_option_that_is_shown_is_one(page: Path) -> None:
    shown = shown_options(page.read_text(encoding="utf-8"))
    assert not [(call, option) for call, option in shown if not knows(call.split(), option)]


def test_an_option_that_is_none_would_be_seen() -> None:
    [(call, option), (_, wrong)] = shown_options("`limosa catalog import --dry-run --wet FILE`")
    assert knows(call.split(), option)
    assert not knows(call.split(), wrong)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_target_of_make_is_one(page: Path) -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    shown = re.findall(r"(?:`|^)make ([a-z][a-z-]*)", page.read_text("utf-8"), re.MULTILINE)
    assert not set(shown) - set(targets)


PERIODS = {
    "* * * * * */5": "5 s",
    "* * * * * */15": "15 s",
    "* * * * *": "1 min",
    "*/10 * * * *": "10 min",
    "17 9 * * *": "1 d",
}


def sweeps_of_the_code() -> set[tuple[str, str]]:
    """Return each periodic task with how often it runs."""
    tasks = (ROOT / "src/limosa/domain").glob("*/tasks.py")
    text = "".join(path.read_text(encoding="utf-8") for path in tasks)
    five_seconds = text.replace("_EVERY_FIVE_SECONDS)", '"* * * * * */5")')
    pairs = re.findall(
        r'@app\.periodic\(cron="([^"]+)"\)\n@app\.task\(name="([\w.]+)"', five_seconds
    )
    # Those that run twice beside themselves are made periodic in a loop.
    twice = ("ordering.supply", "charging.ask_usage", "autorenewal.look_after")
    pairs += [("* * * * * */5", name) for name in twice]
    return {(name, PERIODS.get(cron, "1 h")) for cron, name in pairs}


def test_the_sweeps_of_the_architecture_are_those_of_the_worker() -> None:
    page = (DOCS / "explanation" / "architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+ \w+) \| (`[^|]+) \|", page, re.MULTILINE)
    told = {(name, every) for every, names in rows for name in re.findall(r"`([\w.]+)`", names)}
    assert len(told) > 10
    assert told == sweeps_of_the_code()
