"""A payment provider and a supplier that live outside of Limosa are read, checked, kept out of logs
and described by what they declare, and nothing else of Limosa knows of them.

The provider is the worked example of docs/howto/add-a-payment-provider.md; the supplier is written
by this test. Both are found as any other distribution is: by an entry point.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from limosa.config.settings import reading
from limosa.config.settings.declared import declarations
from tests.contract.providers.counter.settings import DECLARATION
from tools.reference import declaration_section

ROOT = Path(__file__).parents[3]
OWN = "limosa.domain.connectivity.suppliers.own_network"
SECRET = "tide & <current> that nobody guesses"
COMPLETE = {"LIMOSA_COUNTER_SHOP": "shop-7", "LIMOSA_COUNTER_SECRET": SECRET}
SUPPLIER = """
from limosa.foundation.variables import Declaration, File, Number, Variable

DECLARATION = Declaration(
    code="afar",
    title="Afar Wholesale",
    implementation="afar.Afar",
    turned_on_by="LIMOSA_AFAR_LEVEL",
    variables=(
        Variable("LIMOSA_AFAR_LEVEL", Number(least=1), about="the level of the contract"),
        Variable("LIMOSA_AFAR_KEY_FILE", File(), is_needed=True, about="the key"),
    ),
)
"""
ENTRY_POINTS = """
[limosa.payment_providers]
counter = tests.contract.providers.counter

[limosa.suppliers]
afar = afar
"""
SHOW = """
import json, logging, django
django.setup()
from django.conf import settings
from django.test import RequestFactory
from limosa.config.checks.settings_check import check_settings
from limosa.config.error_page import CarefulReporter
from limosa.domain.connectivity.registry import adapter_for
from limosa.domain.payments.registry import provider_for

secret = settings.PROVIDER_SETTINGS["counter"]["secret"]
logging.getLogger("a library").error("I was given %r", secret)
try:
    {}[secret]
except KeyError as error:
    reporter = CarefulReporter(
        RequestFactory().get("/"), type(error), error, error.__traceback__
    )
    page = reporter.get_traceback_html() + reporter.get_traceback_text()
print(json.dumps({
    "providers": settings.PAYMENT_PROVIDERS,
    "suppliers": settings.SUPPLIER_ADAPTERS,
    "values": [settings.PROVIDER_SETTINGS["counter"], settings.SUPPLIER_SETTINGS["afar"]],
    "merchant": provider_for("counter").merchant,
    "adapter": type(adapter_for("afar")).__name__,
    "found": [[one.text, one.is_fault] for one in check_settings()],
    "page": page,
}))
"""


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder as `pip install` leaves one: a package, and what its distribution says of itself."""
    package, about = tmp_path / "afar", tmp_path / "afar-1.0.dist-info"
    package.mkdir()
    (package / "__init__.py").write_text("class Afar:\n    pass\n", encoding="utf-8")
    (package / "settings.py").write_text(SUPPLIER, encoding="utf-8")
    about.mkdir()
    (about / "METADATA").write_text("Name: afar\nVersion: 1.0\n", encoding="utf-8")
    (about / "entry_points.txt").write_text(ENTRY_POINTS, encoding="utf-8")
    return tmp_path


def run(elsewhere: Path, *words: str, **given: str) -> subprocess.CompletedProcess[str]:
    """Run Python with what is installed there; of ours it is given these variables alone."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LIMOSA_", "DATABASE_URL"))}
    ours = {
        "DJANGO_SETTINGS_MODULE": "limosa.config.settings",
        "DATABASE_URL": "postgresql:///none?host=/nonexistent",
        "LIMOSA_SECRET_KEY": "a long random text for these tests only",
        "PYTHONPATH": os.pathsep.join([str(elsewhere), str(ROOT / "src"), str(ROOT)]),
    }
    return subprocess.run(
        [sys.executable, *words], env=kept | ours | given, text=True, capture_output=True,
        check=False,
    )  # fmt: skip


def test_logs_are_kept_free_of_every_secret_that_was_read() -> None:
    assert settings.SECRET_KEY in settings.SECRET_TEXTS
    assert reading.secret_texts() == settings.SECRET_TEXTS
    assert settings.LOGGING["formatters"]["line"]["secrets"] is settings.SECRET_TEXTS


def test_what_is_complete_is_read_and_its_secret_is_shown_nowhere(
    elsewhere: Path, tmp_path: Path
) -> None:
    key = tmp_path / "key.pem"
    key.touch()
    supplier = {"LIMOSA_AFAR_LEVEL": "3", "LIMOSA_AFAR_KEY_FILE": str(key)}
    done = run(elsewhere, "-c", SHOW, **COMPLETE, **supplier)
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    assert shown["providers"] == {"counter": DECLARATION.implementation}
    assert shown["suppliers"]["afar"] == "afar.Afar"
    assert shown["values"] == [
        {"shop": "shop-7", "secret": SECRET, "url": "https://till.example"},
        {"level": 3, "key_file": str(key)},
    ]
    assert (shown["merchant"], shown["adapter"]) == ("shop-7", "Afar")
    assert not [text for text, _ in shown["found"] if "COUNTER" in text or "AFAR" in text]
    assert "I was given '[…]'" in done.stderr
    assert "[…]" in shown["page"]
    for form in (SECRET, "tide &amp; &lt;current&gt;", "nobody guesses"):
        assert form not in done.stderr + shown["page"]


def test_what_is_set_by_half_is_told_with_where_to_get_the_rest(elsewhere: Path) -> None:
    given = {"LIMOSA_COUNTER_SHOP": "7", "LIMOSA_AFAR_LEVEL": "1", "LIMOSA_AFAR_KEE_FILE": "x"}
    given["LIMOSA_AFAR_KEY_FILE"] = "/nonexistent/key.pem"
    done = run(elsewhere, "-m", "limosa.config.cli", "check", **given)
    assert done.returncode == 1, done.stderr
    need = "FAULT: LIMOSA_COUNTER_SECRET is not set, and counter needs it."
    assert f"{need} Where to get it: the till's page *Connections*.\n" in done.stdout
    assert "FAULT: LIMOSA_AFAR_KEY_FILE: /nonexistent/key.pem can't be read.\n" in done.stdout
    assert "LIMOSA_AFAR_KEE_FILE is no setting of Limosa's; is it misspelt?" in done.stdout
    assert "LIMOSA_COUNTER_SHOP" not in done.stdout


def test_a_value_of_the_wrong_kind_stops_the_start(elsewhere: Path) -> None:
    given = {"LIMOSA_COUNTER_URL": "till.example", "LIMOSA_AFAR_LEVEL": "0"}
    done = run(elsewhere, "-m", "limosa.config.cli", "check", **given)
    assert done.returncode == 1
    assert done.stderr == (
        "limosa: LIMOSA_COUNTER_URL must begin with http:// or https://.\n"
        "LIMOSA_AFAR_LEVEL must be 1 or more, not 0.\n"
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "afar declares no settings that can be read: module 'afar.settings' has no attribute"),
        (None, "afar declares no settings that can be read: No module named 'afar.settings'"),
        (
            SUPPLIER.replace('"afar"', '"other"'),
            "afar declares no settings that can be read: other: each of its variables is named",
        ),
        (
            SUPPLIER.replace('"afar"', '"own_network"').replace("AFAR", "OWN_NETWORK"),
            "own_network is declared twice (limosa.suppliers).",
        ),
    ],
)
def test_what_declares_nothing_or_what_is_there_already_is_a_fault(
    text: str | None, fault: str, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, noted = elsewhere / "afar" / "settings.py", list[str]()
    settings.unlink() if text is None else settings.write_text(text, encoding="utf-8")
    monkeypatch.setattr(reading, "_faults", noted)
    monkeypatch.syspath_prepend(elsewhere)
    found = declarations([OWN], group="limosa.suppliers")
    for name in ("afar", "afar.settings"):
        sys.modules.pop(name, None)
    assert [one.code for one in found] == ["own_network"]
    assert [one.startswith(fault) for one in noted] == [True], noted


def test_its_page_is_made_of_what_it_declares() -> None:
    section = declaration_section(DECLARATION)
    assert section == (
        "## Cash at the counter\n\n"
        "It is set up by `LIMOSA_COUNTER_SHOP`. Then `LIMOSA_COUNTER_SECRET` is needed, too.\n\n"
        "| variable | default | meaning |\n"
        "| --- | --- | --- |\n"
        "| `LIMOSA_COUNTER_SHOP` | none | the shop's number. From: the till's page *About this "
        "shop* |\n"
        "| `LIMOSA_COUNTER_SECRET` | none | signs what the till and we tell each other. Secret. "
        "From: the till's page *Connections* |\n"
        "| `LIMOSA_COUNTER_URL` | `https://till.example` | another address for a sandbox |\n"
    )
