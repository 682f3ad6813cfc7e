"""Finds the writes to tables in a source, and whose tables they are.

What a name stands for is read from imports, annotations, assignments and Django's own knowledge of
its models. Where that does not tell what is written to, the write counts as a fault too; only a
class that is named and is known nowhere is taken for no model.
"""

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db.models import Model

WRITES = {
    "save",
    "delete",
    "update",
    "create",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "create_user",
    "create_superuser",
    "_raw_delete",
}
_WRITES = WRITES | {f"a{name}" for name in WRITES}
_ROW_WRITES = {"insert_row", "insert_row_once", "update_row", "update_row_if"}
_PLAIN = {"values", "values_list", "count", "exists", "aggregate", "dates", "datetimes", "explain"}
_LIKE = {"list", "sorted", "reversed", "set", "tuple", "iter", "next", "islice", "cast", "replace"}
_SQL = re.compile(
    r"\b(?:INSERT\s+INTO|UPDATE(?:\s+ONLY)?|DELETE\s+FROM|MERGE\s+INTO|TRUNCATE(?:\s+TABLE)?|COPY)"
    r'\s+"?([a-z_]+|(?={))'
)
# What is known to be none of our rows.
OTHER = "other"
# Tables of libraries, and who looks after them here.
_LIBRARIES = dict.fromkeys(["EmailAddress", "Authenticator", "Session"], "accounts")


@dataclass(frozen=True)
class Write:
    """One write. `model` None: the source does not tell what is written to."""

    line: int
    text: str
    model: str | None


@dataclass
class Known:
    """What names mean in all sources: which class has which fields, which function returns what."""

    fields: dict[tuple[str, str], str] = field(default_factory=dict)
    returns: dict[str, str] = field(default_factory=dict)
    classes: set[str] = field(default_factory=set)
    forms: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)


@cache
def owners() -> dict[str, str]:
    """Return the package that owns each model, by the model's name."""
    ours = {
        model.__name__: model.__module__.split(".")[2]
        for model in apps.get_models()
        if model.__module__.startswith("limosa.domain.")
    }
    return ours | _LIBRARIES


def tables() -> dict[str, str]:
    """Return the model of each table."""
    return {_meta(model).db_table: model.__name__ for model in apps.get_models()}


def _meta(model: type[Model]) -> Any:
    return model._meta


def known(paths: list[Path]) -> Known:
    """Read what the sources say of their classes and functions, and Django of its models."""
    found = Known()
    for model in apps.get_models():
        _read_model(model, found)
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                _read_class(node, found)
            elif isinstance(node, ast.Assign) and ast.unparse(node.value).startswith("TypeVar("):
                found.variables[ast.unparse(node.targets[0])] = ast.unparse(node.value)
            elif isinstance(node, ast.FunctionDef) and node.returns is not None:
                _read_function(node.name, node.returns, found)
    return found


def _read_model(model: type[Model], found: Known) -> None:
    for one in _meta(model).get_fields():
        if isinstance(one.related_model, type):
            name = one.get_accessor_name() if one.auto_created else one.name
            found.fields[model.__name__, str(name)] = one.related_model.__name__


def _read_function(name: str, returned: ast.expr, found: Known) -> None:
    kind = ast.unparse(returned)
    if found.returns.setdefault(name, kind) != kind:
        found.returns[name] = "Any"  # Two of a name: which one is meant, is not known here.


def _read_class(node: ast.ClassDef, found: Known) -> None:
    found.classes.add(node.name)
    for part in ast.walk(node):
        if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Attribute):
            found.fields.setdefault((node.name, part.target.attr), ast.unparse(part.annotation))
    for part in node.body:
        if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
            found.fields.setdefault((node.name, part.target.id), ast.unparse(part.annotation))
        if isinstance(part, ast.ClassDef) and part.name == "Meta":
            for line in part.body:
                if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "model":
                    found.forms[node.name] = ast.unparse(line.value)


def _named(annotation: ast.expr | str, found: Known) -> str:
    """Return the class that an annotation names, in however many brackets; OTHER: none of ours."""
    text = annotation if isinstance(annotation, str) else ast.unparse(annotation)
    names: list[str] = re.findall(r"[A-Za-z_]\w*", text)
    for name in names:
        if name in found.variables:
            return _named(found.variables[name].partition(",")[2], found)
    models = [name for name in names if name in owners()]
    if models:
        return models[-1]
    ours = [name for name in names if name in found.classes]
    return ours[-1] if ours else ("" if {"Any", "object", "Model"} & set(names) else OTHER)


class _Reader(ast.NodeVisitor):
    def __init__(self, found: Known) -> None:
        self._found = found
        self._owners = owners()
        self._tables = tables()
        self._names: list[dict[str, str]] = [{}]
        self.writes: list[Write] = []

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._names.append({"self": node.name, "cls": node.name})
        self.generic_visit(node)
        self._names.pop()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        arguments = node.args
        scope = {}
        for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            if one.annotation is not None:
                scope[one.arg] = _named(one.annotation, self._found)
        self._names.append(scope)
        self.generic_visit(node)
        self._names.pop()

    def visit_Import(self, node: ast.Import) -> None:
        self._names[-1] |= {name.asname or name.name.split(".")[0]: OTHER for name in node.names}

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for name in node.names:
            if not (node.module or "").startswith("limosa") and name.name not in self._owners:
                self._names[-1][name.asname or name.name] = OTHER

    def visit_Assign(self, node: ast.Assign) -> None:
        kind = self._kind(node.value)
        for target in node.targets:
            self._bind(target, kind)
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._bind(node.target, _named(node.annotation, self._found))
        self.generic_visit(node)

    def visit_For(self, node: ast.For) -> None:
        self._bind(node.target, self._kind(node.iter))
        self.generic_visit(node)

    def visit_withitem(self, node: ast.withitem) -> None:
        if node.optional_vars is not None:
            self._bind(node.optional_vars, self._kind(node.context_expr))
        self.generic_visit(node)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self._bind(node.target, self._kind(node.value))
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        self._bind(node.target, self._kind(node.iter))
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        for part in (*node.args, *(word.value for word in node.keywords)):
            for inner in ast.walk(part):
                if isinstance(inner, ast.comprehension):
                    self._bind(inner.target, self._kind(inner.iter))
        function = node.func
        if isinstance(function, ast.Attribute) and function.attr in _WRITES:
            self._note(node, self._kind(function.value))
        elif isinstance(function, ast.Name) and function.id in _ROW_WRITES:
            self._note(node, self._kind(node.args[0]) if node.args else "")
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self._read_sql(node, node.value)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        text = "".join(
            str(part.value) if isinstance(part, ast.Constant) else "{" for part in node.values
        )
        self._read_sql(node, text)

    def _read_sql(self, node: ast.expr, text: str) -> None:
        for match in _SQL.finditer(text):
            table = match.group(1)
            model = self._tables.get(table)
            if model is not None or not table:  # Else it is prose, or a table for the moment.
                self.writes.append(Write(node.lineno, match.group(0).strip(), model))

    def _note(self, node: ast.Call, kind: str) -> None:
        kind = self._found.forms.get(kind, kind)
        is_kept = any(
            word.arg == "commit" and ast.unparse(word.value) == "False" for word in node.keywords
        )
        if kind != OTHER and kind not in self._found.classes - set(self._owners) and not is_kept:
            text = ast.unparse(node)[:70]
            self.writes.append(Write(node.lineno, text, kind or None))

    def _bind(self, target: ast.expr, kind: str) -> None:
        if isinstance(target, ast.Name):
            self._names[-1][target.id] = kind
        elif isinstance(target, ast.Tuple | ast.List):
            for part in target.elts:
                self._bind(part, kind)
        elif isinstance(target, ast.Starred):
            self._bind(target.value, kind)

    def _kind(self, node: ast.expr) -> str:
        """Return the model that an expression is made of, rows or queries; OTHER; "": unknown."""
        readers: dict[type[ast.expr], Callable[[Any], str]] = {
            ast.Name: lambda name: self._of_name(name.id),
            ast.Attribute: self._of_attribute,
            ast.Call: self._of_call,
            ast.Subscript: lambda part: self._kind(part.value),
            ast.Await: lambda later: self._kind(later.value),
            ast.BoolOp: lambda either: self._first(either.values),
            ast.IfExp: lambda choice: self._first([choice.body, choice.orelse]),
            ast.GeneratorExp: self._of_comprehension,
            ast.ListComp: self._of_comprehension,
            ast.SetComp: self._of_comprehension,
            ast.List: lambda several: self._first(several.elts),
            ast.Tuple: lambda several: self._first(several.elts),
        }
        read = readers.get(type(node))
        return OTHER if read is None else read(node)

    def _first(self, nodes: Sequence[ast.expr]) -> str:
        """Return the first kind that is one of ours, else that of the first."""
        kinds = [self._kind(node) for node in nodes]
        return next((kind for kind in kinds if kind in self._owners), (*kinds, OTHER)[0])

    def _of_comprehension(self, node: ast.GeneratorExp | ast.ListComp | ast.SetComp) -> str:
        self._bind(node.generators[0].target, self._kind(node.generators[0].iter))
        return self._kind(node.elt)

    def _of_name(self, name: str) -> str:
        for scope in reversed(self._names):
            if name in scope:
                return scope[name]
        return name if name in self._owners or name in self._found.classes else ""

    def _of_attribute(self, node: ast.Attribute) -> str:
        kind = self._kind(node.value)
        if node.attr == "user" and ast.unparse(node.value).endswith("request"):
            return "Subscriber"
        if node.attr in {"objects", "_default_manager", "_base_manager"}:
            return kind if kind in self._owners else ""
        if (kind, node.attr) in self._found.fields:
            return _named(self._found.fields[kind, node.attr], self._found)
        return "" if kind in {"", *self._owners} or kind in self._found.classes else OTHER

    def _of_call(self, node: ast.Call) -> str:
        if isinstance(node.func, ast.Name):
            return self._of_function(node.func.id, node.args)
        if not isinstance(node.func, ast.Attribute):
            return ""
        kind = self._kind(node.func.value)
        if kind in self._owners:
            return OTHER if node.func.attr in _PLAIN else kind
        return self._returned(node.func.attr, "") if kind in self._found.classes else kind

    def _of_function(self, name: str, given: list[ast.expr]) -> str:
        if name in _LIKE and given:
            return self._kind(given[-1 if name == "cast" else 0])
        if name in self._owners or name in self._found.classes:
            return name
        return self._of_name("self") if name == "super" else self._returned(name, OTHER)

    def _returned(self, name: str, otherwise: str) -> str:
        annotation = self._found.returns.get(name)
        return otherwise if annotation is None else _named(annotation, self._found)


def writes(source: str, found: Known) -> Iterator[Write]:
    """Return the writes in a source, in no particular order."""
    reader = _Reader(found)
    reader.visit(ast.parse(source))
    yield from reader.writes


def foreign(source: str, package: str, found: Known, own: Mapping[str, str]) -> list[Write]:
    """Return the writes to tables of another package than this one, or to one knows not what."""
    return [
        write
        for write in writes(source, found)
        if write.model is None or own.get(write.model, "django") != package
    ]
