"""House rules that no linter knows. Each failure names the file, the line and the rule."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src"
FILES = sorted(p for p in SOURCE.rglob("*.py") if "migrations" not in p.parts)
FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 50
DUMPING_GROUNDS = {"utils", "helpers", "common", "misc", "services", "service", "managers"}


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _size_faults(text: str, tree: ast.Module) -> Iterator[str]:
    if text.count("\n") > FILE_LINES_MAX:
        yield f"more than {FILE_LINES_MAX} lines; split along a noun"
    for node in _functions(tree):
        if (node.end_lineno or node.lineno) - node.lineno >= FUNCTION_LINES_MAX:
            yield f"line {node.lineno}: {node.name} is longer than {FUNCTION_LINES_MAX} lines"


def _name_faults(path: Path) -> Iterator[str]:
    for name in {path.stem, path.parent.name} & DUMPING_GROUNDS:
        yield f"{name} says nothing; name it after what it holds"


def _operation_faults(path: Path, tree: ast.Module) -> Iterator[str]:
    """An operation is one public function, named like its file, by keyword, with a contract."""
    public = [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]
    if [node.name for node in public] != [path.stem]:
        yield f"an operation file defines one public function, named {path.stem}"
    for node in public:
        if not ast.get_docstring(node):
            yield f"{node.name} has no docstring"
        if node.args.args or node.args.posonlyargs:
            yield f"{node.name} takes arguments by position; make them keyword-only"


def _package_faults(path: Path, tree: ast.Module) -> Iterator[str]:
    if path.parent.parent.name == "domain" and not ast.get_docstring(tree):
        yield "a domain package's first lines say what it owns, promises, and who may call it"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_file_is_tidy(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    faults = [*_size_faults(text, tree), *_name_faults(path)]
    if path.parent.name == "operations" and path.stem != "__init__":
        faults += _operation_faults(path, tree)
    if path.stem == "__init__":
        faults += _package_faults(path, tree)
    assert not faults, "\n".join(faults)
