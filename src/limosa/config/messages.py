"""The texts of the product and their translations, without any tool beside Babel.

English stands in the sources. A catalogue per language (`locale/<language>/…/django.po`) holds the
translations; `limosa messages extract` brings it up to date, `limosa messages check` says what is
missing, `limosa messages compile` makes what the pages read.
"""

import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parents[1]
LOCALE = PACKAGE / "locale"
LANGUAGES = ("zh_Hans", "zh_Hant", "es")
_KEYWORDS = (
    *("_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"),
    *("pgettext", "pgettext_lazy", "npgettext"),
)
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|\{\w*\}|</?\w+[^>]*>")
_TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
_TRANSLATED_BLOCK = re.compile(
    r"\{%\s*blocktrans(?:late)?\b.*?\{%\s*endblocktrans(?:late)?\s*%\}"
    r"|\{%\s*block body_class\s*%\}.*?\{%\s*endblock\s*%\}"
    r"|\{%\s*comment\s*%\}.*?\{%\s*endcomment\s*%\}|<!--.*?-->"
    r"|<(script|style|svg)\b.*?</\1>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"\b(?:aria-label|title|placeholder|alt)=\"([^\"]*)\"")
_WORD = re.compile(r"[A-Za-z]{2,}")
# Names, units and standard terms, which are the same in every language.
_SAME_EVERYWHERE = {"Limosa", "GB", "MB", "Mbps", "kbps", "QR", "ICCID", "EID", "eSIM", "SM", "DP"}
_SAME_EVERYWHERE |= {"USD", "CNY", "PDF", "SIM", "LPA", "nbsp", "middot", "hellip", "ndash", "amp"}


def catalog_of_sources() -> Catalog:
    """Return every text of the package, with the files that it stands in."""
    catalog = Catalog()
    for path in sorted(PACKAGE.rglob("*")):
        text = _python_of(path)
        if text is None:
            continue
        place = (path.relative_to(PACKAGE).as_posix(), 0)
        found = extract_python(io.BytesIO(text.encode()), dict.fromkeys(_KEYWORDS), [], {})
        for _, function, texts, _ in cast("Iterable[tuple[int, str, Any, Any]]", found):
            parts = [texts] if isinstance(texts, str) else [part for part in texts if part]
            context, identity = _identity(function, parts)
            catalog.add(identity, locations=[place], context=context)
    return catalog


def update_catalogs() -> list[str]:
    """Bring each language's file up to date; return a line for each with how much is left."""
    sources = catalog_of_sources()
    lines = []
    for language in LANGUAGES:
        path = _path(language)
        old = read_catalog(language) if path.exists() else Catalog(locale=language)
        new = Catalog(locale=language, fuzzy=False)
        for message in _messages(sources):
            known = old.get(message.id, message.context)
            new.add(
                message.id,
                known.string if known else None,
                locations=message.locations,
                context=message.context,
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_written(new))
        missing = sum(not _is_translated(message) for message in _messages(new))
        lines.append(f"{language}: {len(new)} texts, {missing} to be translated")
    return lines


def read_catalog(language: str) -> Catalog:
    """Return a language's catalogue as it is stored."""
    with _path(language).open("rb") as source:
        return read_po(source, locale=language, abort_invalid=True)


def faults() -> Iterator[str]:
    """Yield what is wrong with the translations, a line each."""
    sources = catalog_of_sources()
    for language in LANGUAGES:
        stored = read_catalog(language)
        known = {(message.id, message.context) for message in _messages(stored)}
        for message in _messages(sources):
            if (message.id, message.context) not in known:
                yield f"{language}: not in the catalogue: {message.id!r}"
                continue
            translation = stored.get(message.id, message.context)
            if translation is not None:
                yield from _faults_of(language, translation)
        wanted = {(message.id, message.context) for message in _messages(sources)}
        for identity, _ in known - wanted:
            yield f"{language}: no longer in the sources: {identity!r}"
    yield from unmarked_texts()


def unmarked_texts(folder: Path = PACKAGE) -> Iterator[str]:
    """Yield the texts of templates that nobody marked for translation."""
    for path in sorted(folder.rglob("templates/**/*")):
        if path.suffix not in {".html", ".txt"}:
            continue
        text = _TRANSLATED_BLOCK.sub("", path.read_text(encoding="utf-8"))
        bare = _TAG.sub("", text)
        shown = _ATTRIBUTE.findall(bare)
        shown += re.findall(r">([^<]+)<", f">{bare}<") if path.suffix == ".html" else [bare]
        for piece in shown:
            words = set(_WORD.findall(piece)) - _SAME_EVERYWHERE
            if words:
                yield f"{path.name}: not marked for translation: {' '.join(piece.split())!r}"


def _faults_of(language: str, message: Message) -> Iterator[str]:
    if not _is_translated(message):
        yield f"{language}: not translated: {message.id!r}"
        return
    if message.fuzzy:
        yield f"{language}: fuzzy: {message.id!r}"
    sources = message.id if isinstance(message.id, tuple | list) else [message.id]
    strings = message.string if isinstance(message.string, tuple | list) else [message.string]
    wanted = set(_PLACEHOLDER.findall(sources[-1]))
    for string in strings:
        if set(_PLACEHOLDER.findall(string or "")) != wanted:
            yield f"{language}: other placeholders: {message.id!r} → {string!r}"


def _python_of(path: Path) -> str | None:
    """Return a file as Python source that calls gettext; None for one without texts."""
    if path.suffix == ".py" and "migrations" not in path.parts:
        return path.read_text(encoding="utf-8")
    if path.suffix in {".html", ".txt"} and "templates" in path.parts:
        return templatize(path.read_text(encoding="utf-8"))
    return None


def _identity(function: str, texts: list[str]) -> tuple[str | None, str | tuple[str, str]]:
    context = texts.pop(0) if function.startswith(("p", "np")) else None
    if "n" in function.split("gettext", maxsplit=1)[0]:
        return context, (texts[0], texts[1])
    return context, texts[0]


def _messages(catalog: Catalog) -> Iterator[Message]:
    return (message for message in catalog if message.id)


def _is_translated(message: Message) -> bool:
    strings = message.string if isinstance(message.string, tuple | list) else [message.string]
    return all(strings)


def _path(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def _written(catalog: Catalog) -> bytes:
    """Return the file's bytes: sorted, without dates, so that a change shows only itself."""
    target = io.BytesIO()
    write_po(target, catalog, sort_output=True, include_lineno=False, omit_header=True, width=100)
    plural = f"nplurals={catalog.num_plurals}; plural={catalog.plural_expr};"
    header = (
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Language: {catalog.locale}\\n"\n"Plural-Forms: {plural}\\n"\n\n'
    )
    return header.encode() + target.getvalue()
