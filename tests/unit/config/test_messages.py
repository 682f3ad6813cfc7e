"""Every text is translated into every language, and the check that says so can fail."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from limosa.config import messages


def test_nothing_is_missing() -> None:
    assert list(messages.faults()) == []


@pytest.mark.parametrize(
    ("translation", "fault"),
    [
        ("", "not translated"),
        ("剩余", "other placeholders"),
    ],
)
def test_a_wrong_translation_is_seen(
    monkeypatch: pytest.MonkeyPatch, translation: str, fault: str
) -> None:
    sources = Catalog()
    sources.add("%(left)s left")
    stored = Catalog(locale="zh_Hans")
    stored.add("%(left)s left", translation)
    monkeypatch.setattr(messages, "catalog_of_sources", lambda: sources)
    monkeypatch.setattr(messages, "read_catalog", lambda _: stored)
    found = list(messages.faults())
    assert len(found) == len(messages.LANGUAGES)
    assert all(fault in line for line in found)


def test_a_text_that_is_not_in_the_catalogue_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    sources = Catalog()
    sources.add("New")
    monkeypatch.setattr(messages, "catalog_of_sources", lambda: sources)
    monkeypatch.setattr(messages, "read_catalog", lambda _: Catalog())
    assert all("not in the catalogue" in line for line in messages.faults())


@pytest.mark.parametrize(
    "template",
    [
        "<p>Pay now</p>",
        '<a aria-label="Pay now" href="#">{% translate "Pay" %}</a>',
        "<p>{{ amount }} left</p>",
    ],
)
def test_text_that_nobody_marked_is_seen(tmp_path: Path, template: str) -> None:
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "page.html").write_text(template, encoding="utf-8")
    assert list(messages.unmarked_texts(tmp_path))


def test_marked_text_and_standard_terms_pass(tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "page.html").write_text(
        '{% load i18n %}<p title="{% translate "Pay" %}">{% blocktranslate %}Pay now'
        "{% endblocktranslate %} 20 GB, ICCID {{ tail }}</p>",
        encoding="utf-8",
    )
    assert not list(messages.unmarked_texts(tmp_path))
