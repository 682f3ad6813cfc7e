"""Finds every text that the sources mark for translation, with its file and line."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parents[2]
TEMPLATE_KINDS = {".html", ".txt", ".svg"}
# Libraries' texts that appear on our pages. English rewords them, too.
BORROWED = "web/storefront/third_party_strings.py"

_TWO_FORMS: Mapping[str, Any] = {"ngettext": (1, 2), "ngettext_lazy": (1, 2)}
_KEYWORDS: Mapping[str, Any] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **_TWO_FORMS,
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
_COMMENT = "Translators:"


def catalog_of_sources(package: Path = PACKAGE) -> Catalog:
    """Return every text below the package, with its places as (file, line) and its notes for
    translators."""
    catalog = Catalog()
    for path in sorted(package.rglob("*")):
        source = _python_of(path)
        if source is None:
            continue
        name = path.relative_to(package).as_posix()
        stream = io.BytesIO(source.encode())
        found = extract("python", stream, _KEYWORDS, [_COMMENT], strip_comment_tags=True)
        for line, identity, comments, context in found:
            catalog.add(identity, locations=[(name, line)], auto_comments=comments, context=context)
    return catalog


def is_template(path: Path) -> bool:
    """Return whether Django renders the file."""
    return path.suffix in TEMPLATE_KINDS and "templates" in path.parts


def _python_of(path: Path) -> str | None:
    """Return a file as Python that calls gettext, line by line; None if it has no texts."""
    if path.suffix == ".py" and "migrations" not in path.parts:
        return path.read_text(encoding="utf-8")
    if is_template(path):
        return templatize(path.read_text(encoding="utf-8"))
    return None
