"""Finds errors in the translations, one line each, with file, line and text."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message

from limosa.config.messages.catalogs import (
    LANGUAGES,
    LOCALE,
    file_of,
    forms,
    is_borrowed,
    is_translated,
    read_catalog,
    texts_for,
    texts_of,
)
from limosa.config.messages.numbers import other_numbers
from limosa.config.messages.sources import PACKAGE, catalog_of_sources
from limosa.config.messages.unmarked import unmarked_texts

# What must be kept: %(name)s, %d, %%, {name}, and tags.
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}|</?\w+[^>]*>")


def all_faults() -> Iterator[str]:
    """Yield the errors in every language and in every template."""
    sources = catalog_of_sources()
    for language in LANGUAGES:
        yield from catalog_faults(language, sources, read_catalog(language))
    for path, line, text in unmarked_texts(PACKAGE):
        yield f"{_shown(path)}:{line}: not marked for translation: {text!r}"


def catalog_faults(language: str, sources: Catalog, stored: Catalog) -> Iterator[str]:
    """Yield what is missing, superfluous or wrong in a language's catalogue."""
    wanted = {_key(message): message for message in texts_for(language, sources)}
    known = {_key(message): message for message in texts_of(stored)}
    own_file = _shown(LOCALE / file_of(language))
    for key, message in wanted.items():
        file, line = message.locations[0]
        source = f"{_shown(PACKAGE / file)}:{line}: {language}"
        if key not in known:
            yield f"{source}: not in {own_file} (run `limosa messages extract`): {message.id!r}"
        elif not is_translated(known[key]):
            yield f"{source}: not translated: {message.id!r}"
        else:
            faults = [*_faults_of(message, known[key], stored.num_plurals)]
            for fault in [*faults, *_number_faults(message, known[key], language)]:
                yield f"{own_file}:{known[key].lineno}: {fault}: {message.id!r}"
    for key, message in known.items():
        if key not in wanted:
            place = f"{own_file}:{message.lineno}"
            yield f"{place}: no longer in the sources (run `limosa messages extract`): {key[1]!r}"


def _faults_of(source: Message, translation: Message, plurals: int) -> Iterator[str]:
    if translation.fuzzy:
        yield "marked as fuzzy"
    if source.pluralizable and len(forms(translation.string)) != plurals:
        yield f"has not {plurals} plural forms"
    model = forms(source.id)[-1]
    for text in forms(translation.string):
        if _edges(text) != _edges(model):
            yield f"begins or ends with other spaces, {text!r}"
        there, here = _placeholders(model), _placeholders(text)
        # A library's text may have parts that we need not repeat, such as the user's input.
        if here - there or (there - here and not is_borrowed(source)):
            yield f"other placeholders, {text!r}"


def _number_faults(source: Message, translation: Message, language: str) -> Iterator[str]:
    model = _without_places(forms(source.id)[-1])
    for text in forms(translation.string):
        if others := other_numbers(model, _without_places(text), language=language):
            yield f"other numbers ({', '.join(others)}), {text!r}"


def _without_places(text: str) -> str:
    return _PLACEHOLDER.sub(" ", text)


def _placeholders(text: str) -> Counter[str]:
    return Counter(_PLACEHOLDER.findall(text))


def _edges(text: str) -> tuple[str, str]:
    whole = len(text)
    return text[: whole - len(text.lstrip())], text[len(text.rstrip()) :]


def _key(message: Message) -> tuple[str | None, tuple[str, ...]]:
    return message.context, forms(message.id)


def _shown(path: Path) -> str:
    return path.relative_to(PACKAGE.parents[1]).as_posix()
