"""Finds text in templates that is not marked for translation."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from limosa.config.messages.sources import is_template

_MARKED = re.compile(
    r"\{%\s*blocktrans(?:late)?\b.*?\{%\s*endblocktrans(?:late)?\s*%\}"
    r"|\{%\s*comment\b.*?\{%\s*endcomment\s*%\}"
    r"|\{%\s*block\s+\w+_class\s*%\}.*?\{%\s*endblock\b.*?%\}"
    r"|\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<!--.*?-->",
    re.DOTALL,
)
# {% include "…" with label="Pay now" %} and {{ name|default:"somebody" }}; not _("Pay now").
_TAG = re.compile(r"\{%\s*(?:include|with)\b.*?%\}|\{\{.*?\}\}", re.DOTALL)
_LITERAL = re.compile(r"(?<==|:)(?:\"([^\"]*)\"|'([^']*)')")
_LITERAL_OF_PROSE = re.compile(r"^[A-Z]|[^\W\d_]+ [^\W\d_]+")
_READ_OUT = {
    *("alt", "aria-description", "aria-label", "aria-roledescription", "aria-valuetext"),
    *("label", "placeholder", "summary", "title"),
}
_BUTTONS = {"submit", "button", "reset"}
_NEVER_SHOWN = {"script", "style"}
_WORD = re.compile(r"[^\W\d_]{2,}")
# Names, units and standard terms, which are the same in every language.
_SAME_EVERYWHERE = {
    *("Limosa", "English", "Español", "简体中文", "繁體中文", "eSIM", "SIM", "QR", "PDF", "CNY"),
    *("ICCID", "EID", "LPA", "SM", "DP", "GB", "MB", "kB", "Mbps", "kbps"),
}


def unmarked_texts(folder: Path) -> Iterator[tuple[Path, int, str]]:
    """Yield (file, line, text) for each text of a template that is not translated."""
    for path in sorted(folder.rglob("*")):
        if not is_template(path):
            continue
        source = path.read_text(encoding="utf-8")
        found = [*_of_tags(source), *_of_page(path, _MARKED.sub(_blank, source))]
        for line, text in sorted(found):
            if set(_WORD.findall(text)) - _SAME_EVERYWHERE:
                yield path, line, " ".join(text.split())


def _of_page(path: Path, page: str) -> Iterator[tuple[int, str]]:
    if path.suffix == ".txt":
        yield from enumerate(page.splitlines(), 1)
        return
    reader = PageReader()
    reader.feed(page)
    reader.close()
    yield from reader.found


def _of_tags(source: str) -> Iterator[tuple[int, str]]:
    for tag in _TAG.finditer(source):
        for literal in _LITERAL.finditer(tag[0]):
            text = literal[1] or literal[2] or ""
            if _LITERAL_OF_PROSE.search(text):
                yield source.count("\n", 0, tag.start()) + 1, text


def _blank(marked: re.Match[str]) -> str:
    """Return as many empty lines."""
    return "\n" * marked[0].count("\n")


class PageReader(HTMLParser):
    """Collects in `found` what a person sees or hears, with line numbers."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[int, str]] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag
        values = {name: value or "" for name, value in attrs}
        spoken = _READ_OUT & values.keys()
        if tag == "input" and values.get("type") in _BUTTONS:
            spoken.add("value")
        if tag == "meta" and values.get("name") == "description":
            spoken.add("content")
        self.found += [(self.getpos()[0], values[name]) for name in spoken]

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 -- named by HTMLParser
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside in _NEVER_SHOWN or not data.strip():
            return
        before = data[: len(data) - len(data.lstrip())]
        self.found.append((self.getpos()[0] + before.count("\n"), data.strip()))
