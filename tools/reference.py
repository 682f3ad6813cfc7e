"""Writes docs/reference/operations.md from the operations' own docstrings.

`.venv/bin/python tools/reference.py`. A test says when it is due.
"""

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOMAIN = ROOT / "src" / "limosa" / "domain"
PAGE = ROOT / "docs" / "reference" / "operations.md"
TOP = """# Operations

Every write that moves money, data or service, or touches two tables, is a function here. The page
is made from the docstrings by `tools/reference.py`. Each function's own docstring says more: what
it locks, what it raises, and what then is unchanged.
"""


def operations_page() -> str:
    """Return the page as it ought to be."""
    sections = [
        _section(folder.parent, files)
        for folder in sorted(DOMAIN.glob("*/operations"))
        if (files := [file for file in sorted(folder.glob("*.py")) if file.stem != "__init__"])
    ]
    return "\n".join([TOP, *sections])


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


def main() -> int:
    """Write the page."""
    PAGE.write_text(operations_page(), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
