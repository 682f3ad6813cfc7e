"""Writes the pages of docs/reference that are made from the sources.

`.venv/bin/python tools/reference.py`. A test says when it is due.
"""

import argparse
import ast
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from textwrap import fill
from typing import Any

os.environ.setdefault("LIMOSA_SECRET_KEY", "for the reference only; a deployment has its own")

import limosa_lab.commands
from limosa.config import commands
from limosa.config.cli import listing
from limosa.config.command_tree import Place, commands_of
from limosa.config.settings.reading import subjects
from limosa.foundation.variables import Declaration, File, Variable

ROOT = Path(__file__).resolve().parents[1]
DOMAIN = ROOT / "src" / "limosa" / "domain"
REFERENCE = ROOT / "docs" / "reference"
TOP_OF_OPERATIONS = """# Operations

Every write that moves money, data or service, or touches two tables, is a function here. The page
is generated from the docstrings by `tools/reference.py`. Each function's own docstring says more:
what it locks, what it raises, and what is then unchanged.
"""
TOP_OF_COMMANDS = """# Commands

`limosa` alone lists them, and `limosa COMMAND --help` shows the text below: `tools/reference.py`
generates this page from the commands' own files. Settings come from the environment: see
[Settings](settings.md). In a checkout the program is `.venv/bin/limosa`.

Exit codes: 0 done; 1 an error, reported on one line (several errors in a file or in the settings
get a line each), or a check that found something wrong; 2 a usage error; 130 stopped by Ctrl-C.

`limosa seed`, `limosa bench …` and `limosa simulate …` require the laboratory (`limosa-lab`), which
`python3 tools/environment.py dev` installs in a checkout.
"""
TOP_OF_SETTINGS = """# Settings

All settings come from the environment. Invalid values prevent the start, and each is reported with
its name on a line of its own; `limosa check` checks more. An empty variable counts as unset.
Secrets are redacted wherever they might appear: in logs, on error pages, in the output of commands.

`tools/reference.py` generates this page from the declarations, in `src/limosa/config/settings/` and
in the folder of each payment provider and supplier.
"""
_DEFAULT = re.compile(r" \((?:default: )?(%\(default\)s|[^()]+)\)$")
# In prose: a document, which becomes a link; an option or a setting, which becomes code.
_NAMED = re.compile(
    r"(?P<document>docs/[\w/.#-]*\w)|(?<![`\w-])(?:--[a-z][a-z0-9-]*|LIMOSA_[A-Z0-9_]+|DATABASE_URL)"
)


def operations_page() -> str:
    """Return the page as it ought to be."""
    sections = [
        _section(folder.parent, files)
        for folder in sorted(DOMAIN.glob("*/operations"))
        if (files := [file for file in sorted(folder.glob("*.py")) if file.stem != "__init__"])
    ]
    return "\n".join([TOP_OF_OPERATIONS, *sections])


def _section(package: Path, files: list[Path]) -> str:
    about = _one_line(ast.get_docstring(_tree(package / "__init__.py")))
    rows = [f"| [`{file.stem}`]({_link(file)}) | {_about(file)} |" for file in files]
    return (
        "\n".join(
            [
                f"## {package.name}",
                "",
                about,
                "",
                "| operation | what it does |",
                "| --- | --- |",
                *rows,
            ]
        )
        + "\n"
    )


def _about(file: Path) -> str:
    """Return what the file says of itself, then the first paragraph of its function."""
    tree = _tree(file)
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    texts = [
        ast.get_docstring(tree),
        *(ast.get_docstring(node) for node in functions if node.name == file.stem),
    ]
    return " ".join(_one_line(text) for text in texts if text).replace("|", "\\|")


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split("\n\n")[0].split())


def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def _link(file: Path) -> str:
    return f"../../{file.relative_to(ROOT).as_posix()}"


def all_commands() -> Place:
    """Return the root of the product's commands and the laboratory's, installed or not."""
    return commands_of(commands, limosa_lab.commands)


def commands_page() -> str:
    """Return the page as it ought to be."""
    root = all_commands()
    sections = [_command_section(command) for command in root.commands()]
    return "\n".join([TOP_OF_COMMANDS, f"```\n{listing(root)}\n```\n", *sections])


def _command_section(command: Place) -> str:
    parser = argparse.ArgumentParser(add_help=False)
    if hasattr(command.module, "add_arguments"):
        command.module.add_arguments(parser)
    rows = [_option_row(action) for action in parser._actions]  # noqa: SLF001 -- no other list.
    table = ["| option | default | meaning |", "| --- | --- | --- |", *rows, ""] if rows else []
    heading = f"## limosa {' '.join(command.words)}"
    return "\n".join([heading, "", *_prose(command.text), *table])


def _prose(text: str) -> Iterator[str]:
    for paragraph in text.split("\n\n"):
        flowing = _NAMED.sub(_marked_up, " ".join(paragraph.split()))
        yield fill(flowing, 100, break_long_words=False, break_on_hyphens=False)
        yield ""


def _option_row(action: argparse.Action) -> str:
    name = action.option_strings[0] if action.option_strings else action.dest
    text = (action.help or "").replace("%%", "%")
    found = _DEFAULT.search(text)
    default = found[1].replace("%(default)s", f"`{action.default}`") if found else ""
    cells = [f"`{name}`", default, _DEFAULT.sub("", text)]
    return f"| {' | '.join(_NAMED.sub(_marked_up, cell) for cell in cells)} |".replace(
        "|  |", "| |"
    )


def settings_page() -> str:
    """Return the page as it ought to be."""
    return "\n".join([TOP_OF_SETTINGS, *_settings_sections()])


def _settings_sections() -> Iterator[str]:
    for subject in subjects():
        if subject.declaration:
            yield declaration_section(subject.declaration)
        else:
            yield _variables_section(subject.title, "", subject.variables)


def declaration_section(declaration: Declaration) -> str:
    """Return what an operator reads of a provider or a supplier."""
    needed = [_code(one.name) for one in declaration.variables if one.is_needed]
    others = [name for name in needed if name != _code(declaration.turned_on_by)]
    either = [_listed([_code(name) for name in names]) for names in declaration.either]
    lines = []
    if declaration.turned_on_by:
        lines.append(f"It is set up by {_code(declaration.turned_on_by)}.")
    if others:
        lines.append(f"Then {_listed(others)} {'is' if len(others) == 1 else 'are'} needed, too.")
    if either:
        lines.append(f"So is one of these: {'; or '.join(either)}.")
    about = " ".join(lines) or "Nothing is set for it."
    return _variables_section(declaration.title, about, declaration.variables)


def _variables_section(title: str, about: str, variables: Iterable[Variable[Any]]) -> str:
    prose = [fill(about, 100, break_long_words=False, break_on_hyphens=False), ""] if about else []
    rows = [_variable_row(variable) for variable in variables]
    table = ["| variable | default | meaning |", "| --- | --- | --- |", *rows, ""] if rows else []
    return "\n".join([f"## {title}", "", *prose, *table])


def _variable_row(variable: Variable[Any]) -> str:
    default = _code(variable.default) if variable.default else "none"
    about = [variable.about]
    if variable.is_secret:
        about.append("The file is secret" if isinstance(variable.kind, File) else "Secret")
    if variable.source:
        about.append(f"From: {variable.source}")
    cells = [_code(variable.name), variable.default_about or default, ". ".join(about)]
    return f"| {' | '.join(_NAMED.sub(_marked_up, cell) for cell in cells)} |"


def _code(text: str) -> str:
    return f"`{text}`"


def _listed(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


def _marked_up(found: re.Match[str]) -> str:
    if not found["document"]:
        return f"`{found[0]}`"
    file, _, anchor = found[0].partition("#")
    title = (ROOT / file).read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")
    folder, name = file.split("/")[-2:]
    target = name if folder == "reference" else f"../{folder}/{name}"
    return f"[{title}]({target}{'#' if anchor else ''}{anchor})"


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands_page,
    "operations.md": operations_page,
    "settings.md": settings_page,
}


def main() -> int:
    """Write the pages."""
    for name, made in PAGES.items():
        (REFERENCE / name).write_text(made(), encoding="utf-8")
        print(f"wrote docs/reference/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
