"""Every text is translated into every language, and the check that says so can fail."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from django.utils.translation import ngettext, override

from limosa.config.commands.messages import check as messages_check
from limosa.config.messages import catalogs, sources
from limosa.config.messages.compiled import compile_catalogs
from limosa.config.messages.faults import all_faults, catalog_faults
from limosa.config.messages.unmarked import unmarked_texts


def test_nothing_is_missing() -> None:
    assert list(all_faults()) == []


def text(
    identity: str | tuple[str, str], translation: str | tuple[str, ...] | None = None
) -> Catalog:
    """Return a catalogue of one text, as Spanish is stored."""
    catalog = catalogs.empty_catalog("es")
    catalog.add(identity, translation, locations=[("web/storefront/cards.py", 3)])
    return catalog


LEFT = "%(left)s left"
DAYS = ("%(count)s day", "%(count)s days")


@pytest.mark.parametrize(
    ("identity", "translation", "fault"),
    [
        (LEFT, "", "not translated"),
        (LEFT, "quedan", "other placeholders"),
        (LEFT, "quedan %(rest)s", "other placeholders"),
        (LEFT, "quedan %(left)s ", "other spaces"),
        (LEFT, "quedan %(left)s\n", "other spaces"),
        ("<b>%(left)s</b>", "%(left)s", "other placeholders"),
        ("100%%", "100%", "other placeholders"),
        (DAYS, ("%(count)s día", "", "%(count)s días"), "not translated"),
        (DAYS, ("%(count)s día", "%(count)s días"), "has not 3 plural forms"),
        (DAYS, ("%(count)s día", "días", "%(count)s días"), "other placeholders"),
    ],
)
def test_a_wrong_translation_is_seen(
    identity: str | tuple[str, str], translation: str | tuple[str, ...], fault: str
) -> None:
    (found,) = catalog_faults("es", text(identity), text(identity, translation))
    assert fault in found
    assert repr(identity) in found


@pytest.mark.parametrize(
    ("identity", "translation"),
    [
        (LEFT, "quedan %(left)s"),
        ("%(left)s of %(all)s", "%(all)s, quedan %(left)s"),
        (DAYS, ("%(count)s día", "%(count)s días", "%(count)s días")),
    ],
)
def test_a_good_translation_passes(
    identity: str | tuple[str, str], translation: str | tuple[str, ...]
) -> None:
    assert not list(catalog_faults("es", text(identity), text(identity, translation)))


@pytest.mark.parametrize(
    ("source", "language", "translation", "others"),
    [
        ("works for 15 minutes", "zh_Hans", "30 分钟内有效", "15, 30"),
        ("works for 15 minutes", "zh_Hans", "短时间内有效", "15"),
        ("seven days", "es", "14 días", "14, 7"),
        ("seven days", "zh_Hant", "六天", "7"),
        ("12.50", "es", "12,50", "12,50, 12.50"),
        ("Wait a minute", "zh_Hans", "等 5 分钟", "5"),
        ("%(count)d tries in 10 minutes", "zh_Hans", "10 分钟 %(count)d 次，最多 3 次", "3"),
    ],
)
def test_another_number_is_seen(source: str, language: str, translation: str, others: str) -> None:
    faults = list(catalog_faults(language, text(source), text(source, translation)))
    assert any(f"other numbers ({others})" in fault for fault in faults)


@pytest.mark.parametrize(
    ("source", "language", "translation"),
    [
        ("works for 15 minutes", "zh_Hans", "15 分钟内有效"),
        ("seven days", "zh_Hans", "7 天"),
        ("seven days", "zh_Hant", "七天"),
        ("twelve or thirty", "zh_Hans", "十二或三十"),
        ("seven days", "es", "siete días"),
        ("two of %(count)d", "zh_Hans", "%(count)d 个中的两个"),
        ("this one, once", "es", "este, 1 vez"),
        ("at last", "zh_Hans", "万一一起"),
    ],
)
def test_the_same_number_may_be_a_word(source: str, language: str, translation: str) -> None:
    assert not list(catalog_faults(language, text(source), text(source, translation)))


def test_a_guess_is_seen() -> None:
    stored = text("Left", "Quedan")
    stored["Left"].flags.add("fuzzy")
    assert "fuzzy" in next(catalog_faults("es", text("Left"), stored))


def test_a_text_that_is_not_in_the_catalogue_is_seen() -> None:
    (found,) = catalog_faults("es", text("New"), Catalog())
    assert found.startswith("src/limosa/web/storefront/cards.py:3: es: not in ")


def test_a_text_that_nobody_uses_any_more_is_seen() -> None:
    (found,) = catalog_faults("es", Catalog(), text("Old", "Viejo"))
    assert "no longer in the sources" in found


def test_what_a_library_says_may_be_said_with_less() -> None:
    borrowed = Catalog()
    borrowed.add("%(value)s is wrong.", locations=[(sources.BORROWED, 1)])
    assert not list(catalog_faults("es", borrowed, text("%(value)s is wrong.", "Elige otra.")))
    (more,) = catalog_faults("es", borrowed, text("%(value)s is wrong.", "%(that)s no va."))
    assert "other placeholders" in more


def test_the_command_tells_each_fault_and_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("limosa.config.messages.faults.read_catalog", lambda _: Catalog())
    assert messages_check.run(None) == 1  # type: ignore[arg-type]
    assert "not in src/limosa/locale/zh_Hans/" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("template", "line"),
    [
        ("<p>\nPay now</p>", 2),
        ('<a aria-label="Pay now" href="#">{% translate "Pay" %}</a>', 1),
        ("<input\ntype=submit value='Pay now'>", 1),
        ("<p>{{ amount }} left</p>", 1),
        ("<p>{# no text #}\n\n{% if left %}left{% endif %}</p>", 3),
        ("{% blocktranslate %}Pay\nnow{% endblocktranslate %} now", 2),
        ('{% include "field.html" with label="Pay now" %}', 1),
        ('\n<p>{{ name|default:"Somebody" }}</p>', 2),
        ("<svg><title>Pay now</title></svg>", 1),
        ('<meta name="description" content="Data that lasts">', 1),
    ],
)
def test_text_that_nobody_marked_is_seen(tmp_path: Path, template: str, line: int) -> None:
    page = tmp_path / "templates" / "page.html"
    page.parent.mkdir()
    page.write_text(template, encoding="utf-8")
    assert [(path, place) for path, place, _ in unmarked_texts(tmp_path)] == [(page, line)]


@pytest.mark.parametrize(
    "template",
    [
        '<p title="{% translate "Pay" %}">{% translate \'Pay now\' %} 20 GB, ICCID {{ tail }}</p>',
        '{% blocktranslate trimmed with size="a b" %}\nPay now\n{% endblocktranslate %}',
        '{% include "field.html" with label=_("Pay now") kind="text" %}',
        "{% comment %}Pay now{% endcomment %}<!-- Pay now --><script>pay(now)</script>",
        '<input type="radio" value="wechatpay"><a class="pay now" href="/pay/now">Limosa</a>',
        "{% block body_class %}pay now{% endblock %}",
    ],
)
def test_marked_text_and_standard_terms_pass(tmp_path: Path, template: str) -> None:
    page = tmp_path / "templates" / "page.html"
    page.parent.mkdir()
    page.write_text(template, encoding="utf-8")
    assert not list(unmarked_texts(tmp_path))


def test_texts_are_found_where_they_stand(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(
        "{% blocktranslate trimmed %}\n One\n page\n{% endblocktranslate %}\n"
        '{% translate "Open" context "case" %}\n'
        "{% blocktranslate trimmed count days=days %}\n{{ days }} day\n"
        "{% plural %}\n{{ days }} days\n{% endblocktranslate %}",
        encoding="utf-8",
    )
    (tmp_path / "words.py").write_text(
        '# Translators: a verb\ngettext("Go")\nnpgettext("time", "%d h", "%d h", 2)\n',
        encoding="utf-8",
    )
    found = {
        (message.context, message.id): message
        for message in catalogs.texts_of(sources.catalog_of_sources(tmp_path))
    }
    assert {key: message.locations for key, message in found.items()} == {
        (None, "One page"): [("templates/page.html", 1)],
        ("case", "Open"): [("templates/page.html", 5)],
        (None, ("%(days)s day", "%(days)s days")): [("templates/page.html", 6)],
        (None, "Go"): [("words.py", 2)],
        ("time", ("%d h", "%d h")): [("words.py", 3)],
    }
    assert found[None, "Go"].auto_comments == ["a verb"]


def test_an_update_keeps_translations_and_drops_what_nobody_uses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogs, "LOCALE", tmp_path)
    first = text("Pay now")
    first.add("Pay later", locations=[("web/b.py", 1)])
    list(catalogs.update_catalogs(first))
    stored = tmp_path / "es/LC_MESSAGES/django.po"
    written = stored.read_text(encoding="utf-8").replace(
        'msgid "Pay now"\nmsgstr ""', 'msgid "Pay now"\nmsgstr "Paga ahora"'
    )
    stored.write_text(written, encoding="utf-8")
    told = list(catalogs.update_catalogs(text("Pay now")))
    assert "es: 1 texts, 0 to be translated" in told
    after = stored.read_text(encoding="utf-8")
    assert "Paga ahora" in after
    assert "Pay later" not in after
    list(catalogs.update_catalogs(text("Pay now")))
    assert stored.read_text(encoding="utf-8") == after


@pytest.mark.parametrize("language", catalogs.LANGUAGES)
def test_a_stored_file_has_no_date_and_nothing_obsolete(language: str) -> None:
    stored = (catalogs.LOCALE / catalogs.file_of(language)).read_text(encoding="utf-8")
    assert "-Date:" not in stored
    assert not catalogs.read_catalog(language).obsolete


def test_only_what_changed_is_compiled(tmp_path: Path) -> None:
    po = tmp_path / "es" / "django.po"
    po.parent.mkdir()
    po.write_text('msgid "Pay"\nmsgstr "Paga"\n', encoding="utf-8")
    assert list(compile_catalogs(tmp_path)) == [po]
    assert po.with_suffix(".mo").exists()
    assert list(compile_catalogs(tmp_path)) == []
    assert sorted(path.name for path in po.parent.iterdir()) == ["django.mo", "django.po"]


@pytest.mark.parametrize(
    ("language", "counted"),
    [
        ("en", ["1 day", "2 days", "1000000 days"]),
        ("es", ["1 día", "2 días", "1000000 de días"]),
        ("zh-hans", ["1 天", "2 天", "1000000 天"]),
        ("zh-hant", ["1 天", "2 天", "1000000 天"]),
    ],
)
def test_things_are_counted_as_the_language_does(language: str, counted: list[str]) -> None:
    with override(language):
        assert [
            ngettext("%(count)d day", "%(count)d days", count) % {"count": count}
            for count in (1, 2, 1_000_000)
        ] == counted


def test_the_forms_of_a_library_are_counted_by_its_own_rule() -> None:
    """Django keeps a catalogue per rule; ours for Spanish must not bend its own."""
    with override("es"):
        hours = [ngettext("%(num)d hour", "%(num)d hours", n) % {"num": n} for n in (1, 2)]
    assert hours == ["1 hora", "2 horas"]
