"""`limosa catalog import` shows what a file changes, and asks before what can't be meant."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

import limosa
from limosa.config.cli import main
from limosa.domain.catalog.models import CatalogImport, Plan, Price
from limosa.domain.support.models import AuditEntry
from tests.factories.accounts import make_operator, make_subscriber

pytestmark = pytest.mark.django_db

SHIPPED = Path(limosa.__file__).parent / "data" / "catalog.yaml"
FIRST = "t-mobile-month-5gb"

Command = Callable[..., int]
Edit = Callable[..., Path]


@pytest.fixture
def edit(tmp_path: Path) -> Edit:
    """Take in the shipped catalogue; return the writer of a changed copy, a newer edition."""
    assert main(["catalog", "import", str(SHIPPED)]) == 0
    text = SHIPPED.read_text(encoding="utf-8")

    def write(*, version: str = "2026-11-23", price: str = "9.00", without: bool = False) -> Path:
        changed = text.replace('"2026-11-22"', f'"{version}"')
        changed = changed.replace('USD: "9.00"', f'USD: "{price}"', 1)
        if without:
            changed = re.sub(rf"  - code: {FIRST}\n.*?(?=  - code)", "", changed, flags=re.DOTALL)
            changed = changed.replace("countries: *t-mobile", "countries: [US, PR, VI]")
        path = tmp_path / "plans.yaml"
        path.write_text(changed, encoding="utf-8")
        return path

    return write


def _price() -> int:
    return Price.objects.get(plan_id=FIRST, currency="USD").amount_minor


def _at_terminal(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _prompt: answer)


def test_a_dry_run_lists_the_changes_and_changes_nothing(
    edit: Edit, capsys: pytest.CaptureFixture[str]
) -> None:
    path = edit(price="12.50", without=False)
    capsys.readouterr()
    assert main(["catalog", "import", "--dry-run", str(path)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"price: {FIRST} USD 9.00 → 12.50 (+39 %)",
        "catalogue 2026-11-23: this was a dry run; nothing was changed",
    ]
    assert _price() == 900
    assert CatalogImport.objects.count() == 1


def test_a_price_that_moves_a_little_is_taken_in_without_a_question(edit: Edit) -> None:
    assert main(["catalog", "import", str(edit(price="11.00"))]) == 0
    assert _price() == 1100


@pytest.mark.parametrize("change", [{"price": "90.00"}, {"without": True}])
def test_without_a_terminal_what_startles_is_refused(
    edit: Edit, capsys: pytest.CaptureFixture[str], change: dict[str, object]
) -> None:
    assert main(["catalog", "import", str(edit(**change))]) == 1
    assert "nothing was changed. If it is meant, run it again with --yes." in (
        capsys.readouterr().err
    )
    assert (_price(), Plan.objects.get(code=FIRST).on_sale) == (900, True)


@pytest.mark.parametrize("change", [{"price": "90.00"}, {"without": True}])
def test_with_yes_it_is_taken_in(edit: Edit, change: dict[str, object]) -> None:
    assert main(["catalog", "import", "--yes", str(edit(**change))]) == 0
    assert CatalogImport.objects.count() == 2


@pytest.mark.parametrize(
    ("answer", "code", "price"), [("y", 0, 9000), ("yes", 0, 9000), ("", 1, 900), ("no", 1, 900)]
)
def test_at_a_terminal_it_asks(
    edit: Edit, monkeypatch: pytest.MonkeyPatch, answer: str, code: int, price: int
) -> None:
    _at_terminal(monkeypatch, answer)
    assert main(["catalog", "import", str(edit(price="90.00"))]) == code
    assert _price() == price


def test_a_catalogue_that_changes_during_the_question_is_left_alone(
    edit: Edit, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def answer(_prompt: str) -> str:
        Price.objects.filter(plan_id=FIRST, currency="USD").update(amount_minor=850)
        return "y"

    _at_terminal(monkeypatch, "")
    monkeypatch.setattr("builtins.input", answer)
    assert main(["catalog", "import", str(edit(price="90.00"))]) == 1
    assert "has changed since the list was made" in capsys.readouterr().err
    assert _price() == 850


@pytest.mark.parametrize("version", ["2026-11-21", "2026-11-22", "2062-11-23"])
def test_an_edition_that_cannot_follow_is_refused(
    edit: Edit, capsys: pytest.CaptureFixture[str], version: str
) -> None:
    for more in ([], ["--dry-run"], ["--yes"]):
        assert main(["catalog", "import", *more, str(edit(version=version, price="9.10"))]) == 1
        assert f"limosa: edition {version} " in capsys.readouterr().err
    assert _price() == 900


def test_who_took_it_in_and_what_startled_is_on_record(edit: Edit) -> None:
    operator = make_operator(email="op@example.com")
    first = AuditEntry.objects.get()
    assert (first.actor, first.subject, first.detail) == (None, "2026-11-22", "+30 ~0 -0")
    path = edit(price="90.00")
    assert main(["catalog", "import", "--yes", "--by", "OP@example.com", str(path)]) == 0
    newest = AuditEntry.objects.latest("id")
    assert (newest.actor, newest.action, newest.subject) == (
        operator,
        "import_catalog",
        "2026-11-23",
    )
    assert newest.detail.split("\n") == [
        "+0 ~1 -0",
        f"price: {FIRST} USD 9.00 → 90.00 (+900 %)",
    ]
    assert main(["catalog", "import", str(path)]) == 0
    assert AuditEntry.objects.count() == 2


@pytest.mark.parametrize(("role", "why"), [("", "is not a member of staff"), ("finance", "role")])
def test_only_an_admin_takes_in_a_catalogue(
    edit: Edit, capsys: pytest.CaptureFixture[str], role: str, why: str
) -> None:
    make_subscriber(email="lin@example.com", staff_role=role, is_staff=bool(role))
    path = edit(price="9.10")
    assert main(["catalog", "import", "--by", "lin@example.com", str(path)]) == 1
    assert why in capsys.readouterr().err
    assert _price() == 900
