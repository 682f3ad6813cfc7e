"""Reads and writes the translations, a catalogue per language."""

import io
from collections.abc import Iterator

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po
from django.utils.translation import to_locale

from limosa.config.messages.sources import BORROWED, PACKAGE
from limosa.foundation import languages

LOCALE = PACKAGE / "locale"
# English is the source language; its catalogue only rewords libraries' texts.
ENGLISH = "en"
_PLURALS = {to_locale(language.code): language.plural for language in languages.LANGUAGES}
LANGUAGES = tuple(sorted(_PLURALS))


def empty_catalog(language: str) -> Catalog:
    """Return a catalogue without texts, with the language's plural forms."""
    catalog = Catalog(locale=language, fuzzy=False)
    catalog.mime_headers = [("Plural-Forms", _PLURALS[language])]
    return catalog


def read_catalog(language: str) -> Catalog:
    """Return a language's stored catalogue; an empty one if there is none yet."""
    path = LOCALE / file_of(language)
    if not path.exists():
        return empty_catalog(language)
    with path.open("rb") as source:
        return read_po(source, locale=language, abort_invalid=True)


def update_catalogs(sources: Catalog) -> Iterator[str]:
    """Update each language's file; yield a line for each with the number of missing translations.

    Translations are kept, new texts are added untranslated, and unused ones are dropped. Nothing is
    guessed from similar texts.
    """
    for language in LANGUAGES:
        old, new = read_catalog(language), empty_catalog(language)
        for message in texts_for(language, sources):
            known = old.get(message.id, message.context)
            new.add(
                message.id,
                known.string if known else "",
                locations=message.locations,
                auto_comments=message.auto_comments,
                context=message.context,
            )
        path = LOCALE / file_of(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_written(new, language))
        missing = sum(not is_translated(message) for message in texts_of(new))
        yield f"{language}: {len(new)} texts, {missing} to be translated"


def texts_for(language: str, sources: Catalog) -> Iterator[Message]:
    """Yield the texts that the language needs."""
    for message in texts_of(sources):
        if language != ENGLISH or is_borrowed(message):
            yield message


def texts_of(catalog: Catalog) -> Iterator[Message]:
    """Yield a catalogue's texts, without its header."""
    return (message for message in catalog if message.id)


def is_borrowed(message: Message) -> bool:
    """Return whether a library wrote the text."""
    return any(file == BORROWED for file, _ in message.locations)


def is_translated(message: Message) -> bool:
    """Return whether every form has a translation."""
    return all(forms(message.string))


def forms(text: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    """Return the forms of a text or a translation: one, unless it has a plural."""
    return tuple(text) if isinstance(text, list | tuple) else (text or "",)


def file_of(language: str) -> str:
    """Return a language's file, relative to LOCALE."""
    return f"{language}/LC_MESSAGES/django.po"


def _written(catalog: Catalog, language: str) -> bytes:
    """Return the file's bytes: sorted and without dates, so that diffs show only real changes."""
    target = io.BytesIO()
    write_po(target, catalog, sort_output=True, include_lineno=False, omit_header=True, width=100)
    header = (
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Language: {language}\\n"\n"Plural-Forms: {_PLURALS[language]}\\n"\n\n'
    )
    return header.encode() + target.getvalue()
