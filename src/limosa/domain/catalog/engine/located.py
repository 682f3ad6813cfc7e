"""A file's content with the line number of every value, the same for YAML and CSV.

All values stay text: a price written 25.00 never becomes a float, and the country NO (Norway) never
becomes "false". An empty or null value is the empty text.
"""

import csv
from dataclasses import dataclass
from io import StringIO
from typing import TypeAlias

import yaml

from limosa.domain.catalog.engine.faults import FaultList

_NULL_TAG = "tag:yaml.org,2002:null"
_BYTE_ORDER_MARK = "\ufeff"

Content: TypeAlias = "str | list[Located] | dict[str, Located]"


@dataclass(frozen=True, slots=True)
class Located:
    """A text, a list or a mapping, and the line where it begins (from 1)."""

    content: Content
    line: int


def decode(raw: bytes, *, faults: FaultList) -> str:
    """Return the text of a UTF-8 file, without its byte order mark. Raises CatalogFaultsError."""
    try:
        return raw.decode("utf-8").removeprefix(_BYTE_ORDER_MARK)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        faults.stop(line, "", "this is not UTF-8 text; save the file as UTF-8")


def from_yaml(text: str, *, faults: FaultList) -> Located:
    """Return a YAML document's tree. Raises CatalogFaultsError if it is not valid YAML."""
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        faults.stop(mark.line + 1 if mark else 1, "", f"this is not YAML: {problem}")
    return _Converter(faults).convert(node) if node else Located("", 1)


class _Converter:
    """Converts YAML nodes to Located, each node once: an alias costs nothing, however often
    used."""

    def __init__(self, faults: FaultList) -> None:
        self._faults = faults
        self._done: dict[int, Located] = {}

    def convert(self, node: yaml.Node) -> Located:
        if id(node) not in self._done:
            line = node.start_mark.line + 1
            # A placeholder for a node that contains itself, while that node is being converted.
            self._done[id(node)] = Located("", line)
            self._done[id(node)] = Located(self._content(node), line)
        return self._done[id(node)]

    def _content(self, node: yaml.Node) -> Content:
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node)
        if isinstance(node, yaml.SequenceNode):
            return [self.convert(item) for item in node.value]
        return "" if node.tag == _NULL_TAG else str(node.value).strip()

    def _mapping(self, node: yaml.MappingNode) -> dict[str, Located]:
        content: dict[str, Located] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self._faults.add(line, "", "a field's name must be plain text")
            elif key_node.value in content:
                first = content[key_node.value].line
                self._faults.add(line, key_node.value, f"is given twice, first in line {first}")
            else:
                content[key_node.value] = self.convert(value_node)
        return content


def from_csv(
    text: str, *, faults: FaultList, rows_max: int | None = None
) -> list[tuple[int, list[str]]]:
    """Return (line, cells) for every non-empty row, or for one more than `rows_max`. Raises
    CatalogFaultsError."""
    reader = csv.reader(StringIO(text), strict=True)
    rows: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                rows.append((line, stripped))
            if rows_max is not None and len(rows) > rows_max:
                break
            line = reader.line_num + 1
    except csv.Error as error:
        faults.stop(line, "", f"this is not CSV: {error}")
    return rows
